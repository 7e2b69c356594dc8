// The answer in the place of the question. Its words were in the page before anything was asked: an
// answer that had to be fetched would tell the server which one it is.

import { type Outcome, waitOf } from './outcome.ts';
import { fragmentOf } from './texts.ts';

/** The two states of the page: the question, and the answer in its place. */
export class Result {
  readonly #document: Document;
  readonly #question: HTMLElement;
  readonly #answer: HTMLElement;
  readonly #title: string;

  constructor(question: HTMLElement, answer: HTMLElement) {
    this.#document = question.ownerDocument;
    this.#question = question;
    this.#answer = answer;
    this.#title = this.#document.title;
  }

  /** Show what a question about a dataset came to. */
  show(outcome: Outcome, dataset: string): void {
    const isUnknown = outcome.page === 'unknown';
    const id = isUnknown ? 'answer-unknown' : `answer-${outcome.page}-${dataset}`;
    const fragment = fragmentOf(this.#document, id);
    if (isUnknown) {
      explain(fragment, outcome.cause, outcome.waitSeconds);
    }
    const heading = fragment.querySelector('h1');
    this.#answer.replaceChildren(fragment);
    this.#turn(true);
    this.#document.title = this.#document.getElementById(id)?.dataset['title'] ?? this.#title;
    this.#document.defaultView?.scrollTo(0, 0);
    if (heading !== null) {
      heading.tabIndex = -1;
      heading.focus();
    }
  }

  /** Take the answer away, and show the question again. */
  clear(): void {
    this.#answer.replaceChildren();
    this.#turn(false);
    this.#document.title = this.#title;
  }

  #turn(isAnswered: boolean): void {
    this.#question.hidden = isAnswered;
    this.#answer.hidden = !isAnswered;
  }
}

/** Keep of the page's explanations those that apply. */
function explain(fragment: DocumentFragment, cause: string, waitSeconds: number | null): void {
  for (const part of fragment.querySelectorAll<HTMLElement>('[data-cause]')) {
    if (part.dataset['cause'] !== cause) {
      part.remove();
    }
  }
  const wait = waitSeconds === null ? null : waitOf(waitSeconds);
  for (const part of fragment.querySelectorAll<HTMLElement>('[data-unit]')) {
    const isOne = part.dataset['count'] === 'one';
    if (wait === null || part.dataset['unit'] !== wait.unit || isOne !== (wait.count === 1)) {
      part.remove();
    }
  }
  for (const place of fragment.querySelectorAll('data')) {
    place.replaceWith(String(wait?.count ?? ''));
  }
}

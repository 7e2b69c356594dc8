// The page's program: what happens from the button to the answer, and what is left of it after.

import type { Answer } from '../protocol/messages.ts';
import { ask, type Phase } from '../remote.ts';
import { type Stretching, WorkerStretching } from '../stretching.ts';
import { type Asked, QuestionForm } from './form.ts';
import { type Outcome, outcomeOf, outcomeOfError } from './outcome.ts';
import { Progress } from './progress.ts';
import { Result } from './result.ts';

/** Take over the page's question, if it has one that is asked privately. */
export function start(document: Document): void {
  const form = document.getElementById('question-form');
  const script = document.currentScript;
  if (
    form instanceof HTMLFormElement &&
    form.hasAttribute('data-private') &&
    script instanceof HTMLScriptElement
  ) {
    new Page(form, new WorkerStretching(script.src)).open();
  }
}

class Page {
  readonly #document: Document;
  readonly #window: Window;
  readonly #form: HTMLFormElement;
  readonly #question: QuestionForm;
  readonly #result: Result;
  readonly #progress: Progress;
  readonly #button: HTMLButtonElement;
  readonly #stretching: Stretching;
  #running: AbortController | null = null;

  constructor(form: HTMLFormElement, stretching: Stretching) {
    const document = form.ownerDocument;
    this.#document = document;
    this.#window = document.defaultView ?? window;
    this.#form = form;
    this.#stretching = stretching;
    this.#question = new QuestionForm(form);
    this.#result = new Result(required(document, 'question'), required(document, 'result'));
    this.#progress = new Progress(required(document, 'progress'), required(document, 'bar'));
    this.#button = required(document, 'ask') as HTMLButtonElement;
  }

  /** Listen, and only then let the button be pressed. */
  open(): void {
    this.#question.withoutNames();
    this.#question.useDigits();
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    // Whoever leaves, or goes back, leaves nothing: browsers keep whole pages to go back to.
    this.#window.addEventListener('pagehide', () => this.#forget());
    this.#window.addEventListener('popstate', () => {
      // Links within the page, such as the one to its content, end up here too.
      if (this.#window.location.hash === '') {
        this.#forget();
      }
    });
    required(this.#document, 'late').remove();
    this.#button.disabled = false;
  }

  async #submit(): Promise<void> {
    if (this.#running !== null) {
      return;
    }
    const faults = this.#question.faults();
    if (faults.length > 0) {
      this.#question.show(faults);
      return;
    }
    const asked = this.#question.asked();
    const running = new AbortController();
    this.#running = running;
    this.#question.forgive();
    // Not `disabled`, which would take the focus away from who listens.
    this.#button.setAttribute('aria-disabled', 'true');
    this.#progress.begin();
    const outcome = await this.#ask(asked, running.signal);
    if (!running.signal.aborted) {
      this.#rest();
      this.#letGoBack();
      this.#result.show(outcome, asked.dataset);
    }
  }

  /** Ask by every scheme, whatever the first ones say: fewer requests would tell the answer. */
  async #ask({ dataset, schemes }: Asked, signal: AbortSignal): Promise<Outcome> {
    try {
      const answers: Answer[] = [];
      for (const { scheme, fields } of schemes) {
        answers.push(
          await ask({
            server: this.#window.location.origin,
            dataset,
            scheme,
            fields,
            stretching: this.#stretching,
            onProgress: (phase: Phase) => this.#progress.say(phase),
            signal,
          }),
        );
      }
      return outcomeOf(answers);
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  /** Make going back lead to the question, and not away from the site. */
  #letGoBack(): void {
    const { history, location } = this.#window;
    history.replaceState(null, '', location.pathname);
    history.pushState(null, '', location.pathname);
  }

  #forget(): void {
    this.#running?.abort();
    this.#rest();
    this.#result.clear();
  }

  #rest(): void {
    this.#running = null;
    this.#question.clear();
    this.#progress.end();
    this.#button.removeAttribute('aria-disabled');
  }
}

function required(document: Document, id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`the page has no ${id}`);
  }
  return element;
}

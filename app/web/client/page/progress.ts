// What the page says while it works, for who sees it and for who hears it.

import type { Phase } from '../remote.ts';
import { textOf } from './texts.ts';

// By then most people wonder whether anything is going on.
const SLOW_SECONDS = 4;

/** The line below the button, and the bar above it. */
export class Progress {
  readonly #line: HTMLElement;
  readonly #bar: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: HTMLElement, bar: HTMLElement) {
    this.#line = line;
    this.#bar = bar;
  }

  /** Say that it has begun; after some seconds, that it is still going on. */
  begin(): void {
    this.#bar.hidden = false;
    this.say('stretching');
    this.#timer = setTimeout(() => this.#write('text-progress-slow'), SLOW_SECONDS * 1000);
  }

  /** Say what is being done. */
  say(phase: Phase): void {
    if (phase !== 'stretching') {
      clearTimeout(this.#timer);
    }
    this.#write(`text-progress-${phase}`);
  }

  /** Say nothing any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#bar.hidden = true;
    this.#line.textContent = '';
  }

  #write(id: string): void {
    const text = textOf(this.#line.ownerDocument, id);
    // Written again, the same words would be heard again.
    if (this.#line.textContent !== text) {
      this.#line.textContent = text;
    }
  }
}

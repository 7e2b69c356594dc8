// Signing in again in the middle of a check, in its place; or ending it with what is known.

import { required } from './elements.ts';
import type { Running } from './running.ts';
import type { SignIn } from './signin.ts';

export class SignInAgain {
  readonly #document: Document;
  readonly #signIn: SignIn;
  readonly #running: Running;
  #asked: Promise<boolean> | null = null;
  #answer: ((isSignedIn: boolean) => void) | null = null;

  constructor(document: Document, signIn: SignIn, running: Running) {
    this.#document = document;
    this.#signIn = signIn;
    this.#running = running;
  }

  hide(): void {
    required(this.#document, 'signin-again').hidden = true;
  }

  /** End the check with what is known, if anybody is being asked. */
  giveUp(): void {
    this.#answer?.(false);
  }

  /**
   * Ask for the credential; all who wait for it wait for one answer.
   *
   * @returns false where the person goes on with what is known instead.
   */
  ask(): Promise<boolean> {
    this.#asked ??= new Promise<boolean>((resolve) => {
      this.#answer = (isSignedIn): void => {
        this.hide();
        this.#asked = null;
        this.#answer = null;
        this.#running.tell('text-running');
        resolve(isSignedIn);
      };
      required(this.#document, 'signin-again').hidden = false;
      this.#running.tell('text-session-ended');
      const place = required(this.#document, 'signin-again-place');
      this.#signIn.ask(place, () => this.#answer?.(true));
      this.#signIn.focus();
    });
    return this.#asked;
  }
}

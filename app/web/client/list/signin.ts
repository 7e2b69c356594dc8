// Signing in and out. The credential is sent once, and is in no place of the page after.

import { isCredential } from '../protocol/credentials.ts';
import { required, say, worded } from './elements.ts';

const SESSION = '/v1/session';
const TIMEOUT_SECONDS = 30;

/** The form by which somebody signs in; it moves to where it is needed. */
export class SignIn {
  readonly #document: Document;
  readonly #form: HTMLFormElement;
  readonly #field: HTMLInputElement;
  readonly #fault: HTMLElement;
  #then: () => void = () => undefined;
  #isSending = false;

  constructor(document: Document) {
    this.#document = document;
    this.#form = required(document, 'signin-form');
    this.#field = required(document, 'credential');
    this.#fault = required(document, 'signin-fault');
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /**
   * Ask for the credential in a place of the page.
   *
   * @param then called when somebody has signed in.
   */
  ask(place: HTMLElement, then: () => void): void {
    this.#then = then;
    this.#say('');
    place.append(this.#form);
  }

  /** Move the focus to the field. */
  focus(): void {
    this.#field.focus();
  }

  /** End the session, on the server as well. */
  async out(): Promise<void> {
    await send('DELETE');
  }

  async #submit(): Promise<void> {
    const credential = this.#field.value.trim();
    if (this.#isSending) {
      return;
    }
    if (!isCredential(credential)) {
      this.#say(worded(this.#document, 'text-signin-typo'));
      this.#field.focus();
      return;
    }
    this.#isSending = true;
    const response = await send('POST', JSON.stringify({ credential }));
    this.#isSending = false;
    if (response?.status === 204) {
      this.#field.value = '';
      this.#say('');
      this.#then();
      return;
    }
    this.#say(this.#refusal(response));
    this.#field.focus();
  }

  #refusal(response: Response | null): string {
    const wait = response?.headers.get('Retry-After') ?? null;
    if (wait !== null && /^[0-9]{1,6}$/.test(wait)) {
      return worded(this.#document, 'text-signin-wait', wait);
    }
    const isRefused = response?.status === 401;
    return worded(this.#document, isRefused ? 'text-signin-refused' : 'text-unreachable');
  }

  #say(text: string): void {
    say(this.#fault, text);
    if (text === '') {
      this.#field.removeAttribute('aria-invalid');
    } else {
      this.#field.setAttribute('aria-invalid', 'true');
    }
  }
}

async function send(method: 'POST' | 'DELETE', body?: string): Promise<Response | null> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_SECONDS * 1000);
  try {
    return await fetch(SESSION, {
      method,
      ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
      cache: 'no-store',
      credentials: 'same-origin',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal: controller.signal,
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

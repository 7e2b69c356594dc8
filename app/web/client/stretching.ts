// The stretch in a worker, so that the page stays alive while a phone computes for seconds.

import {
  checkClientAccepts,
  type Stretched,
  STRETCHED_BYTES,
  type StretchProfile,
} from './crypto/profiles.ts';
import { StretchFailed } from './errors.ts';

/** What a worker is asked. */
export interface StretchQuestion {
  readonly profile: StretchProfile;
  readonly salt: Uint8Array;
  readonly encodedInput: Uint8Array;
}

/** What a worker says: how far it is, and then the result or that there is none. */
export type StretchReport =
  | { readonly fraction: number }
  | { readonly stretched: Uint8Array }
  | { readonly failed: true };

export interface StretchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with a number between 0 and 1, as often as it can be told: perhaps never. */
  readonly onFraction?: ((fraction: number) => void) | undefined;
}

/** Whoever computes the stretch for a question. */
export interface Stretching {
  stretch(question: StretchQuestion, options?: StretchOptions): Promise<Stretched>;
}

/** The part of a `Worker` that is used here. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: StretchQuestion): void;
  terminate(): void;
}

/**
 * Stretches in a worker of its own for each question, which gives the memory back afterwards and
 * lets a question be cancelled in the middle of the computation.
 */
export class WorkerStretching implements Stretching {
  readonly #start: () => WorkerLike;

  /**
   * @param url where `worker.js` is served, on the page's own origin.
   * @param start makes a worker of that address, for tests without a browser.
   */
  constructor(url: string, start: (url: string) => WorkerLike = (at) => new Worker(at)) {
    this.#start = () => start(url);
  }

  /**
   * @throws StretchRefused the cost is not acceptable.
   * @throws StretchFailed the worker could not be started, or could not compute it.
   * @throws the signal's reason, when it is aborted.
   */
  async stretch(question: StretchQuestion, options: StretchOptions = {}): Promise<Stretched> {
    const { signal, onFraction } = options;
    checkClientAccepts(question.profile);
    signal?.throwIfAborted();
    let worker: WorkerLike;
    try {
      worker = this.#start();
    } catch {
      throw new StretchFailed('the worker could not be started');
    }
    let abort = (): void => undefined;
    try {
      return await new Promise<Stretched>((resolve, reject) => {
        const fail = (): void => reject(new StretchFailed('the worker gave no result'));
        abort = () => reject(signal?.reason);
        signal?.addEventListener('abort', abort);
        worker.onerror = fail;
        worker.onmessageerror = fail;
        worker.onmessage = ({ data }: MessageEvent<StretchReport>) => {
          if ('fraction' in data) {
            onFraction?.(data.fraction);
          } else if ('stretched' in data && data.stretched.length === STRETCHED_BYTES) {
            resolve(data.stretched as Stretched);
          } else {
            fail();
          }
        };
        worker.postMessage(question);
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      worker.terminate();
    }
  }
}

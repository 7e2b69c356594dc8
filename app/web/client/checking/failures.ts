// What stops a check for good, or for a while: every error sorted by what can be done about it.

import {
  CouldNotCheck,
  type Kind,
  ServerRefused,
  ServerUnreachable,
} from '../errors.ts';

/** A worker found that what came does not hold. */
export class TaskFailed extends CouldNotCheck {
  readonly kind: Kind;

  constructor(kind: Kind) {
    super(`a worker refused what came: ${kind}`);
    this.kind = kind;
  }
}

/** What an error asks for. */
export type Remedy =
  /** Try again after a pause. */
  | 'wait'
  /** The session has ended. */
  | 'sign-in'
  /** This scheme's quota is used up, or was taken away; the others may go on. */
  | 'next-scheme'
  /** Nothing helps. */
  | 'end';

const WAITABLE = new Set([408, 425, 429, 500, 502, 503, 504]);
const PAUSE_SECONDS_MAXIMUM = 60;

/** What to do after an error of a request. */
export function remedyFor(error: unknown): Remedy {
  if (error instanceof ServerUnreachable) {
    return 'wait';
  }
  if (!(error instanceof ServerRefused)) {
    return 'end';
  }
  if (error.status === 401) {
    return 'sign-in';
  }
  if (error.status === 403) {
    return error.slug === 'quota-exhausted' ? 'next-scheme' : 'end';
  }
  return WAITABLE.has(error.status) ? 'wait' : 'end';
}

/**
 * How long to wait before trying again: twice as long each time, and as long as the server asks.
 *
 * @param attempt from 0.
 */
export function pauseSeconds(error: unknown, attempt: number): number {
  const asked = error instanceof ServerRefused ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.max(asked, Math.min(2 ** attempt, PAUSE_SECONDS_MAXIMUM));
}

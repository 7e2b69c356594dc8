// What a question came to: an answer, or why there is none, in the words that a page has for it.

import type { CouldNotCheck, ServerRefused } from '../errors.ts';
import type { Answer } from '../protocol/messages.ts';

const TOO_MANY = 429;
const UNAVAILABLE = 503;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
// Up to an hour and a half, minutes say more.
const MINUTES_UP_TO_SECONDS = 5400;

/** Why a question has no answer, as far as it changes what a person can do about it. */
export type Cause = 'busy' | 'unreachable' | 'untrusted' | 'device' | 'failing';

/** The three pages that a question can end on. */
export type Outcome =
  | { readonly page: 'yes' | 'no' }
  | { readonly page: 'unknown'; readonly cause: Cause; readonly waitSeconds: number | null };

/** One scheme's answer is enough for a yes; a no is a no of every scheme that was asked. */
export function outcomeOf(answers: readonly Answer[]): Outcome {
  if (answers.length === 0) {
    return unknown('failing');
  }
  return { page: answers.includes('exposed') ? 'yes' : 'no' };
}

/** The outcome of a question that ended in an error, whichever: never an answer. */
export function outcomeOfError(error: unknown): Outcome {
  const kind = (error as Partial<CouldNotCheck> | null)?.kind;
  switch (kind) {
    case 'refused':
      return outcomeOfRefusal(error as ServerRefused);
    case 'unreachable':
      return unknown('unreachable');
    case 'stretch-failed':
      return unknown('device');
    case 'epoch-gone':
    case 'scheme-not-offered':
    case 'internal':
    case undefined:
      return unknown('failing');
    default:
      // What came does not hold: a key, a proof, a range or a document that no honest server sends.
      return unknown('untrusted');
  }
}

function outcomeOfRefusal({ status, retryAfterSeconds }: ServerRefused): Outcome {
  const isBusy = status === TOO_MANY || status === UNAVAILABLE;
  return isBusy && retryAfterSeconds !== null
    ? unknown('busy', retryAfterSeconds)
    : unknown('failing');
}

function unknown(cause: Cause, waitSeconds: number | null = null): Outcome {
  return { page: 'unknown', cause, waitSeconds };
}

/** A waiting time as a page says it, rounded up. */
export function waitOf(seconds: number): { readonly unit: string; readonly count: number } {
  if (seconds <= MINUTE_SECONDS) {
    return { unit: 'seconds', count: seconds };
  }
  return seconds <= MINUTES_UP_TO_SECONDS
    ? { unit: 'minutes', count: Math.ceil(seconds / MINUTE_SECONDS) }
    : { unit: 'hours', count: Math.ceil(seconds / HOUR_SECONDS) };
}

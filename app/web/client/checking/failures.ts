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

/** What ended a client's rights, in the words of the command's work list. */
export const STOPS = {
  'credential-refused': 'the credential is refused',
  'quota-exhausted': 'the quota is spent',
  'scheme-not-permitted': 'the credential does not allow it any more',
  'role-not-permitted': "the credential is not a laboratory's",
} as const;
export type StopSlug = keyof typeof STOPS;

/** Raised where the client may not ask any more: by one scheme, or by none. */
export class RightsEnded extends Error {
  readonly slug: StopSlug;

  constructor(slug: StopSlug) {
    super(STOPS[slug]);
    this.slug = slug;
  }

  /** Whether no other scheme has to be tried. */
  get isOfAll(): boolean {
    return this.slug === 'credential-refused' || this.slug === 'role-not-permitted';
  }
}

/** What an error asks for. */
export type Remedy =
  /** Try again after a pause. */
  | 'wait'
  /** The session has ended. */
  | 'sign-in'
  /** The client may not ask so, or so many, any more. */
  | 'stop'
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
    return isStop(error.slug) ? 'stop' : 'end';
  }
  return WAITABLE.has(error.status) ? 'wait' : 'end';
}

/** Whether a problem is one of the client's rights. */
export function isStop(slug: string): slug is StopSlug {
  return Object.hasOwn(STOPS, slug);
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

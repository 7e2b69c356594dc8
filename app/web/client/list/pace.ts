// How fast it goes, and how long it will still take: told from the last minutes, in rough words.

const WINDOW_SECONDS = 120;
const SOON_SECONDS = 90;
const HOUR_SECONDS = 3600;
const MINUTES_UP_TO_SECONDS = 5400;
const FIRST_SECONDS = 3;

/** A length of time in the unit in which it is told. */
export interface Left {
  readonly unit: 'soon' | 'minutes' | 'hours';
  readonly count: number;
}

/** Follows how many are done. */
export class Pace {
  #marks: { readonly at: number; readonly done: number }[] = [];

  /** Begin anew, as after a pause: what stood still was no pace. */
  restart(seconds: number, done: number): void {
    this.#marks = [{ at: seconds, done }];
  }

  /**
   * Note how many are done.
   *
   * @param seconds of a clock that only goes up.
   */
  mark(seconds: number, done: number): void {
    this.#marks.push({ at: seconds, done });
    while ((this.#marks[1]?.at ?? seconds) < seconds - WINDOW_SECONDS) {
      this.#marks.shift();
    }
  }

  /** How many are done in a second, or null while that is not known. */
  get perSecond(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < FIRST_SECONDS) {
      return null;
    }
    const rate = (last.done - first.done) / (last.at - first.at);
    return rate > 0 ? rate : null;
  }

  /** How long the rest takes at this pace, or null while that is not known. */
  left(rest: number): Left | null {
    const rate = this.perSecond;
    return rate === null ? null : told(rest / rate);
  }
}

function told(seconds: number): Left {
  if (seconds <= SOON_SECONDS) {
    return { unit: 'soon', count: 1 };
  }
  return seconds <= MINUTES_UP_TO_SECONDS
    ? { unit: 'minutes', count: Math.ceil(seconds / 60) }
    : { unit: 'hours', count: Math.ceil(seconds / HOUR_SECONDS) };
}

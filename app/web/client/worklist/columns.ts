// What a work list says of each row, in columns added behind the laboratory's own.

export const RESULT = 'concerne_result';
export const REASON = 'concerne_reason';
export const SCHEMES_MATCHED = 'concerne_schemes';
export const CHANNELS = 'concerne_channels';
/** In the order in which they are written. */
export const ADDED = [RESULT, REASON, SCHEMES_MATCHED, CHANNELS] as const;
/** Between several values in one cell. */
export const SEPARATOR = ', ';

/** What is known of one row. What failed is unchecked, whatever failed, and never a no. */
export type Outcome = 'exposed' | 'not exposed' | 'could not be checked';

/** A way in which a person can be told. */
export type Channel = 'post' | 'e-mail' | 'phone';

/** What is added to one row. */
export interface Finding {
  readonly outcome: Outcome;
  /** Why it could not be checked; beside an answer, what was not readable. Never a value. */
  readonly reason: string;
  readonly schemes: readonly string[];
  readonly channels: readonly Channel[];
}

/** The cells that are added to a row, in the order of `ADDED`. */
export function addedCells({ outcome, reason, schemes, channels }: Finding): string[] {
  return [outcome, reason, schemes.join(SEPARATOR), channels.join(SEPARATOR)];
}

/** Rows by outcome; the three add up to all of them. */
export type Counts = Readonly<Record<Outcome, number>>;

/** Why rows could not be checked, and how many for each reason, the most frequent first. */
export function reasonsOf(findings: readonly Finding[]): (readonly [string, number])[] {
  const reasons = new Map<string, number>();
  for (const { outcome, reason } of findings) {
    if (outcome === 'could not be checked') {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return [...reasons].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Count the rows. */
export function countsOf(findings: readonly Finding[]): Counts {
  const counts = { exposed: 0, 'not exposed': 0, 'could not be checked': 0 };
  for (const { outcome } of findings) {
    counts[outcome] += 1;
  }
  return counts;
}

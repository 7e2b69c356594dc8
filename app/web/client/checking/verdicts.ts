// What can honestly be said of a row, from the answers to its questions and from its faults.
//
// Exposed is a row of which any question was answered yes. Not exposed is said only where at least
// one question was asked, every one that the row asks was answered no, and nothing that stands in
// the row and could not be read would have been asked with more force than the strongest question
// that was. Why, the Python twin argues.

import { schemeNamed } from '../identity/schemes.ts';
import { type Faults, RAGGED, TOO_MANY_READINGS } from '../reading/records.ts';
import type { Outcome } from '../worklist/columns.ts';

// From the strongest; what has no rank is weak where it was asked, and strong where it was not. A
// no by the number alone covers the number with any birth date; an address says nothing of a
// telephone, and so they stand side by side.
const RANKS: Readonly<Record<string, number>> = {
  nir: 0,
  'nir-dob': 1,
  'name-dob': 2,
  email: 3,
  phone: 3,
};

const NOTHING_USABLE = 'no usable identifier';
const NOT_ASKED = 'not asked';
const UNREADABLE_ROW = 'the row cannot be read';
const FIELDS: Readonly<Record<string, string>> = {
  nir: 'NIR',
  birth_date: 'birth date',
  given_name: 'given name',
  email: 'e-mail',
};
const REASONS: Readonly<Record<string, string>> = {
  key: 'key digits wrong',
  length: 'wrong length',
  calendar: 'no such day',
  range: 'out of range',
  format: 'not readable',
  characters: 'unexpected characters',
  empty: 'nothing in it',
  [RAGGED]: 'as many cells as columns are expected',
};

/** What is said of one row. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
  /** By which it was found, if it was. */
  readonly schemes: readonly string[];
}

/** One question's scheme, and whether it is in the leak; null where that is not known. */
export type Answered = readonly [scheme: string, answer: boolean | null];

/**
 * What is said of one row.
 *
 * @param answers of each of its questions.
 * @param faults what of it could not be read.
 * @param schemes all that are asked.
 * @param stopped why the run ended before all was asked.
 */
export function judge(
  answers: readonly Answered[],
  faults: Faults,
  schemes: readonly string[],
  stopped: string,
): Verdict {
  const told = tell(faults);
  const found = answers.filter(([, answer]) => answer === true).map(([scheme]) => scheme);
  if (found.length > 0) {
    return { outcome: 'exposed', reason: told, schemes: [...new Set(found)] };
  }
  if (answers.some(([, answer]) => answer === null)) {
    return unchecked(joined(`${NOT_ASKED}: ${stopped}`, told));
  }
  if (answers.length === 0) {
    return unchecked(told === '' ? NOTHING_USABLE : told);
  }
  const strongest = Math.min(...answers.map(([scheme]) => RANKS[scheme] ?? Infinity));
  const missed = faults.values.flatMap(([field]) =>
    schemes
      .filter((scheme) => schemeNamed(scheme).fields.includes(field))
      .map((scheme) => RANKS[scheme] ?? 0),
  );
  if (faults.row !== '' || missed.some((each) => each <= strongest)) {
    return unchecked(told);
  }
  return { outcome: 'not exposed', reason: told, schemes: [] };
}

function unchecked(reason: string): Verdict {
  return { outcome: 'could not be checked', reason, schemes: [] };
}

function tell({ values, row }: Faults): string {
  if (row === RAGGED) {
    return `${UNREADABLE_ROW}: ${REASONS[row]}`;
  }
  const texts = values.map(([field, reason]) => `${FIELDS[field] ?? field}: ${REASONS[reason] ?? reason}`);
  return joined(...new Set(texts), row === TOO_MANY_READINGS ? row : '');
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}

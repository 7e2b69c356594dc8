// What each column is most likely for: by what its cells are, then by what it is called.
//
// A suggestion only: a person looks at it before anything is read by it.

import { normaliseNir } from '../../identity/nir.ts';
import { InvalidField } from '../../errors.ts';
import { possibleBirthDates } from '../dates.ts';
import type { Table } from '../sources/rows.ts';
import { chosenFormats, type ColumnFacts, lookAt, type Order, orderOf } from './recognition.ts';

/** What a column can be for: a field of the protocol, or a line of a letter's address. */
export const ROLES = [
  'none',
  'nir',
  'birth_date',
  'surname',
  'given_name',
  'email',
  'phone',
  'address',
  'postcode',
  'town',
] as const;
export type Role = (typeof ROLES)[number];

/** One column as the page shows it. */
export interface Suggestion {
  readonly role: Role;
  readonly order: Order;
  readonly facts: ColumnFacts;
}

const SAMPLED_ROWS = 500;
const FITS = 0.8;
const SOME_FIT = 0.5;
// Children have a parent's number, and some numbers are temporary.
const AGREEMENT_MINIMUM = 0.3;
// Fewer rows than this prove nothing about two columns.
const PAIRS_MINIMUM = 5;

const GIVEN = /prenom|prn|given|first|forename/;
const SURNAME =
  /(?:^|_)noms?(?:_|$)|^nom|surname|last|family|patronym|njf|maiden|(?:^|_)name(?:_|$)/;
const BIRTH = /nais|birth|(?:^|_)ne(?:e|_le|e_le)?(?:_|$)|dob|ddn/;
const SOMEBODY_ELSES = /med|doc|dr|prescr|labo|ville|commune|town|city|service|correspond/;
const ADDRESS = /adr|address|rue|voie|complement/;
const POSTCODE = /(?:^|_)cp(?:_|$)|post|zip/;
const TOWN = /ville|commune|town|city|localite/;

/** Suggest a role for each column of a table. */
export function suggestRoles({ header, rows }: Table): Suggestion[] {
  const sample = rows.filter(({ isRagged }) => !isRagged).slice(0, SAMPLED_ROWS);
  const columns = header.map((_, at) => sample.map(({ cells }) => cells[at] ?? ''));
  const facts = columns.map(lookAt);
  const nir = bestNir(facts);
  const born = bestBirthDate(header, columns, facts, nir);
  return facts.map((each, at) => ({
    role: at === nir ? 'nir' : at === born ? 'birth_date' : roleOf(plainWords(header[at] ?? ''), each),
    order: orderOf(each),
    facts: each,
  }));
}

/** A column's name in small letters, what is none as `_`: DATE_NAISS., Né le → ne_le. */
export function plainWords(name: string): string {
  return name
    .replace(/([a-z])(?=[A-Z])/g, '$1_')
    .normalize('NFKD')
    .replace(/[^\x00-\x7f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function bestNir(facts: readonly ColumnFacts[]): number {
  const scores = facts.map(({ filled, nirs, rounded, keysRight }) =>
    (nirs + rounded) >= SOME_FIT * filled && nirs + rounded > 0 ? nirs + rounded + keysRight : 0,
  );
  const best = Math.max(0, ...scores);
  return best > 0 ? scores.indexOf(best) : -1;
}

/** The dates whose year and month the NIRs have; else those of a column that is called so. */
function bestBirthDate(
  header: readonly string[],
  columns: readonly (readonly string[])[],
  facts: readonly ColumnFacts[],
  nir: number,
): number {
  const scores = facts.map((each, at) => {
    if (at === nir || each.filled === 0 || each.dates.length < SOME_FIT * each.filled) {
      return 0;
    }
    const agreed = nir < 0 ? 0 : agreement(columns[nir] ?? [], columns[at] ?? [], each);
    const isCalledSo = BIRTH.test(plainWords(header[at] ?? ''));
    return (agreed >= AGREEMENT_MINIMUM ? 2 + agreed : 0) + Number(isCalledSo);
  });
  const best = Math.max(0, ...scores);
  return best > 0 ? scores.indexOf(best) : -1;
}

/** In what share of rows with both a date and a NIR these have one year and month. */
function agreement(
  nirs: readonly string[],
  dates: readonly string[],
  facts: ColumnFacts,
): number {
  const formats = chosenFormats(facts, orderOf(facts));
  let both = 0;
  let agreed = 0;
  nirs.forEach((cell, index) => {
    try {
      const nir = normaliseNir(cell);
      const [born = ''] = possibleBirthDates(dates[index] ?? '', formats);
      both += 1;
      agreed += Number(nir.slice(1, 5) === born.slice(2, 4) + born.slice(5, 7));
    } catch (error) {
      if (!(error instanceof InvalidField)) {
        throw error;
      }
    }
  });
  return both >= PAIRS_MINIMUM ? agreed / both : 0;
}

function roleOf(name: string, facts: ColumnFacts): Role {
  const share = (count: number): number => (facts.filled > 0 ? count / facts.filled : 0);
  if (ADDRESS.test(name) && share(facts.emails) < SOME_FIT) {
    return 'address';
  }
  if (POSTCODE.test(name)) {
    return 'postcode';
  }
  if (TOWN.test(name)) {
    return 'town';
  }
  if (share(facts.emails) >= SOME_FIT) {
    return 'email';
  }
  if (share(facts.phones) >= SOME_FIT && share(facts.dates.length) < FITS) {
    return 'phone';
  }
  if (share(facts.names) >= FITS && !SOMEBODY_ELSES.test(name)) {
    return GIVEN.test(name) ? 'given_name' : SURNAME.test(name) ? 'surname' : 'none';
  }
  return 'none';
}

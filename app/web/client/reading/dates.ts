// Birth dates as files write them. The twin of `possible_birth_dates` in `identity/dates.py`: the
// question of a page has one form, a list has many.
//
// A form becomes a pattern that has one reading; a year of two digits means two.

import { InvalidField } from '../errors.ts';
import { checkRawLength, stripSpaces } from '../identity/characters.ts';
import { normaliseBirthDate } from '../identity/dates.ts';

/** In the order in which they are taken where two read as many cells: the French order first. */
export const DATE_FORMATS = [
  '%d/%m/%Y', '%Y-%m-%d', '%Y%m%d', '%d%m%Y', '%d.%m.%Y', '%d-%m-%Y', '%Y/%m/%d', '%m/%d/%Y',
  '%d/%m/%y', '%d.%m.%y', '%d-%m-%y', '%d%m%y', '%y%m%d', '%m/%d/%y',
  '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S',
  '%Y-%m-%d %H:%M:%S.%f', '%m/%d/%Y %H:%M:%S',
] as const; // prettier-ignore

export type DateFormat = (typeof DATE_FORMATS)[number];

const ISO_FORMAT = '%Y-%m-%d';
const DIRECTIVES = new Map([
  ['%Y', '(?<year>[0-9]{4})'],
  ['%y', '(?<year>[0-9]{2})'],
  ['%m', '(?<month>0[1-9]|1[0-2])'],
  ['%d', '(?<day>0[1-9]|[12][0-9]|3[01])'],
  ['%H', '(?:[01][0-9]|2[0-3])'],
  ['%M', '[0-5][0-9]'],
  ['%S', '[0-5][0-9]'],
  ['%f', '[0-9]{1,6}'],
]);
// With one digit as well, where a separator on both sides leaves a single reading.
const SHORT_DIRECTIVES = new Map([
  ['%m', '(?<month>0?[1-9]|1[0-2])'],
  ['%d', '(?<day>0?[1-9]|[12][0-9]|3[01])'],
  ['%H', '(?:[01]?[0-9]|2[0-3])'],
  ['%M', '[0-5]?[0-9]'],
  ['%S', '[0-5]?[0-9]'],
]);
const CENTURIES: Readonly<Record<number, readonly number[]>> = { 4: [0], 2: [1900, 2000] };
const PATTERNS = new Map<DateFormat, RegExp>(DATE_FORMATS.map((form) => [form, pattern(form)]));

/**
 * Every birth date that a text can mean, each as YYYY-MM-DD.
 *
 * @param formats tried in order; the first by which the text is a day that exists decides.
 * @throws InvalidField reason `length`, `empty`, `format`, `calendar` or `range`.
 */
export function possibleBirthDates(raw: string, formats: readonly DateFormat[]): string[] {
  checkRawLength('birth_date', raw);
  const text = stripSpaces(raw);
  if (text === '') {
    throw new InvalidField('birth_date', 'empty', 'no date in it');
  }
  let refusal = new InvalidField('birth_date', 'format', 'not a date in the expected form');
  for (const form of formats) {
    const groups = PATTERNS.get(form)?.exec(text)?.groups;
    if (groups === undefined) {
      continue;
    }
    const { dates, reason } = accepted(groups);
    if (dates.length > 0) {
      return dates;
    }
    refusal = reason ?? refusal;
    if (refusal.reason === 'range') {
      throw refusal;
    }
  }
  throw refusal;
}

interface Accepted {
  readonly dates: string[];
  readonly reason: InvalidField | null;
}

/** Those of a match that exist and are in the past; otherwise why none is. */
function accepted({ year = '', month = '', day = '' }: Record<string, string>): Accepted {
  const refusals: InvalidField[] = [];
  const dates = (CENTURIES[year.length] ?? []).flatMap((century) => {
    const full = String(century + Number(year)).padStart(4, '0');
    const text = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    try {
      return [normaliseBirthDate(text)];
    } catch (error) {
      if (error instanceof InvalidField) {
        refusals.push(error);
        return [];
      }
      throw error;
    }
  });
  // Of two centuries, the one in which there is such a day says more.
  const reason = refusals.find((refusal) => refusal.reason === 'range') ?? refusals[0] ?? null;
  return { dates, reason };
}

function pattern(form: string): RegExp {
  const tokens = form.match(/%.|[^%]/g) ?? [];
  const touches = (neighbour = ''): boolean => /^(?:%|[0-9])/.test(neighbour);
  const parts = tokens.map((token, index) => {
    const directive = DIRECTIVES.get(token);
    if (directive === undefined) {
      return token.replace(/[.\-/]/g, '\\$&');
    }
    const isAlone =
      form !== ISO_FORMAT && !touches(tokens[index - 1]) && !touches(tokens[index + 1]);
    return isAlone ? (SHORT_DIRECTIVES.get(token) ?? directive) : directive;
  });
  return new RegExp(`^${parts.join('')}$`);
}

// What a column of a sample holds, told in counts of its cells; no cell is kept.
//
// A NIR is known by its key, a date by the formats that read it, an address and a number by the
// rules that normalise them, a name by its letters.

import { InvalidField } from '../../errors.ts';
import { normaliseEmail, normalisePhone } from '../../identity/contact.ts';
import { normaliseGivenName, normaliseSurname } from '../../identity/names.ts';
import { normaliseNir } from '../../identity/nir.ts';
import { DATE_FORMATS, type DateFormat, possibleBirthDates } from '../dates.ts';

/** Which of day and month stands first, where both could. */
export type Order = 'day' | 'month';

const MONTH_FIRST: readonly string[] = ['%m/%d/%Y', '%m/%d/%y', '%m/%d/%Y %H:%M:%S'];
const DAY_FIRST: readonly string[] = [
  '%d/%m/%Y',
  '%d/%m/%y',
  '%d/%m/%Y %H:%M:%S',
  '%d/%m/%Y %H:%M',
];
const OTHER_WAY: Readonly<Record<Order, readonly string[]>> = { day: MONTH_FIRST, month: DAY_FIRST };
// A format that reads fewer than one in so many dates reads mistakes.
const ONE_IN = 500;
const SPREADSHEET_NIR = /^[0-9](?:[.,][0-9]+)?E\+?1[24]$/i;

/** What was counted in one column. */
export interface ColumnFacts {
  readonly filled: number;
  readonly nirs: number;
  readonly keysRight: number;
  /** NIRs that a spreadsheet rounded. */
  readonly rounded: number;
  /** For each cell that some format reads, the formats that do. */
  readonly dates: readonly (readonly DateFormat[])[];
  readonly emails: number;
  readonly phones: number;
  readonly names: number;
}

/** Count what the cells of one column are. */
export function lookAt(cells: readonly string[]): ColumnFacts {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const digits = (cell: string): number => cell.match(/[0-9]/g)?.length ?? 0;
  const long = filled.filter((cell) => digits(cell) >= 11);
  const nirs = long.filter((cell) => reads(normaliseNir, cell));
  return {
    filled: filled.length,
    nirs: nirs.length,
    keysRight: nirs.filter((cell) => cell.replace(/[^0-9A-Za-z]/g, '').length === 15).length,
    rounded: filled.filter((cell) => SPREADSHEET_NIR.test(cell)).length,
    dates: filled
      .filter((cell) => digits(cell) >= 5 && digits(cell) <= 20)
      .map((cell) => DATE_FORMATS.filter((form) => isDate(cell, form)))
      .filter((formats) => formats.length > 0),
    emails: filled.filter((cell) => cell.includes('@') && reads(normaliseEmail, cell)).length,
    phones: filled.filter(
      (cell) => digits(cell) >= 8 && digits(cell) <= 16 && reads(normalisePhone, cell),
    ).length,
    names: filled.filter((cell) => digits(cell) === 0 && isName(cell)).length,
  };
}

/** The order that more of a column's dates can only have; French where none tells. */
export function orderOf({ dates }: ColumnFacts): Order {
  const only = (forms: readonly string[], others: readonly string[]): number =>
    dates.filter(
      (read) => read.some((form) => forms.includes(form)) && !read.some((f) => others.includes(f)),
    ).length;
  return only(MONTH_FIRST, DAY_FIRST) > only(DAY_FIRST, MONTH_FIRST) ? 'month' : 'day';
}

/** The formats that read a column's dates, in the order in which they are to be tried. */
export function chosenFormats({ dates }: ColumnFacts, order: Order): DateFormat[] {
  const usable = DATE_FORMATS.filter((form) => !OTHER_WAY[order].includes(form));
  const chosen: DateFormat[] = [];
  let left = dates;
  while (left.length > 0) {
    const gains = usable.map((form) => left.filter((read) => read.includes(form)).length);
    const gain = Math.max(...gains);
    const best = usable[gains.indexOf(gain)];
    if (best === undefined || gain === 0 || gain * ONE_IN < dates.length) {
      break;
    }
    chosen.push(best);
    left = left.filter((read) => !read.includes(best));
  }
  return chosen;
}

function isDate(cell: string, form: DateFormat): boolean {
  return reads((raw) => possibleBirthDates(raw, [form]), cell);
}

function isName(cell: string): boolean {
  return (
    cell.length > 1 && (reads(normaliseSurname, cell) || reads(normaliseGivenName, cell))
  );
}

function reads(normalise: (raw: string) => unknown, cell: string): boolean {
  try {
    normalise(cell);
    return true;
  } catch (error) {
    if (error instanceof InvalidField) {
      return false;
    }
    throw error;
  }
}

// Birth dates, as YYYY-MM-DD.
//
// `Date.parse` is not used: it takes other forms, and reads 30 February as a day in March.

import { InvalidField } from '../errors.ts';
import { checkRawLength, stripSpaces } from './characters.ts';

export const EARLIEST_YEAR = 1870;

const ISO_DATE = /^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/;

/**
 * A birth date as YYYY-MM-DD, exactly 4, 2 and 2 digits.
 *
 * @param raw the text; spaces around it are dropped.
 * @param today the last date that is accepted, or none for the date of the device's clock.
 * @throws InvalidField reason `length`, `empty`, `format`, `calendar` (no such day) or `range`
 *   (before 1870 or in the future).
 */
export function normaliseBirthDate(raw: string, today: string = dateOfToday()): string {
  checkRawLength('birth_date', raw);
  const text = stripSpaces(raw);
  if (text === '') {
    throw new InvalidField('birth_date', 'empty', 'no date in it');
  }
  const match = ISO_DATE.exec(text);
  if (match === null) {
    throw new InvalidField('birth_date', 'format', 'not a date in the expected form');
  }
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  // There is no year 0 in the calendar that Python's dates follow.
  if (year === 0 || day > daysInMonth(year, month)) {
    throw new InvalidField('birth_date', 'calendar', 'no such day in the calendar');
  }
  // With all digits in place, the order of the texts is the order of the dates.
  if (year < EARLIEST_YEAR || text > today) {
    throw new InvalidField('birth_date', 'range', `before ${EARLIEST_YEAR} or in the future`);
  }
  return text;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Where the person is, as the rule means the person's own "today". */
function dateOfToday(): string {
  const now = new Date();
  const month = String(now.getMonth() + 1).padStart(2, '0');
  const day = String(now.getDate()).padStart(2, '0');
  return `${String(now.getFullYear()).padStart(4, '0')}-${month}-${day}`;
}

// Cells that are no text in their workbook, as the text that a person would have typed.
//
// A spreadsheet keeps a day as a number: so many days after its first. Whether a number is a day
// only its format tells.

const DAY_MILLISECONDS = 86_400_000;
const DAY_SECONDS = 86_400;
// Of the system that counts from 1900, whose 29 February there never was: its days after it are
// counted from one day earlier.
const BEFORE_1900 = Date.UTC(1899, 11, 31);
const LEAP_DAY_1900 = 60;
const FIRST_OF_1904 = Date.UTC(1904, 0, 1);

/** A number's text: whole numbers as all of their digits, and never rounded further. */
export function numberText(written: string): string {
  const value = Number(written);
  if (written.trim() === '' || !Number.isFinite(value)) {
    return written;
  }
  return Number.isSafeInteger(value) ? String(value) : written;
}

/**
 * A day's text, YYYY-MM-DD, with the time behind it where there is one.
 *
 * @param serial days since the system's first.
 * @param is1904 the workbook counts from 1904, as those of old Macintoshes.
 * @returns null where the number is no day: the 29 February 1900, or one before the first.
 */
export function dayText(serial: number, is1904: boolean): string | null {
  const day = Math.floor(serial);
  if (!(day >= (is1904 ? 0 : 1)) || (!is1904 && day === LEAP_DAY_1900)) {
    return null;
  }
  const start = is1904 ? FIRST_OF_1904 : BEFORE_1900 - (day > LEAP_DAY_1900 ? DAY_MILLISECONDS : 0);
  const seconds = Math.round((serial - day) * DAY_SECONDS);
  const moment = new Date(start + day * DAY_MILLISECONDS + seconds * 1000);
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999) {
    return null;
  }
  const [date = '', time = ''] = moment.toISOString().slice(0, 19).split('T');
  return seconds === 0 ? date : `${date} ${time}`;
}

// Of the built-in formats, those that show a day (ECMA-376 part 1, 18.8.30).
const BUILT_IN_DAYS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]);
// Colours and conditions, and text in quotes or after a backslash, are no part of a date's letters.
const NOT_LETTERS = /\[(?!h+\]|m+\]|s+\])[^\]]*\]|"[^"]*"|\\.|_./gi;

/** Whether a number format shows a day. */
export function isDayFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) {
    return BUILT_IN_DAYS.has(id);
  }
  const [positive = ''] = code.replace(NOT_LETTERS, '').split(';');
  return /[yd]/i.test(positive);
}

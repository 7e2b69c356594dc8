// Which kind of file it is shows in its first bytes, whatever its name ends with.

import { readDelimited } from './delimited.ts';
import { linesOf } from './encodings.ts';
import { InvalidSource, type Table } from './rows.ts';
import { readWorkbook } from './workbook.ts';

const BYTES_MAXIMUM = 512 * 1024 * 1024;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
// The container of XLS, and of a workbook with a password.
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];
// A date has as many digits, and a column's name seldom has; nor is it longer than this.
const DATA_DIGITS = 6;
const NAME_CHARACTERS_MAXIMUM = 64;
const PDF = [0x25, 0x50, 0x44, 0x46];

/**
 * Read a whole file: delimited text or an XLSX workbook.
 *
 * @param sheet of a workbook, from 0; without one, the first that is shown.
 * @throws InvalidSource it is neither, cannot be read whole, or its first row names no columns.
 */
export function openTable(bytes: Uint8Array, sheet?: number): Table {
  if (bytes.length > BYTES_MAXIMUM) {
    throw new InvalidSource('too-large');
  }
  const begins = (with_: readonly number[]): boolean => with_.every((b, i) => bytes[i] === b);
  if (begins(COMPOUND)) {
    throw new InvalidSource('old-workbook');
  }
  if (begins(PDF)) {
    throw new InvalidSource('not-a-list');
  }
  const table = begins(ZIP) ? readWorkbook(bytes, sheet) : readDelimited(linesOf(bytes));
  if (table.header.some(looksLikeData)) {
    // Taken for names, that patient would be checked by nobody.
    throw new InvalidSource('no-header');
  }
  if (table.rows.length === 0) {
    throw new InvalidSource('empty');
  }
  return table;
}

/** Whether a cell of a first line may be somebody's, and not a column's name. */
function looksLikeData(cell: string): boolean {
  const digits = cell.match(/[0-9]/g)?.length ?? 0;
  return digits >= DATA_DIGITS || cell.includes('@') || cell.length > NAME_CHARACTERS_MAXIMUM;
}

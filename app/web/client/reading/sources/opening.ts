// Which kind of file it is shows in its first bytes, whatever its name ends with.

import { readDelimited } from './delimited.ts';
import { linesOf } from './encodings.ts';
import { InvalidSource, type Table } from './rows.ts';
import { readWorkbook } from './workbook.ts';

const BYTES_MAXIMUM = 512 * 1024 * 1024;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
// The container of XLS, and of a workbook with a password.
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];
const PDF = [0x25, 0x50, 0x44, 0x46];

/**
 * Read a whole file: delimited text or an XLSX workbook.
 *
 * @throws InvalidSource it is neither, or cannot be read whole.
 */
export function openTable(bytes: Uint8Array): Table {
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
  return begins(ZIP) ? readWorkbook(bytes) : readDelimited(linesOf(bytes));
}

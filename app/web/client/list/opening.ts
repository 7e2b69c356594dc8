// A laboratory's list: a table that no check has added its columns to.

import { openTable } from '../reading/sources/opening.ts';
import { InvalidSource, type Table } from '../reading/sources/rows.ts';
import { ADDED } from '../worklist/columns.ts';

/**
 * Read a list.
 *
 * @param sheet of a workbook, from 0; without one, the first that is shown.
 * @throws InvalidSource it is no table, or a work list: with those columns twice, none would tell.
 */
export function openList(bytes: Uint8Array, sheet?: number): Table {
  const table = openTable(bytes, sheet);
  if (ADDED.some((name) => table.header.includes(name))) {
    throw new InvalidSource('work-list');
  }
  return table;
}

// The work list as a file: CSV that no spreadsheet takes for formulas, or an XLSX workbook.
//
// Every cell of the workbook is text, so that no NIR is rounded and nothing is computed.

import { strToU8, zipSync } from 'fflate';

import type { Row, Table } from '../reading/sources/rows.ts';
import { ADDED, addedCells, type Counts, type Finding } from './columns.ts';
import { guarded } from './guarding.ts';

const LINE_END = '\r\n';
const DELIMITER = ';';
const BYTE_ORDER_MARK = '\ufeff';
const NEEDS_QUOTES = /[";\r\n]/;
// Control characters that XML cannot hold.
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// Of the format (ECMA-376), and of every program that opens it.
const ROWS_MAXIMUM = 1_048_576;
const COLUMNS_MAXIMUM = 16_384;
const CELL_CHARACTERS_MAXIMUM = 32_767;

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** The list has more than a workbook can hold; as CSV it can be written. */
export class TooLong extends Error {}

/** What a line of the summary says, and its value. */
export type SummaryLine = readonly [string, string | number];

/** The words of the summary's sheet, in the page's language. */
export interface SummaryTexts {
  readonly sheet: string;
  readonly list: string;
  readonly lines: readonly SummaryLine[];
}

/** The rows of a work list, its header first. */
export function* worklistRows(table: Table, findings: readonly Finding[]): Generator<string[]> {
  const width = table.header.length;
  // A column without a name gets one, as the command gives it.
  yield [...table.header.map((name, at) => name || `column_${at + 1}`), ...ADDED];
  for (const [index, row] of table.rows.entries()) {
    const finding = findings[index];
    if (finding === undefined) {
      throw new RangeError('fewer findings than rows');
    }
    yield [...fitted(row, width), ...addedCells(finding)];
  }
}

/** A work list as CSV: UTF-8 with a byte order mark, and `;`, as spreadsheets in France want it. */
export function writeCsv(table: Table, findings: readonly Finding[]): Blob {
  const parts: string[] = [BYTE_ORDER_MARK];
  for (const row of worklistRows(table, findings)) {
    parts.push(row.map(csvCell).join(DELIMITER) + LINE_END);
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/**
 * A work list as a workbook: the list first, as who reads it expects, and then the numbers.
 *
 * @throws TooLong it has more rows, columns or characters than the format holds.
 */
export function writeWorkbook(
  table: Table,
  findings: readonly Finding[],
  texts: SummaryTexts,
): Blob {
  if (
    table.rows.length >= ROWS_MAXIMUM ||
    table.header.length + ADDED.length > COLUMNS_MAXIMUM
  ) {
    throw new TooLong('more rows or columns than a workbook holds');
  }
  const list = sheet(worklistRows(table, findings), (cell) => text(cell));
  const summary = sheet(texts.lines, (cell) =>
    typeof cell === 'number' ? number(cell) : text(cell),
  );
  const zipped = zipSync(
    {
      '[Content_Types].xml': strToU8(contentTypes()),
      '_rels/.rels': strToU8(
        relationships([[`${OFFICE}/officeDocument`, 'xl/workbook.xml']]),
      ),
      'xl/workbook.xml': strToU8(workbook([texts.list, texts.sheet])),
      'xl/_rels/workbook.xml.rels': strToU8(
        relationships([1, 2].map((n) => [`${OFFICE}/worksheet`, `worksheets/sheet${n}.xml`])),
      ),
      'xl/worksheets/sheet1.xml': strToU8(list),
      'xl/worksheets/sheet2.xml': strToU8(summary),
    },
    // A moment of its own would tell when somebody checked their list.
    { level: 6, mtime: new Date(1980, 0, 1) },
  );
  return new Blob([zipped], {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  });
}

/** The cells of a row under the header's names; what a ragged row has more stands in the last. */
function fitted({ cells }: Row, width: number): string[] {
  const row = Array.from({ length: width }, (_, at) => cells[at] ?? '');
  if (cells.length > width && width > 0) {
    row[width - 1] = cells.slice(width - 1).join(DELIMITER);
  }
  return row;
}

function csvCell(cell: string): string {
  const safe = guarded(cell);
  return NEEDS_QUOTES.test(safe) ? `"${safe.split('"').join('""')}"` : safe;
}

function sheet<T>(rows: Iterable<readonly T[]>, write: (cell: T) => string): string {
  const parts = [DECLARATION, `<worksheet xmlns="${MAIN}"><sheetData>`];
  for (const row of rows) {
    parts.push(`<row>${row.map(write).join('')}</row>`);
  }
  return [...parts, '</sheetData></worksheet>'].join('');
}

function text(cell: string): string {
  if (cell.length > CELL_CHARACTERS_MAXIMUM) {
    throw new TooLong('a cell with more characters than a workbook holds');
  }
  const written = escaped(cell);
  return `<c t="inlineStr"><is><t xml:space="preserve">${written}</t></is></c>`;
}

function number(cell: number): string {
  return `<c><v>${cell}</v></c>`;
}

function escaped(cell: string): string {
  return cell
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replace(NOT_IN_XML, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function workbook(names: readonly string[]): string {
  const sheets = names.map(
    (name, index) =>
      `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

function relationships(targets: readonly (readonly string[])[]): string {
  const listed = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`,
  );
  return `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${listed.join('')}</Relationships>`;
}

function contentTypes(): string {
  const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const overrides = [
    ['/xl/workbook.xml', `${kind}.sheet.main+xml`],
    ['/xl/worksheets/sheet1.xml', `${kind}.worksheet+xml`],
    ['/xl/worksheets/sheet2.xml', `${kind}.worksheet+xml`],
  ].map(([part, type]) => `<Override PartName="${part}" ContentType="${type}"/>`);
  return (
    `${DECLARATION}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    `<Default Extension="xml" ContentType="application/xml"/>${overrides.join('')}</Types>`
  );
}

/** The summary's counts in the order in which they are shown. */
export function summaryNumbers(counts: Counts): readonly [number, number, number, number] {
  const { exposed, 'not exposed': not, 'could not be checked': unchecked } = counts;
  return [exposed, not, unchecked, exposed + not + unchecked];
}

// Workbooks as two programs write them, made here from their parts: what matters of each is which
// parts it has and how it writes a cell.

import { strToU8, zipSync } from 'fflate';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export interface Parts {
  /** The rows of the sheet, as XML. */
  readonly rows: string;
  readonly shared?: string;
  readonly is1904?: boolean;
  /** Names of the sheets; the first has the rows, and those that begin with - are hidden. */
  readonly sheets?: readonly string[];
}

/** A workbook whose cell formats are: 0 general, 1 built-in day, 2 own day, 3 money in red. */
export function workbookOf({ rows, shared, is1904 = false, sheets = ['Patients'] }: Parts): Uint8Array {
  const listed = sheets.map(
    (name, at) =>
      `<sheet name="${name.replace(/^-/, '')}" sheetId="${at + 1}"` +
      `${name.startsWith('-') ? ' state="hidden"' : ''} r:id="rId${at + 1}"/>`,
  );
  const chosen = sheets.findIndex((name) => !name.startsWith('-'));
  const files: Record<string, string> = {
    'xl/workbook.xml':
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr${is1904 ? ' date1904="1"' : ''}/>` +
      `<sheets>${listed.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      `<Relationships xmlns="${PACKAGE}">` +
      sheets
        .map((_, at) => `<Relationship Id="rId${at + 1}" Target="worksheets/sheet${at + 1}.xml"/>`)
        .join('') +
      '</Relationships>',
    'xl/styles.xml':
      `<styleSheet xmlns="${MAIN}"><numFmts><numFmt numFmtId="164" formatCode="[$-40C]dd\\/mm\\/yyyy;@"/>` +
      '<numFmt numFmtId="165" formatCode="#,##0.00\\ &quot;day&quot;;[Red]-#,##0.00"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>' +
      '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
  };
  if (shared !== undefined) {
    files['xl/sharedStrings.xml'] = `<sst xmlns="${MAIN}">${shared}</sst>`;
  }
  sheets.forEach((_, at) => {
    const content = at === chosen ? rows : '';
    files[`xl/worksheets/sheet${at + 1}.xml`] =
      `<worksheet xmlns="${MAIN}"><sheetData>${content}</sheetData></worksheet>`;
  });
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, xml]) => [name, strToU8(DECLARATION + xml)]),
    ),
  );
}

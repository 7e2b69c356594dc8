// One sheet of an XLSX workbook (ECMA-376), by a library that unzips and one that parses XML.
//
// Whatever a sheet's cells hold is returned as text. What a formula would give is what the program
// that saved the workbook wrote beside it.

import { unzipSync } from 'fflate';
import { SaxesParser, type SaxesTagPlain } from 'saxes';

import { dayText, isDayFormat, numberText } from './cells.ts';
import { InvalidSource, type Row, type Table } from './rows.ts';

const CONTENT_BYTES_MAXIMUM = 512 * 1024 * 1024;
const COLUMNS_MAXIMUM = 16_384;
// A cell far outside the table would make every row as wide as it.
const CELLS_MAXIMUM = 20_000_000;
const CHUNK_CHARACTERS = 65_536;
const NEEDED = /^xl\/(?:workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|styles\.xml|worksheets\/[^/]+\.xml)$/i;

type Tag = SaxesTagPlain;

interface Handlers {
  readonly open?: (name: string, tag: Tag) => void;
  readonly close?: (name: string, text: string) => void;
}

interface Sheet {
  readonly name: string;
  readonly id: string;
  readonly isHidden: boolean;
}

/**
 * Read one sheet; its first filled row names the columns.
 *
 * @param wanted its place, from 0; without one, the first that is shown.
 * @throws InvalidSource it is no workbook, is damaged, or would take too much memory.
 */
export function readWorkbook(bytes: Uint8Array, wanted?: number): Table {
  let parts: Record<string, Uint8Array>;
  let total = 0;
  try {
    parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        const isNeeded = NEEDED.test(name);
        total += isNeeded ? originalSize : 0;
        return isNeeded && total <= CONTENT_BYTES_MAXIMUM;
      },
    });
  } catch {
    throw new InvalidSource('damaged');
  }
  if (total > CONTENT_BYTES_MAXIMUM) {
    throw new InvalidSource('too-large');
  }
  return new WorkbookReader(parts).read(wanted);
}

class WorkbookReader {
  readonly #parts: Record<string, Uint8Array>;
  #is1904 = false;
  #shared: readonly string[] = [];
  #areDays: readonly boolean[] = [];

  constructor(parts: Record<string, Uint8Array>) {
    this.#parts = parts;
  }

  read(wanted?: number): Table {
    const sheets = this.#sheets();
    const shown = sheets.findIndex(({ isHidden }) => !isHidden);
    const place = wanted ?? Math.max(shown, 0);
    const sheet = sheets[place];
    if (sheet === undefined) {
      throw new InvalidSource('empty');
    }
    this.#shared = this.#sharedStrings();
    this.#areDays = this.#dayStyles();
    const rows = this.#rows(this.#partOf(sheet));
    const first = rows.findIndex(({ cells }) => cells.some((cell) => cell.trim() !== ''));
    const names = rows[first]?.cells.map((cell) => cell.trim());
    if (names === undefined) {
      throw new InvalidSource('empty');
    }
    // What somebody noted beside the table is a column without a name, as the command has it.
    const width = rows.reduce((most, { cells }) => Math.max(most, filledWidth(cells)), 0);
    if (width * rows.length > CELLS_MAXIMUM) {
      throw new InvalidSource('too-large');
    }
    return {
      header: fitted(names, width),
      rows: rows
        .slice(first + 1)
        .filter(({ cells }) => filledWidth(cells) > 0)
        .map((row) => ({ ...row, cells: fitted(row.cells, width) })),
      found: { format: 'xlsx', sheets: sheets.map(({ name }) => name), sheet: place },
    };
  }

  #sheets(): Sheet[] {
    const sheets: Sheet[] = [];
    this.#parse('xl/workbook.xml', {
      open: (name, { attributes }) => {
        if (name === 'workbookPr') {
          this.#is1904 = isTrue(attributes['date1904']);
        } else if (name === 'sheet') {
          const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
          const isHidden = (attributes['state'] ?? 'visible') !== 'visible';
          sheets.push({ name: attributes['name'] ?? '', id, isHidden });
        }
      },
    });
    return sheets;
  }

  #partOf(sheet: Sheet): string {
    let target = '';
    this.#parse('xl/_rels/workbook.xml.rels', {
      open: (name, { attributes }) => {
        if (name === 'Relationship' && attributes['Id'] === sheet.id) {
          target = attributes['Target'] ?? '';
        }
      },
    });
    return target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
  }

  #sharedStrings(): string[] {
    const strings: string[] = [];
    let text = '';
    let isPhonetic = false;
    this.#parseIfThere('xl/sharedStrings.xml', {
      open: (name) => {
        text = name === 'si' ? '' : text;
        isPhonetic ||= name === 'rPh';
      },
      close: (name, content) => {
        if (name === 't' && !isPhonetic) {
          text += content;
        } else if (name === 'rPh') {
          isPhonetic = false;
        } else if (name === 'si') {
          strings.push(text);
        }
      },
    });
    return strings.map(unescaped);
  }

  /** For each cell format, whether it shows a day. */
  #dayStyles(): boolean[] {
    const codes = new Map<number, string>();
    const areDays: boolean[] = [];
    let isInCells = false;
    this.#parseIfThere('xl/styles.xml', {
      open: (name, { attributes }) => {
        if (name === 'numFmt') {
          codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
        } else if (name === 'cellXfs') {
          isInCells = true;
        } else if (name === 'xf' && isInCells) {
          const id = Number(attributes['numFmtId'] ?? 0);
          areDays.push(isDayFormat(id, codes.get(id)));
        }
      },
      close: (name) => {
        isInCells &&= name !== 'cellXfs';
      },
    });
    return areDays;
  }

  #rows(part: string): Row[] {
    const rows: Row[] = [];
    let cells: string[] = [];
    let cell: Tag['attributes'] = {};
    let value = '';
    let line = 0;
    let column = 0;
    let count = 0;
    this.#parse(part, {
      open: (name, { attributes }) => {
        if (name === 'row') {
          line = Number(attributes['r'] ?? line + 1);
          cells = [];
          column = 0;
        } else if (name === 'c') {
          cell = attributes;
          value = '';
          column = attributes['r'] === undefined ? column : columnOf(attributes['r']);
        }
      },
      close: (name, content) => {
        if (name === 'v' || name === 't') {
          value += content;
        } else if (name === 'c') {
          count += column - cells.length + 1;
          if (count > CELLS_MAXIMUM) {
            throw new InvalidSource('too-large');
          }
          while (cells.length < column) {
            cells.push('');
          }
          cells[column] = this.#text(cell, value);
          column += 1;
        } else if (name === 'row') {
          rows.push({ line, cells, isRagged: false });
        }
      },
    });
    return rows;
  }

  #text({ t: type = 'n', s: style = '0' }: Tag['attributes'], value: string): string {
    switch (type) {
      case 's':
        return this.#shared[Number(value)] ?? '\ufffd';
      case 'str':
      case 'inlineStr':
        return unescaped(value);
      case 'd':
        return value.replace(/T00:00:00(?:\.0+)?Z?$/, '');
      case 'b':
        return value === '1' ? 'true' : 'false';
      case 'e':
        // #REF! is not nothing: whatever it stood for could not be read.
        return value;
      default: {
        const isDay = value !== '' && (this.#areDays[Number(style)] ?? false);
        const day = isDay ? dayText(Number(value), this.#is1904) : null;
        return day ?? numberText(value);
      }
    }
  }

  #parseIfThere(part: string, handlers: Handlers): void {
    if (this.#parts[part] !== undefined) {
      this.#parse(part, handlers);
    }
  }

  #parse(part: string, handlers: Handlers): void {
    const content = this.#parts[part];
    if (content === undefined) {
      throw new InvalidSource('damaged');
    }
    parseXml(content, handlers);
  }
}

/** Parse to the end; what is cut off or not well-formed is refused, and not read half. */
function parseXml(content: Uint8Array, { open, close }: Handlers): void {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let text = '';
  parser.on('error', () => {
    throw new InvalidSource('damaged');
  });
  parser.on('opentag', (tag) => {
    text = '';
    open?.(localName(tag.name), tag);
  });
  parser.on('text', (part) => {
    text += part;
  });
  parser.on('cdata', (part) => {
    text += part;
  });
  parser.on('closetag', (tag) => {
    close?.(localName(tag.name), text);
    text = '';
  });
  const whole = new TextDecoder('utf-8').decode(content);
  for (let at = 0; at < whole.length; at += CHUNK_CHARACTERS) {
    parser.write(whole.slice(at, at + CHUNK_CHARACTERS));
  }
  parser.close();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

/** The column of a cell's name, from 0: A1 is 0, XFD1 is 16,383. */
function columnOf(reference: string): number {
  let number = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') {
    number = number * 26 + letter.charCodeAt(0) - 64;
  }
  if (number < 1 || number > COLUMNS_MAXIMUM) {
    throw new InvalidSource('damaged');
  }
  return number - 1;
}

/** _x000D_ stands for a character that XML cannot hold. */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-F]{4})_/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
}

/** How many cells a row has, up to the last that holds something. */
function filledWidth(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1]?.trim() === '') {
    width -= 1;
  }
  return width;
}

function fitted(cells: readonly string[], width: number): string[] {
  return Array.from({ length: width }, (_, index) => cells[index] ?? '');
}

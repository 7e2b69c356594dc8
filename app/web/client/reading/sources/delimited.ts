// Rows of delimited text, framed by physical line so that no row is lost in silence.
//
// A reader that trusts quotes loses everything between a stray one and the next. Here each line is
// parsed strictly on its own; if a quote is open at its end, the following lines are joined, but
// only a few and only if the columns then fit; otherwise that one line is read as if quotes meant
// nothing. Every line is a header, a row, a row's continuation, blank, or ragged.

import type { Line } from './encodings.ts';
import { InvalidSource, type Row, type Table } from './rows.ts';

// A comment field with an address in it has a handful of line ends; a stray quote has thousands.
const JOINED_LINES_MAXIMUM = 20;
const DELIMITERS = [';', ',', '\t', '|'] as const;
const SAMPLED_LINES = 200;
const QUOTE = '"';
// What a spreadsheet writes before its column names.
const DELIMITER_LINE = /^sep=(.)$/;
const NULS = /\u0000+/g;

/**
 * Read delimited text whose first line names the columns.
 *
 * @throws InvalidSource it is empty, or names its columns twice in another order.
 */
export function readDelimited(lines: readonly Line[]): Table {
  return new DelimitedReader(lines).read();
}

class DelimitedReader {
  readonly #lines: readonly Line[];
  #delimiter = '';
  #header: readonly string[] = [];
  #areAllQuoted = false;
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines.map((line) =>
      line.text.includes('\u0000') ? { ...line, text: line.text.replace(NULS, '\ufffd') } : line,
    );
  }

  read(): Table {
    this.#readHeader();
    const rows: Row[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#line(this.#at);
      this.#at += 1;
      if (line.text.trim() === '') {
        continue;
      }
      const cells = this.#cells(line);
      if (cells === null) {
        rows.push({ line: line.number, cells: this.#split(line.text), isRagged: true });
      } else if (!this.#isHeader(cells)) {
        rows.push({ line: line.number, cells, isRagged: false });
      }
    }
    const found = { format: 'delimited', sheets: [], sheet: 0 } as const;
    return { header: this.#header, rows, found };
  }

  #line(at: number): Line {
    return this.#lines[at] ?? { number: at + 1, text: '' };
  }

  #readHeader(): void {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const { text } = this.#line(this.#at);
      const named = DELIMITER_LINE.exec(text)?.[1];
      if (named !== undefined) {
        this.#delimiter = named;
      } else if (text.trim() !== '') {
        if (this.#delimiter === '') {
          this.#delimiter = this.#guess();
        }
        this.#header = (this.#parse(text) ?? text.split(this.#delimiter)).map((n) => n.trim());
        this.#areAllQuoted = text.split(this.#delimiter).every((f) => f.startsWith(QUOTE));
        this.#at += 1;
        return;
      }
    }
    throw new InvalidSource('empty');
  }

  /** The delimiter that gives the most lines as many columns as the first has. */
  #guess(): string {
    const texts = this.#lines.slice(this.#at, this.#at + 1 + SAMPLED_LINES).map((l) => l.text);
    let best: string = DELIMITERS[0];
    let bestScore = 0;
    for (const delimiter of DELIMITERS) {
      this.#delimiter = delimiter;
      const widths = texts.map((text) => (this.#parse(text) ?? text.split(delimiter)).length);
      const [first = 0] = widths;
      const score = widths.filter((width) => width === first).length * (first - 1);
      if (score > bestScore) {
        best = delimiter;
        bestScore = score;
      }
    }
    return best;
  }

  #isHeader(cells: readonly string[]): boolean {
    const names = cells.map((cell) => cell.trim());
    const isSame = names.every((name, index) => name === this.#header[index]);
    const sorted = (list: readonly string[]): string => JSON.stringify([...list].sort());
    if (!isSame && names.length > 1 && sorted(names) === sorted(this.#header)) {
      // Every row after it may have that order: these are two files in one.
      throw new InvalidSource('header-twice');
    }
    return isSame;
  }

  /** The fields of the row that begins at a line, or null when they do not fit. */
  #cells(line: Line): readonly string[] | null {
    if (!line.text.includes(QUOTE)) {
      const cells = line.text.split(this.#delimiter);
      return this.#fits(cells) ? cells : null;
    }
    const cells = this.#parse(line.text) ?? this.#joined(line);
    if (cells !== null && this.#fits(cells)) {
      return cells;
    }
    const unquoted = this.#split(line.text);
    return this.#fits(unquoted) ? unquoted : null;
  }

  /** Try to close an open quote with the next lines; take none of them when it does not fit. */
  #joined(line: Line): readonly string[] | null {
    let text = line.text;
    const areRows = [this.#fits(this.#split(line.text))];
    for (let count = 1; count < JOINED_LINES_MAXIMUM; count += 1) {
      const following = this.#lines[this.#at + count - 1];
      if (following === undefined) {
        return null;
      }
      text += `\n${following.text}`;
      areRows.push(this.#fits(this.#split(following.text)));
      const cells = this.#parse(text);
      if (cells === null) {
        continue;
      }
      // Two stray quotes can close one another; lines that are rows by themselves stay rows.
      if (!this.#fits(cells) || (!this.#areAllQuoted && areRows.every(Boolean))) {
        return null;
      }
      this.#at += count;
      return cells;
    }
    return null;
  }

  #fits(cells: readonly string[]): boolean {
    return cells.length === this.#header.length;
  }

  /** The fields of a line in which quotes mean nothing. */
  #split(text: string): string[] {
    const fields = text.split(this.#delimiter);
    return this.#areAllQuoted ? fields.map(bare) : fields;
  }

  /** Parse one row strictly, or return null when its quotes do not add up. */
  #parse(text: string): string[] | null {
    const fields: string[] = [];
    let at = 0;
    for (;;) {
      const isQuoted = text[at] === QUOTE;
      const end = isQuoted ? closingQuote(text, at + 1) : until(text, this.#delimiter, at);
      if (end < 0) {
        return null;
      }
      const field = text.slice(isQuoted ? at + 1 : at, end);
      fields.push(isQuoted ? field.split('""').join(QUOTE) : field);
      at = isQuoted ? end + 1 : end;
      if (at >= text.length) {
        return fields;
      }
      if (text[at] !== this.#delimiter) {
        return null;
      }
      at += 1;
    }
  }
}

function until(text: string, delimiter: string, from: number): number {
  const end = text.indexOf(delimiter, from);
  return end < 0 ? text.length : end;
}

/** Where a quoted field ends, or −1; two quotes inside it are one. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf(QUOTE, from); at >= 0; at = text.indexOf(QUOTE, at + 2)) {
    if (text[at + 1] !== QUOTE) {
      return at;
    }
  }
  return -1;
}

/** A field without the quotes that every field of the file has. */
function bare(field: string): string {
  const isQuoted = field.length > 1 && field.startsWith(QUOTE) && field.endsWith(QUOTE);
  return isQuoted ? field.slice(1, -1) : field;
}

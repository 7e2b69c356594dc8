// What a check came to, whole or not: three numbers that add up, and the work list to keep.

import type { Table } from '../reading/sources/rows.ts';
import { countsOf, type Finding, reasonsOf } from '../worklist/columns.ts';
import {
  type SummaryLine,
  summaryNumbers,
  TooLong,
  writeCsv,
  writeWorkbook,
} from '../worklist/writing.ts';
import { counted, required, say, worded } from './elements.ts';

const LINES = ['exposed', 'not-exposed', 'unchecked', 'rows'] as const;

/** What was checked, for the summary. */
export interface Asked {
  /** The leak's. */
  readonly title: string;
  readonly schemes: readonly string[];
  /** Why not all of it was asked, for the page and for the work list, or null. */
  readonly stopped: { readonly told: string; readonly reason: string } | null;
}

/** The step of the result. */
export class Result {
  readonly #document: Document;
  #table: Table | null = null;
  #findings: readonly Finding[] = [];
  #asked: Asked = { title: '', schemes: [], stopped: null };

  /** @param onKept called when the work list was handed over. */
  constructor(document: Document, onKept: () => void) {
    this.#document = document;
    const offer = (id: string, name: string, write: () => Blob): void => {
      required(document, id).addEventListener('click', () => {
        let written: Blob;
        try {
          written = write();
        } catch (error) {
          if (!(error instanceof TooLong)) {
            throw error;
          }
          say(required(document, 'kept'), worded(document, 'text-too-long'));
          return;
        }
        handOver(document, written, `${worded(document, 'text-file-name')}.${name}`);
        onKept();
      });
    };
    offer('save-xlsx', 'xlsx', () => this.#workbook());
    offer('save-csv', 'csv', () => writeCsv(this.#held(), this.#findings));
  }

  /** Show the numbers. */
  show(table: Table, findings: readonly Finding[], asked: Asked): void {
    this.#table = table;
    this.#findings = findings;
    this.#asked = asked;
    const { stopped } = asked;
    required(this.#document, 'result-title').textContent = worded(
      this.#document,
      stopped === null ? 'text-finished' : 'text-not-finished',
    );
    say(required(this.#document, 'sheet-note'), otherSheets(this.#document, table));
    required(this.#document, 'stopped').hidden = stopped === null;
    required(this.#document, 'stopped-why').textContent = stopped?.told ?? '';
    const numbers = summaryNumbers(countsOf(findings));
    LINES.forEach((line, index) => {
      required(this.#document, `count-${line}`).textContent = counted(
        this.#document,
        numbers[index] ?? 0,
      );
    });
  }

  /** Forget the list. */
  clear(): void {
    this.#table = null;
    this.#findings = [];
  }

  #held(): Table {
    if (this.#table === null) {
      throw new Error('there is no result');
    }
    return this.#table;
  }

  #workbook(): Blob {
    return writeWorkbook(this.#held(), this.#findings, {
      sheet: worded(this.#document, 'text-sheet-summary'),
      list: worded(this.#document, 'text-sheet-list'),
      lines: this.#lines(),
    });
  }

  /** What the summary says, as the command's does. */
  #lines(): SummaryLine[] {
    const label = (name: string): string => worded(this.#document, `text-${name}`);
    const numbers = summaryNumbers(countsOf(this.#findings));
    const { title, schemes, stopped } = this.#asked;
    const unread = otherSheets(this.#document, this.#held());
    return [
      [label('summary-leak'), title],
      [label('summary-asked'), schemes.join(', ')],
      ...(stopped === null ? [] : [[label('summary-stopped'), stopped.reason] as const]),
      ...(unread === '' ? [] : [[label('summary-sheet'), unread] as const]),
      ...LINES.map((line, index) => [label(`count-${line}`), numbers[index] ?? 0] as const),
      ...reasonsOf(this.#findings).map(
        ([reason, count]) => [`${label('count-unchecked')} – ${reason}`, count] as const,
      ),
    ];
  }
}

/** Which sheets of a workbook were not read, in a sentence, or nothing where there are none. */
function otherSheets(document: Document, { found: { sheets, sheet } }: Table): string {
  const others = sheets.filter((_, place) => place !== sheet);
  return others.length === 0
    ? ''
    : worded(document, 'text-other-sheets', sheets[sheet] ?? '', others.join(', '));
}

/** Have the browser save a file that it has. */
function handOver(document: Document, content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// What a check came to: three numbers that add up, and the work list to keep.

import type { Table } from '../reading/sources/rows.ts';
import { countsOf, type Finding } from '../worklist/columns.ts';
import { summaryNumbers, writeCsv, writeWorkbook } from '../worklist/writing.ts';
import { counted, required, worded } from './elements.ts';

const LINES = ['exposed', 'not-exposed', 'unchecked', 'rows'] as const;

/** The step of the result. */
export class Result {
  readonly #document: Document;
  #table: Table | null = null;
  #findings: readonly Finding[] = [];

  /** @param onKept called when the work list was handed over. */
  constructor(document: Document, onKept: () => void) {
    this.#document = document;
    const offer = (id: string, name: string, write: () => Blob): void => {
      required(document, id).addEventListener('click', () => {
        handOver(document, write(), `${worded(document, 'text-file-name')}.${name}`);
        onKept();
      });
    };
    offer('save-xlsx', 'xlsx', () => this.#workbook());
    offer('save-csv', 'csv', () => writeCsv(this.#held(), this.#findings));
  }

  /** Show the numbers. */
  show(table: Table, findings: readonly Finding[]): void {
    this.#table = table;
    this.#findings = findings;
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
    const numbers = summaryNumbers(countsOf(this.#findings));
    return writeWorkbook(this.#held(), this.#findings, {
      sheet: worded(this.#document, 'text-sheet-summary'),
      list: worded(this.#document, 'text-sheet-list'),
      lines: LINES.map((line, index) => [
        worded(this.#document, `text-count-${line}`),
        numbers[index] ?? 0,
      ]),
    });
  }
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

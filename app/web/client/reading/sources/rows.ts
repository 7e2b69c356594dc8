// What every reader of a file gives: the names of its columns, and one row after the other.

/** One row of a file. */
export interface Row {
  /** From 1, as an editor or a spreadsheet counts. */
  readonly line: number;
  /** As many cells as the header has names; fewer or more where the row is ragged. */
  readonly cells: readonly string[];
  /** It does not have the columns of the others, so that no cell is known to be what it seems. */
  readonly isRagged: boolean;
}

/** A whole file. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  /** What a person may want to know of how it was read. */
  readonly found: Found;
}

export interface Found {
  readonly format: 'delimited' | 'xlsx';
  /** The names of a workbook's sheets, those too that are not shown; else none. */
  readonly sheets: readonly string[];
  /** Which of them was read, from 0. */
  readonly sheet: number;
}

/** Why a file cannot be read: a name of the page's texts. */
export type SourceFault =
  | 'empty'
  | 'damaged'
  | 'too-large'
  | 'not-a-list'
  | 'old-workbook'
  | 'header-twice'
  | 'no-header'
  | 'work-list';

/** The file cannot be read; nothing of it is in the message. */
export class InvalidSource extends Error {
  readonly fault: SourceFault;

  constructor(fault: SourceFault) {
    super(`the file cannot be read: ${fault}`);
    this.fault = fault;
  }
}

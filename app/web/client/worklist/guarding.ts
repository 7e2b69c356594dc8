// Cells of a CSV file that no spreadsheet takes for a formula.
//
// Such a cell gets an apostrophe in front, which spreadsheets show as text. A cell that has
// apostrophes in front of such a sign already gets one more, so that exactly one can be taken away
// again and nothing of the laboratory's own is lost.

// With the wide forms, which some spreadsheets read as the others.
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A cell as it is written into a CSV file. */
export function guarded(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

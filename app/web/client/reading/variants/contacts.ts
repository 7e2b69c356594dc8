// Several telephone numbers, or several e-mail addresses, in one cell.
//
// Only asked where the cell as it stands is no number, and no address.

const BETWEEN = '[ \\u00a0\\u202f./_-]*';
const NUMBER = new RegExp(
  `(?<![0-9+])(?:(?:\\+|00)33${BETWEEN}(?:\\(0\\))?${BETWEEN}|0)[1-9](?:${BETWEEN}[0-9]{2}){4}(?![0-9])` +
    '|(?<![0-9+])[1-9][0-9]{8}(?![0-9])' +
    '|(?<![0-9+])\\+(?!33)[1-9][0-9]{7,14}(?![0-9])',
  'g',
);
// What stands for bytes that are no character may have been a digit.
const DIGIT = /[0-9\ufffd]/;
const NOT_IN_ADDRESS = /[\s;,|<>()[\]"]+/;

/**
 * Every number in 01 99 00 00 01 / 06 39 98 00 01, and the one in 0199000001 (BUREAU).
 *
 * Where digits are left over, none is taken: what they belong to would be a guess.
 */
export function severalNumbers(text: string): string[] {
  return DIGIT.test(text.replace(NUMBER, '')) ? [] : (text.match(NUMBER) ?? []);
}

/**
 * Every address in a@x.example ; b@x.example, and the one in CLAIRE <a@x.example>.
 *
 * A slash can stand in an address, so it parts two only where they would be one with two `@`.
 */
export function severalAddresses(text: string): string[] {
  return text
    .split(NOT_IN_ADDRESS)
    .flatMap((word) => (word.split('@').length > 2 ? word.split('/') : [word]))
    .filter((part) => part.includes('@'))
    .map((part) => part.replace(/^mailto:/, ''));
}

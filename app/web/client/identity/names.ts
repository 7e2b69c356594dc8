// Surnames and given names, as the letters A–Z.
//
// Protocol §1 freezes the rules. They make one form of the many in which a name is typed: with or
// without accents, in capitals, with another apostrophe. Names in other scripts are refused, as
// there is more than one way to write them in Latin letters.

import { InvalidField } from '../errors.ts';
import {
  APOSTROPHES,
  checkRawLength,
  HYPHENS,
  MAX_CHARACTERS,
  removing,
  SPACES,
  stripSpaces,
  translate,
} from './characters.ts';

// Applied after upper-casing, which has made SS of ß and I of ı; İ loses its dot as a mark.
// The letters have no decomposition in Unicode, so that NFKD leaves them whole.
const MAPPED_OR_REMOVED: ReadonlyMap<string, string> = new Map([
  ...removing(SPACES + HYPHENS + APOSTROPHES + '.'),
  ['Æ', 'AE'],
  ['Œ', 'OE'],
  ['ẞ', 'SS'],
  ['Ø', 'O'],
  ['Ł', 'L'],
  ['Đ', 'D'],
  ['Ð', 'D'],
  ['Þ', 'TH'],
]);

const END_OF_FIRST = new RegExp(`[${SPACES},;]`);

/**
 * A surname as letters A–Z with nothing between them.
 *
 * @throws InvalidField reason `empty` (no letter), `characters` (something that is no Latin
 *   letter, or a letter for which there is no rule) or `length`.
 */
export function normaliseSurname(raw: string): string {
  return letters('surname', raw);
}

/**
 * The first given name as letters A–Z with nothing between them.
 *
 * A space ends it and a hyphen does not: files hold "Jean Pierre" for two given names and
 * "Jean-Pierre" for one.
 *
 * @throws InvalidField as for `normaliseSurname`.
 */
export function normaliseGivenName(raw: string): string {
  checkRawLength('given_name', raw);
  const [first = ''] = stripSpaces(raw).split(END_OF_FIRST, 1);
  return letters('given_name', first);
}

function letters(field: string, raw: string): string {
  checkRawLength(field, raw);
  const withoutMarks = raw.normalize('NFKD').replace(/\p{M}/gu, '');
  const text = translate(withoutMarks.toUpperCase(), MAPPED_OR_REMOVED);
  if (text === '') {
    throw new InvalidField(field, 'empty', 'no letter in it');
  }
  if (!/^[A-Z]+$/.test(text)) {
    throw new InvalidField(field, 'characters', 'a character that is no Latin letter');
  }
  // Ligatures make one character several, and a result must itself be accepted.
  if (text.length > MAX_CHARACTERS) {
    throw new InvalidField(field, 'length', `more than ${MAX_CHARACTERS} letters`);
  }
  return text;
}

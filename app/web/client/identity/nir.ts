// The NIR, the French social security number: 13 characters and a key of two digits.
//
// Protocol §1 freezes the rule. The structure and the key are INSEE's
// (https://www.insee.fr/en/metadonnees/definition/c1409).

import { InvalidField } from '../errors.ts';
import { checkRawLength, countCharacters, removing, SPACES, translate } from './characters.ts';

const REMOVED = removing(SPACES + ".-_'");

// First digit 1–8; any month, as 20, 30–42 and 50–99 exist; 2A and 2B are the two Corsican
// departments, at positions 6 and 7.
const BODY = /^[1-8][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}$/;
const KEY = /^[0-9]{2}$/;

/**
 * The 13 characters of a NIR, without its key.
 *
 * A NIR of 13 characters has no key, so a wrong digit in it cannot be noticed. With 15, every
 * single wrong digit is noticed, since 97 is prime and divides no d·10ⁿ.
 *
 * @throws InvalidField reason `length` (not 13 or 15 characters, the usual sign of a spreadsheet
 *   that made a number of it), `format` (a character out of place) or `key`.
 */
export function normaliseNir(raw: string): string {
  checkRawLength('nir', raw);
  const text = translate(raw.normalize('NFKC'), REMOVED).toUpperCase();
  const length = countCharacters(text);
  if (length !== 13 && length !== 15) {
    throw new InvalidField('nir', 'length', 'not 13 characters, or 15 with the key');
  }
  const body = text.slice(0, 13);
  const key = text.slice(13);
  if (!BODY.test(body) || (length === 15 && !KEY.test(key))) {
    throw new InvalidField(
      'nir',
      'format',
      'a character is not where it can be in such a number',
    );
  }
  if (length === 15 && keyOf(body) !== Number(key)) {
    throw new InvalidField('nir', 'key', 'the two-digit key does not match; check the number');
  }
  return body;
}

function keyOf(body: string): number {
  // In a well-formed body a letter stands only at position 7, after a 2. The number has 13 digits,
  // of the 15 that a double holds exactly.
  return 97 - (Number(body.replace('2A', '19').replace('2B', '18')) % 97);
}

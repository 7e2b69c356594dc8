// E-mail addresses and telephone numbers.
//
// Protocol §1 freezes the rules. The telephone's are a short table here rather than a library's,
// since a library's numbering plans change with its releases and a changed result is a silent miss.

import { InvalidField } from '../errors.ts';
import { checkRawLength, removing, SPACES, stripSpaces, translate } from './characters.ts';
import { toALabels } from './idna.ts';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})+$`);
const MAX_DOMAIN_CHARACTERS = 253; // RFC 1035 §2.3.4, written without the root's dot

// Signs of a list, of a display name or of a sentence rather than of an address. An apostrophe is
// not among them: o'brien@… is an address.
const NOT_IN_LOCAL_PART = /[\x00-\x20\x7f,;:<>()[\]"\\“”„‟«»‘’‚‛‹›]/;
// An invisible character is pasted, not typed: kept, it would be a silent miss.
const INVISIBLE = /[\p{C}\p{Z}]/u;

const PHONE_REMOVED = removing(SPACES + '.-/_()');
const FRENCH = /^(?:\+?33|0?)([1-9][0-9]{8})$/;
const ABROAD = /^\+(?!33)[1-9][0-9]{7,14}$/;
const FRENCH_PREFIXES: ReadonlyMap<string, string> = new Map(
  [
    ['+262', '262 263 269 639 692 693'], // Réunion, Mayotte
    ['+590', '590 690 691'], // Guadeloupe, Saint-Martin
    ['+594', '594 694'], // French Guiana
    ['+596', '596 696 697'], // Martinique
    ['+508', '508'], // Saint-Pierre-et-Miquelon
  ].flatMap(([prefix = '', starts = '']) =>
    starts.split(' ').map((start): [string, string] => [start, prefix]),
  ),
);

/**
 * An address in lower case, its domain as A-labels.
 *
 * No tag and no dot of the local part is dropped, as only the receiving server knows what they
 * mean to it.
 *
 * @throws InvalidField reason `length`, `empty`, `format` (not one `@` with something before it,
 *   or no domain of two labels) or `characters`.
 */
export function normaliseEmail(raw: string): string {
  checkRawLength('email', raw);
  // Lower-casing can leave a letter and a mark that compose (H̱ → ẖ), hence NFC again.
  const text = stripSpaces(raw.normalize('NFC')).toLowerCase().normalize('NFC');
  if (text === '') {
    throw new InvalidField('email', 'empty', 'no address in it');
  }
  const [local = '', domain, ...more] = text.split('@');
  if (local === '' || domain === undefined || more.length > 0) {
    throw new InvalidField('email', 'format', 'not a name, one @ and a domain');
  }
  if (NOT_IN_LOCAL_PART.test(local) || INVISIBLE.test(local)) {
    throw new InvalidField('email', 'characters', 'a character before the @ that no address has');
  }
  const result = `${local}@${asciiDomain(domain)}`;
  // A domain grows as A-labels, and a result must itself be accepted.
  checkRawLength('email', result);
  return result;
}

/**
 * A number as `+`, country code and national number; French without a `+` in `raw`.
 *
 * What follows another country's code is kept as it is, also a 0 that should have been left out
 * in an international number: only that country's own plan could tell.
 *
 * @throws InvalidField reason `length`, `empty` or `format`.
 */
export function normalisePhone(raw: string): string {
  checkRawLength('phone', raw);
  const text = translate(raw.normalize('NFKC').split('(0)').join(''), PHONE_REMOVED).replace(
    /^00/,
    '+',
  );
  const national = FRENCH.exec(text)?.[1];
  if (national !== undefined) {
    return (FRENCH_PREFIXES.get(national.slice(0, 3)) ?? '+33') + national;
  }
  if (ABROAD.test(text)) {
    return text;
  }
  if (text === '') {
    throw new InvalidField('phone', 'empty', 'no number in it');
  }
  throw new InvalidField(
    'phone',
    'format',
    'not a French number, nor an international one with + and country code',
  );
}

function asciiDomain(domain: string): string {
  const ascii = /^[\x00-\x7f]*$/.test(domain) ? domain : toALabels(domain);
  if (ascii.length > MAX_DOMAIN_CHARACTERS || !DOMAIN.test(ascii)) {
    throw new InvalidField('email', 'format', 'what follows the @ is no domain name');
  }
  return ascii;
}

// Which characters count as a space, a hyphen or an apostrophe, and how long raw text may be.
//
// The sets are spelled out, not computed from a browser's Unicode tables: the rules that use them
// are frozen (protocol §1), a new Unicode version must not change them. Copied from the Python
// twin, character by character; a test compares them.

import { InvalidField } from '../errors.ts';

/** Longest raw text, and longest result, in code points; no identifier comes near it. */
export const MAX_CHARACTERS = 256;

/** Unicode's White_Space property. U+200B and U+FEFF are not in it, so they are refused. */
export const SPACES =
  '\u0009\u000a\u000b\u000c\u000d\u0020\u0085\u00a0\u1680' +
  '\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
  '\u2028\u2029\u202f\u205f\u3000';

/** Every dash of Unicode 16 (category Pd), the soft hyphen and the minus. */
export const HYPHENS =
  '\u002d' + // hyphen-minus
  '\u00ad' + // soft hyphen: invisible, pasted from web pages and PDF files
  '\u058a\u05be\u1400\u1806' + // Armenian, Hebrew, Canadian syllabics, Mongolian
  '\u2010\u2011\u2012\u2013\u2014\u2015' + // hyphen, non-breaking, figure, en, em, bar
  '\u2212' + // minus
  '\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d' + // editors' and double dashes
  '\u301c\u3030\u30a0' + // Japanese
  '\ufe31\ufe32\ufe58\ufe63\uff0d' + // vertical, small and full-width forms
  '\u{10d6e}\u{10ead}'; // Garay, Yezidi

/** Whatever keyboards, word processors and transliterations put for an apostrophe. */
export const APOSTROPHES =
  '\u0027\u0060\u00b4' + // typewriter apostrophe, grave accent, acute accent
  '\u02b9\u02bb\u02bc\u02bd\u02be\u02bf' + // modifier letters, as in transliterated names
  '\u02c8\u02ca\u02cb\u02f4' + // stress and tone marks of the same look
  '\u0374\u0384\u055a\u05f3\u07f4\u07f5' + // Greek, Armenian, Hebrew, N'Ko
  '\u1fbd\u1fbf\u1fef\u1ffd\u1ffe' + // Greek breathings and accents that stand alone
  '\u2018\u2019\u201b' + // single quotation marks
  '\u2032\u2035' + // prime, reversed prime
  '\u275b\u275c' + // ornaments
  '\ua78b\ua78c' + // saltillo; upper-casing turns the second into the first
  '\uff07\uff40'; // full-width forms

const SPACES_AROUND = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, 'g');

/** Code points, where a string's own `length` counts UTF-16 units. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

/**
 * Refuse text that is too long to be an identifier, before any work is spent on it.
 *
 * @throws InvalidField reason `length`.
 */
export function checkRawLength(field: string, raw: string): void {
  // A code point has one or two units, so that the first comparison spares counting a pasted book.
  if (raw.length > 2 * MAX_CHARACTERS || countCharacters(raw) > MAX_CHARACTERS) {
    throw new InvalidField(field, 'length', `more than ${MAX_CHARACTERS} characters`);
  }
}

/** The text without the spaces of any kind around it. `trim` also drops U+FEFF and keeps U+0085. */
export function stripSpaces(text: string): string {
  return text.replace(SPACES_AROUND, '');
}

/** Each character replaced as the table says, an empty text removing it; others are kept. */
export function translate(text: string, table: ReadonlyMap<string, string>): string {
  return Array.from(text, (character) => table.get(character) ?? character).join('');
}

/** A table for `translate` that removes these characters. */
export function removing(characters: string): Map<string, string> {
  return new Map(Array.from(characters, (character) => [character, '']));
}

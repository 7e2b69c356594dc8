// A social security number as it is printed on the card: 1 85 05 78 006 048 30.

import { SPACES, translate, removing } from '../identity/characters.ts';

export const CHARACTERS_WITH_KEY = 15;
export const CHARACTERS_WITHOUT_KEY = 13;

// Sex, year, month, department, commune, order, key.
const GROUPS = [1, 2, 2, 2, 3, 3, 2];
const SEPARATORS = removing(SPACES + ".-_'");

/** What is left of a typed number without what people put between its groups. */
export function significant(text: string): string {
  return translate(text, SEPARATORS).toUpperCase();
}

/**
 * The number in its groups, as far as it goes; nothing is dropped but what stands between them.
 *
 * A text with other characters than such a number has is given back as it is, so that whoever
 * typed it can see what does not belong there.
 */
export function grouped(text: string): string {
  const compact = significant(text);
  if (!/^[0-9AB]*$/.test(compact)) {
    return text;
  }
  const groups: string[] = [];
  let start = 0;
  for (const length of GROUPS) {
    groups.push(compact.slice(start, start + length));
    start += length;
  }
  groups.push(compact.slice(start));
  return groups.filter((group) => group !== '').join(' ');
}

/** Where the cursor stands in `text`, when as many characters of the number are left of it. */
export function cursorAfter(text: string, characters: number): number {
  let position = 0;
  for (let seen = 0; seen < characters && position < text.length; position += 1) {
    seen += significant(text[position] ?? '').length;
  }
  return position;
}

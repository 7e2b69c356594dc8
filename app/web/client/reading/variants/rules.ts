// The rules by which a cell is read in more than one way: their fields and order.

import { severalAddresses, severalNumbers } from './contacts.ts';
import { doubleNames, marriedNames, severalGivenNames, withoutTitles } from './names.ts';
import { wholeNumber, zeroForO } from './numbers.ts';
import { decodedOnce } from './redecoding.ts';

/** One way to read a cell otherwise than as it stands. */
export interface Rule {
  readonly fields: readonly string[];
  /** A text to the texts read in its place; to none where the rule has nothing to say. */
  readonly read: (text: string) => string[];
  /** Asked only where the cell as it stands is refused. */
  readonly isRescue: boolean;
}

// In the order in which they are asked: a repaired text shows its titles, and what is left without
// them its two names, of which one is double.
const RULES: readonly Rule[] = [
  { fields: ['surname', 'given_name', 'email'], read: decodedOnce, isRescue: false },
  { fields: ['surname', 'given_name'], read: withoutTitles, isRescue: false },
  { fields: ['surname'], read: marriedNames, isRescue: false },
  { fields: ['surname'], read: doubleNames, isRescue: false },
  { fields: ['given_name'], read: severalGivenNames, isRescue: false },
  { fields: ['nir', 'phone'], read: wholeNumber, isRescue: true },
  { fields: ['nir'], read: zeroForO, isRescue: true },
  { fields: ['phone'], read: severalNumbers, isRescue: true },
  { fields: ['email'], read: severalAddresses, isRescue: true },
];

/** A field's rules in their order. */
export function rulesFor(field: string): readonly Rule[] {
  return RULES.filter(({ fields }) => fields.includes(field));
}

/** What is read from a text by rules asked one after the other, itself not among them. */
export function otherReadings(text: string, rules: readonly Rule[]): string[] {
  let texts: readonly string[] = [text];
  for (const { read } of rules) {
    texts = texts.flatMap((each) => {
      const found = read(each);
      return found.length > 0 ? found : [each];
    });
  }
  return [...new Set(texts)].filter((found) => found !== text);
}

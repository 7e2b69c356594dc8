// The rules by which a cell is read in more than one way: their fields and order.
//
// One rule of the Python twin is not here: text that was decoded twice (Ã‰lÃ©onore). A browser
// cannot encode the old encodings that it takes; a cell that looks so is not read, and its row
// could not be checked (`isTwiceDecoded`).

import { severalAddresses, severalNumbers } from './contacts.ts';
import { doubleNames, marriedNames, severalGivenNames, withoutTitles } from './names.ts';
import { wholeNumber, zeroForO } from './numbers.ts';

/** One way to read a cell otherwise than as it stands. */
export interface Rule {
  readonly fields: readonly string[];
  /** A text to the texts read in its place; to none where the rule has nothing to say. */
  readonly read: (text: string) => string[];
  /** Asked only where the cell as it stands is refused. */
  readonly isRescue: boolean;
}

const RULES: readonly Rule[] = [
  { fields: ['surname', 'given_name'], read: withoutTitles, isRescue: false },
  { fields: ['surname'], read: marriedNames, isRescue: false },
  { fields: ['surname'], read: doubleNames, isRescue: false },
  { fields: ['given_name'], read: severalGivenNames, isRescue: false },
  { fields: ['nir', 'phone'], read: wholeNumber, isRescue: true },
  { fields: ['nir'], read: zeroForO, isRescue: true },
  { fields: ['phone'], read: severalNumbers, isRescue: true },
  { fields: ['email'], read: severalAddresses, isRescue: true },
];
// UTF-8's two bytes for a letter with an accent, read in Windows-1252, in Mac Roman, in page 850.
const TWICE_DECODED = /Ã[\u0080-\u00bf‚-™ŒœŠšŸŽžƒˆ˜–—‘’“”•…‰‹›€]|√[\u0080-\u2265]|├[^\x00-\x7f]/;

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

/** Whether a text looks as if it was decoded twice; its letters are then others' letters. */
export function isTwiceDecoded(text: string): boolean {
  return TWICE_DECODED.test(text);
}

// The field of the number: grouped while it is typed, and told at once when its key does not match.

import { InvalidField } from '../errors.ts';
import { normaliseNir } from '../identity/nir.ts';
import {
  CHARACTERS_WITH_KEY,
  CHARACTERS_WITHOUT_KEY,
  cursorAfter,
  grouped,
  significant,
} from './grouping.ts';

/** What can be said about a number while it is typed: `text-nir-…` or `fault-nir-…` of the page. */
export type Remark = 'text-nir-complete' | 'text-nir-without-key' | `fault-nir-${string}`;

/**
 * The remark on what is typed, or null while there is nothing to say.
 *
 * @param isLeft whether the person has left the field: before that, a number that is still too
 *   short is not a mistake.
 */
export function remarkOn(text: string, isLeft: boolean): Remark | null {
  const length = significant(text).length;
  if (length === 0 || (length < CHARACTERS_WITH_KEY && !isLeft)) {
    return null;
  }
  try {
    normaliseNir(text);
  } catch (error) {
    if (error instanceof InvalidField) {
      return `fault-nir-${error.reason}`;
    }
    throw error;
  }
  return length === CHARACTERS_WITHOUT_KEY ? 'text-nir-without-key' : 'text-nir-complete';
}

/**
 * Group what is typed into a field, and have each remark shown.
 *
 * @param show called with the remark whenever it may have changed.
 */
export function attend(field: HTMLInputElement, show: (remark: Remark | null) => void): void {
  const regroup = (): void => {
    const { value, selectionStart } = field;
    const text = grouped(value);
    if (text !== value) {
      const before = significant(value.slice(0, selectionStart ?? value.length)).length;
      field.value = text;
      const cursor = cursorAfter(text, before);
      field.setSelectionRange(cursor, cursor);
    }
    show(remarkOn(text, false));
  };
  field.addEventListener('input', (event) => {
    // Changing the text in the middle of a composition would end it.
    if (!(event instanceof InputEvent && event.isComposing)) {
      regroup();
    }
  });
  field.addEventListener('compositionend', regroup);
  field.addEventListener('change', () => show(remarkOn(field.value, true)));
}

// The page's elements by their names, and its words with a number in them.

import { textOf } from '../page/texts.ts';

/** The element of a name; a page without it is a mistake in its template. */
export function required<T extends HTMLElement = HTMLElement>(document: Document, id: string): T {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`the page has no ${id}`);
  }
  return element as T;
}

/** A text of the page, with values in the places that it has for them. */
export function worded(document: Document, id: string, ...values: readonly string[]): string {
  const left = [...values];
  return textOf(document, id).replace(/\{\}/g, () => left.shift() ?? '');
}

/** A number as the page's language writes it. */
export function counted(document: Document, count: number): string {
  return new Intl.NumberFormat(document.documentElement.lang).format(count);
}

/** Show a message in its place, or take it away; written again, it would be heard again. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
  element.hidden = text === '';
}

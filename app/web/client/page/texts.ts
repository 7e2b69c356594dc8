// The words of the page: templates that the server put into it, in the visitor's language, so that
// every string is in one catalogue and none is in this script.

/** A copy of what a template holds; those it names in `<slot name>` are put in their places. */
export function fragmentOf(document: Document, id: string): DocumentFragment {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) {
    throw new Error(`the page has no template ${id}`);
  }
  const fragment = document.importNode(template.content, true);
  for (const slot of fragment.querySelectorAll('slot')) {
    slot.replaceWith(fragmentOf(document, slot.name));
  }
  return fragment;
}

/** The text of a template. */
export function textOf(document: Document, id: string): string {
  return (fragmentOf(document, id).textContent ?? '').trim();
}

/** The text of the first of these templates that the page has. */
export function firstTextOf(document: Document, ...ids: readonly string[]): string {
  const id = ids.find((each) => document.getElementById(each) !== null) ?? '';
  return textOf(document, id);
}

// The page's steps: one is shown, and who listens is taken to its heading.

import { required } from './elements.ts';

export const STEPS = ['signin', 'file', 'columns', 'run', 'result', 'failed'] as const;
export type Step = (typeof STEPS)[number];

/** Show one step in the place of the others. */
export function showStep(document: Document, step: Step, isFirst = false): void {
  for (const each of STEPS) {
    required(document, `step-${each}`).hidden = each !== step;
  }
  const heading = required(document, `step-${step}`).querySelector('h1');
  const name = document.title.split(' – ').at(-1) ?? '';
  document.title = `${heading?.textContent?.trim() ?? ''} – ${name}`;
  if (!isFirst) {
    document.defaultView?.scrollTo(0, 0);
    heading?.focus();
  }
}

// Normalises the fields on standard input, one JSON array of a field's name and raw text a line,
// and prints each result as a JSON string, or the reason of its refusal in brackets.

import { InvalidField } from '../../../app/web/client/errors.ts';
import { normaliseField } from '../../../app/web/client/identity/schemes.ts';
import { linesOfJson } from './lines.ts';

function outcome(field: string, raw: string): string {
  try {
    return normaliseField(field, raw);
  } catch (error) {
    if (error instanceof InvalidField) {
      return `[${error.reason}]`;
    }
    throw error;
  }
}

const questions = (await linesOfJson()) as [string, string][];
console.log(questions.map(([field, raw]) => JSON.stringify(outcome(field, raw))).join('\n'));

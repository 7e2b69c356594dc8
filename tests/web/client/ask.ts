// Asks a running server the questions on standard input, one JSON object of scheme and fields a
// line, and prints an answer a line: the client of the page, with the stretch in this thread.
//
//     scripts/build-client --run ask http://127.0.0.1:8000 demo <questions.jsonl

import { argv } from 'node:process';

import { ask } from '../../../app/web/client/remote.ts';
import { linesOfJson } from './lines.ts';
import { HERE } from './published.ts';

const [, , server = '', dataset = ''] = argv;
for (const question of await linesOfJson()) {
  const { scheme = '', ...fields } = question as Record<string, string>;
  console.log(await ask({ server, dataset, scheme, fields, stretching: HERE }));
}

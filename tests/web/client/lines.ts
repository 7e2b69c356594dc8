// Standard input for the programs beside this file.

import { stdin } from 'node:process';

/** The JSON values on standard input, one a line. */
export async function linesOfJson(): Promise<unknown[]> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

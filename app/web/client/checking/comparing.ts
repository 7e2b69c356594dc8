// From where questions would stand, and every published range, to their answers.

import type { Location } from '../protocol/fingerprints.ts';
import type { SchemeParameters } from '../protocol/parameters.ts';
import { checkRange, holds } from '../protocol/ranges.ts';

/**
 * Compare questions with all ranges, as they come.
 *
 * @param locations by question.
 * @returns whether each is in the leak.
 * @throws WrongRangeLength, RangeOutOfOrder a range does not have the form that is promised.
 */
export async function compareAll(
  parameters: SchemeParameters,
  locations: ReadonlyMap<number, Location>,
  ranges: AsyncIterable<Uint8Array>,
): Promise<Map<number, boolean>> {
  const byPrefix = new Map<number, [number, Uint8Array][]>();
  for (const [question, { prefix, fingerprint }] of locations) {
    const there = byPrefix.get(prefix) ?? [];
    there.push([question, fingerprint]);
    byPrefix.set(prefix, there);
  }
  const answers = new Map<number, boolean>();
  let prefix = 0;
  for await (const range of ranges) {
    checkRange(range, parameters.rangeLength);
    for (const [question, fingerprint] of byPrefix.get(prefix) ?? []) {
      answers.set(question, holds(range, fingerprint));
    }
    prefix += 1;
  }
  return answers;
}

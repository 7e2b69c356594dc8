// From where questions would stand, and every published range, to their answers.

import type { Location } from '../protocol/fingerprints.ts';
import type { SchemeParameters } from '../protocol/parameters.ts';
import { checkRange, holds } from '../protocol/ranges.ts';

/**
 * Take all ranges in, each by its prefix.
 *
 * @throws WrongRangeLength, RangeOutOfOrder a range does not have the form that is promised.
 */
export async function takeAll(
  parameters: SchemeParameters,
  ranges: AsyncIterable<Uint8Array>,
): Promise<Uint8Array[]> {
  const taken: Uint8Array[] = [];
  for await (const range of ranges) {
    checkRange(range, parameters.rangeLength);
    taken.push(range);
  }
  return taken;
}

/**
 * Compare questions with all ranges.
 *
 * @param locations by question.
 * @returns whether each is in the leak.
 */
export function compareAll(
  locations: ReadonlyMap<number, Location>,
  ranges: readonly Uint8Array[],
): Map<number, boolean> {
  const answers = new Map<number, boolean>();
  for (const [question, { prefix, fingerprint }] of locations) {
    const range = ranges[prefix];
    if (range !== undefined) {
      answers.set(question, holds(range, fingerprint));
    }
  }
  return answers;
}

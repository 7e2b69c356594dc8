// The published form of an index: fingerprints in ranges that all have one length.

import { RangeOutOfOrder, WrongRangeLength } from '../errors.ts';
import { FINGERPRINT_BYTES } from './fingerprints.ts';

/**
 * Check that a range has the form that its epoch's parameters promise.
 *
 * @throws WrongRangeLength another length.
 * @throws RangeOutOfOrder not in ascending order.
 */
export function checkRange(packed: Uint8Array, rangeLength: number): void {
  if (packed.length !== rangeLength * FINGERPRINT_BYTES) {
    throw new WrongRangeLength(
      `the range has ${packed.length} bytes instead of ${rangeLength * FINGERPRINT_BYTES}`,
    );
  }
  const entries = words(packed);
  if (entries.some((entry, index) => index > 0 && entry < (entries[index - 1] ?? 0n))) {
    throw new RangeOutOfOrder('the range is not in ascending order');
  }
}

/** Whether a range holds a fingerprint; every entry is looked at, whatever the answer. */
export function holds(packed: Uint8Array, fingerprint: Uint8Array): boolean {
  const [wanted] = words(fingerprint);
  return words(packed).filter((entry) => entry === wanted).length > 0;
}

/** Entries as 64-bit words, big-endian, whose order is that of the bytes. */
function words(packed: Uint8Array): bigint[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = packed.length / FINGERPRINT_BYTES;
  return Array.from({ length: count }, (_, index) =>
    view.getBigUint64(index * FINGERPRINT_BYTES),
  );
}

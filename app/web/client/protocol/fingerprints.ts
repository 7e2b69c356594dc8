// From an element to the range it is looked up in and the eight bytes it is known by there.

import { sha512 } from '@noble/hashes/sha2.js';

import type { Element } from '../crypto/ristretto255.ts';
import { type Bytes, concatenate, lengthPrefixed, utf8 } from '../encoding.ts';

export const FINGERPRINT_LABEL = 'concerne/v1/fingerprint';
export const FINGERPRINT_BYTES = 8;
export const PREFIX_BITS_MAXIMUM = 20;

/** Where an element would stand if it were among the entries. */
export interface Location {
  /** The range, 0 to 2^prefixBits − 1. */
  readonly prefix: number;
  /** 8 bytes. */
  readonly fingerprint: Bytes;
}

/** Where this element would stand, in one dataset and scheme (protocol §5). */
export function locate(
  dataset: string,
  scheme: string,
  prefixBits: number,
  element: Element,
): Location {
  const names = [FINGERPRINT_LABEL, dataset, scheme].map((part) => lengthPrefixed(utf8(part)));
  const digest = new Uint8Array(sha512(concatenate(...names, element)));
  const start = new DataView(digest.buffer).getUint32(0);
  return {
    // Of at most 20 bits, so that 32 are enough. A shift by 32 would be one by 0.
    prefix: prefixBits === 0 ? 0 : start >>> (32 - prefixBits),
    fingerprint: digest.slice(8, 8 + FINGERPRINT_BYTES),
  };
}

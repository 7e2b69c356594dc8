// What one stretch costs, and what a client agrees to compute. The computation itself is in
// `stretch`, apart, so that a page does not load what only its worker runs.

import type { Bytes } from '../encoding.ts';
import { StretchRefused } from '../errors.ts';

declare const kind: unique symbol;
export type Stretched = Bytes & { readonly [kind]: 'stretched' };

export const STRETCHED_BYTES = 32;
export const SALT_BYTES = 16;
export const VERSION = 19;

// A hostile server must not be able to stall a phone.
export const CLIENT_MEMORY_KIB_MAXIMUM = 1024 * 1024;
export const CLIENT_ITERATIONS_MAXIMUM = 10;
export const CLIENT_PARALLELISM_MAXIMUM = 16;

/** The cost of one stretch: Argon2id's m, t and p. */
export interface StretchProfile {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/**
 * Refuse a cost that no honest server asks of a client, and what is no cost at all.
 *
 * @throws StretchRefused above 1 GiB of memory, 10 iterations or 16 lanes, or no Argon2id
 *   parameters (RFC 9106 §3.1).
 */
export function checkClientAccepts(profile: StretchProfile): void {
  const { memoryKib, iterations, parallelism } = profile;
  if (iterations < 1 || parallelism < 1 || !(memoryKib >= 8 * parallelism)) {
    throw new StretchRefused('these are no Argon2id parameters');
  }
  if (
    memoryKib > CLIENT_MEMORY_KIB_MAXIMUM ||
    iterations > CLIENT_ITERATIONS_MAXIMUM ||
    parallelism > CLIENT_PARALLELISM_MAXIMUM
  ) {
    throw new StretchRefused('the server asks for more Argon2id than a client computes');
  }
}

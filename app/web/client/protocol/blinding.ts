// Blinds that are the same whenever the same is asked: for a client with a quota.
//
// A quota is spent by distinct blinded elements; a blind that were drawn anew after a reload would
// spend it twice for one person. RFC 9497 asks of a blind that it is uniform and unknown to the
// server: here it is a pseudorandom function of what is asked, under a random key that was made in
// this browser and that no script can read out. It is no function of the credential, which the
// server sees: whoever has this key and sees the blinded elements can test guesses.

import { blind, type Blinded } from '../crypto/oprf.ts';
import type { Stretched } from '../crypto/profiles.ts';
import { isZero, scalarFromUniformBytes } from '../crypto/ristretto255.ts';
import { concatenate, lengthPrefixed, utf8 } from '../encoding.ts';
import { InternalFault } from '../errors.ts';

const BLINDING_LABEL = 'concerne/v1/blinding';

/** A key for `blindBy`: random, HMAC-SHA512, and not to be read out. */
export function generateBlindingKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
}

/** Blind a stretched input by the scalar that a key has for it and no other. */
export async function blindBy(
  key: CryptoKey,
  scheme: string,
  stretched: Stretched,
): Promise<Blinded> {
  const names = [BLINDING_LABEL, scheme].map((name) => lengthPrefixed(utf8(name)));
  const message = concatenate(...names, stretched);
  const uniform = new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
  const scalar = scalarFromUniformBytes(uniform);
  if (isZero(scalar)) {
    // One key in 2²⁵² has this for one input.
    throw new InternalFault('a blinding scalar is zero');
  }
  return blind(stretched, scalar);
}

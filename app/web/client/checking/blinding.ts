// Blinding by a key that never leaves this browser, so that the same question is the same twice.
//
// A quota is spent by distinct blinded elements. A scalar that were drawn anew after a reload would
// spend it twice for one person. RFC 9497 needs it uniform and unknown to the server, no more: here
// it is a pseudorandom function of what is asked, under a random key that was made in this browser
// and that no script can read out.

import { blind, type Blinded } from '../crypto/oprf.ts';
import type { Stretched } from '../crypto/profiles.ts';
import { isZero, scalarFromUniformBytes } from '../crypto/ristretto255.ts';
import { concatenate, lengthPrefixed, utf8 } from '../encoding.ts';
import { InternalFault } from '../errors.ts';

const BLIND_LABEL = 'concerne/v1/blind';

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
  const message = concatenate(...[utf8(BLIND_LABEL), utf8(scheme), stretched].map(lengthPrefixed));
  const uniform = new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
  const scalar = scalarFromUniformBytes(uniform);
  if (isZero(scalar)) {
    // One key in 2²⁵² has this for one input.
    throw new InternalFault('a blinding scalar is zero');
  }
  return blind(stretched, scalar);
}

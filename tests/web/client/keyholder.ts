// The other party, played by noble-curves' own VOPRF: a second implementation of RFC 9497, which
// shares the group with ours and nothing above it.

import { ristretto255_oprf } from '@noble/curves/ed25519.js';

import {
  decodePublicKey,
  type Evaluation,
  type PublicKey,
} from '../../../app/web/client/crypto/oprf.ts';
import {
  decodeElement,
  decodeScalar,
  type Element,
  multiply,
  type Scalar,
} from '../../../app/web/client/crypto/ristretto255.ts';
import { concatenate } from '../../../app/web/client/encoding.ts';
import { toHex } from './vectors.ts';

const voprf = ristretto255_oprf.voprf;

export interface Key {
  readonly secret: Scalar;
  readonly public: PublicKey;
}

function keyOf(pair: { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array }): Key {
  return { secret: decodeScalar(pair.secretKey), public: decodePublicKey(pair.publicKey) };
}

export function generateKey(): Key {
  return keyOf(voprf.generateKeyPair());
}

export function deriveKey(seed: Uint8Array, info: Uint8Array): Key {
  return keyOf(voprf.deriveKeyPair(seed, info));
}

/** Evaluate a batch; the proof's random scalar is fixed by vectors only. */
export function blindEvaluate(
  key: Key,
  blinded: readonly Element[],
  nonce?: Uint8Array,
): Evaluation {
  const { evaluated, proof } = voprf.blindEvaluateBatch(
    key.secret,
    key.public,
    [...blinded],
    nonce && ((length = 0) => drawn(nonce, length)),
  );
  return { elements: evaluated.map(decodeElement), proof: concatenate(proof) };
}

/** The element of an input, as the key holder computes it at ingest. */
export function evaluate(key: Key, hashedToGroup: Element): Element {
  return multiply(key.secret, hashedToGroup);
}

/** Random bytes from which noble-curves draws this very scalar: it adds 1 to what it reduces. */
function drawn(scalar: Uint8Array, length: number): Uint8Array {
  const hex = toHex(Uint8Array.from(scalar).reverse());
  const bytes = new Uint8Array(length);
  let rest = BigInt(`0x${hex}`) - 1n;
  for (let index = 0; index < length; index += 1) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

// RFC 9497, suite ristretto255-SHA512, mode VOPRF: the client's operations.
//
// The names are the RFC's. What it calls Finalize is left out on purpose: this program compares
// fingerprints of the unblinded element itself, from which alone a server can change its key.
//
// A batch has one proof (RFC 9497 §2.2.1). Nothing here logs, retries or knows a transport.

import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha512 } from '@noble/hashes/sha2.js';

import { type Bytes, concatenate, lengthPrefixed, twoBytes, utf8 } from '../encoding.ts';
import {
  BatchMismatch,
  CouldNotCheck,
  InvalidKey,
  MalformedProof,
  ProofMismatch,
  ZeroProof,
} from '../errors.ts';
import * as group from './ristretto255.ts';
import type { Element, Scalar } from './ristretto255.ts';

declare const kind: unique symbol;
export type PublicKey = Element & { readonly [kind]: 'public key' };

export const PROOF_BYTES = 64;
export const BATCH_MAXIMUM = 2 ** 16 - 1;

// RFC 9497 §3.1: CreateContextString(modeVOPRF, "ristretto255-SHA512").
const CONTEXT = concatenate(utf8('OPRFV1-'), Uint8Array.of(0x01), utf8('-ristretto255-SHA512'));
const GROUP_TAG = concatenate(utf8('HashToGroup-'), CONTEXT);
const SCALAR_TAG = concatenate(utf8('HashToScalar-'), CONTEXT);
const SEED_TAG = concatenate(utf8('Seed-'), CONTEXT);

/** The key holder's answer to a batch: as many elements, in the same order, and one proof. */
export interface Evaluation {
  readonly elements: readonly Element[];
  /** The scalars c and s, 64 bytes, not yet checked. */
  readonly proof: Bytes;
}

/** What the client keeps of one question, and what it sends. */
export interface Blinded {
  readonly blind: Scalar;
  readonly element: Element;
}

/**
 * Accept the public part of a key.
 *
 * @throws InvalidKey not the canonical encoding of an element, or the identity.
 */
export function decodePublicKey(encoded: Uint8Array): PublicKey {
  try {
    return group.decodeElement(encoded) as PublicKey;
  } catch {
    throw new InvalidKey('a public key is a canonical ristretto255 element');
  }
}

/** Map a private input to the group (RFC 9497 §4.1). */
export function hashToGroup(privateInput: Uint8Array): Element {
  return group.fromUniformBytes(
    expand_message_xmd(privateInput, GROUP_TAG, group.UNIFORM_BYTES, sha512),
  );
}

function hashToScalar(message: Uint8Array): Scalar {
  return group.scalarFromUniformBytes(
    expand_message_xmd(message, SCALAR_TAG, group.UNIFORM_BYTES, sha512),
  );
}

/**
 * Hide a private input (RFC 9497 §3.3.2, Blind).
 *
 * @param privateInput the stretched identifier.
 * @param blinding fixed by test vectors only; reuse would link two questions.
 */
export function blind(
  privateInput: Uint8Array,
  blinding: Scalar = group.randomScalar(),
): Blinded {
  return { blind: blinding, element: group.multiply(blinding, hashToGroup(privateInput)) };
}

/** The element that the key holder would have computed on the input itself. */
export function unblind(blinding: Scalar, evaluated: Element): Element {
  return group.multiply(group.invert(blinding), evaluated);
}

/**
 * Check that one key, the published one, made every evaluated element (RFC 9497 §2.2.2).
 *
 * @param publicKey the key that is published for everybody, never one that came with the answer.
 * @param blinded what was sent, in order.
 * @param evaluated what came back, decoded, in order.
 * @param proof 64 bytes, the scalars c and s.
 * @throws BatchMismatch the two batches are not equally long, or empty.
 * @throws MalformedProof not two canonical scalars.
 * @throws ZeroProof one of them is zero.
 * @throws ProofMismatch another key, or another order. No verifier can tell these apart.
 */
export function verifyProof(
  publicKey: PublicKey,
  blinded: readonly Element[],
  evaluated: readonly Element[],
  proof: Uint8Array,
): void {
  checkBatch(blinded, evaluated);
  const [c, s] = decodeProof(proof);
  let expected: Scalar;
  try {
    const weights = compositeWeights(publicKey, blinded, evaluated);
    const m = weightedSum(weights, blinded);
    const z = weightedSum(weights, evaluated);
    const t2 = group.sumOf([group.multiplyBase(s), group.multiply(c, publicKey)]);
    const t3 = group.sumOf([group.multiply(s, m), group.multiply(c, z)]);
    expected = challenge(publicKey, m, z, t2, t3);
  } catch (error) {
    // A sum that is the identity; an honest answer has none.
    if (error instanceof CouldNotCheck) {
      throw new ProofMismatch('the proof does not hold for this public key');
    }
    throw error;
  }
  if (!expected.every((byte, index) => byte === c[index])) {
    throw new ProofMismatch('the proof does not hold for this public key');
  }
}

function checkBatch(blinded: readonly Element[], evaluated: readonly Element[]): void {
  if (blinded.length < 1 || blinded.length > BATCH_MAXIMUM) {
    throw new BatchMismatch(`a batch has 1 to ${BATCH_MAXIMUM} elements`);
  }
  if (evaluated.length !== blinded.length) {
    throw new BatchMismatch(`${evaluated.length} elements answer a batch of ${blinded.length}`);
  }
}

function decodeProof(proof: Uint8Array): [Scalar, Scalar] {
  if (proof.length !== PROOF_BYTES) {
    throw new MalformedProof(`a proof has ${PROOF_BYTES} bytes`);
  }
  let scalars: [Scalar, Scalar];
  try {
    scalars = [group.decodeScalar(proof.slice(0, 32)), group.decodeScalar(proof.slice(32))];
  } catch {
    throw new MalformedProof('a proof is two canonical scalars');
  }
  if (scalars.some(group.isZero)) {
    throw new ZeroProof('a proof holds a zero');
  }
  return scalars;
}

/** RFC 9497 §2.2.1, ComputeComposites: a weight for each pair, bound to all before it. */
function compositeWeights(
  publicKey: PublicKey,
  blinded: readonly Element[],
  evaluated: readonly Element[],
): Scalar[] {
  const seed = sha512(concatenate(lengthPrefixed(publicKey), lengthPrefixed(SEED_TAG)));
  return blinded.map((c, index) =>
    hashToScalar(
      concatenate(
        lengthPrefixed(seed),
        twoBytes(index),
        lengthPrefixed(c),
        lengthPrefixed(at(evaluated, index)),
        utf8('Composite'),
      ),
    ),
  );
}

function weightedSum(weights: readonly Scalar[], elements: readonly Element[]): Element {
  return group.sumOf(
    weights.map((weight, index) => group.multiply(weight, at(elements, index))),
  );
}

function challenge(...parts: readonly [PublicKey, Element, Element, Element, Element]): Scalar {
  return hashToScalar(concatenate(...parts.map(lengthPrefixed), utf8('Challenge')));
}

function at(elements: readonly Element[], index: number): Element {
  const element = elements[index];
  if (element === undefined) {
    throw new BatchMismatch('the two batches are not equally long');
  }
  return element;
}

// The prime-order group ristretto255 (RFC 9496) and its scalars, by noble-curves.
//
// An `Element` is 32 bytes that were decoded once and are therefore canonical and not the identity.
// A `Scalar` is 32 bytes, little-endian, below the group's order. The functions trust these types:
// bytes from outside go through `decodeElement` or `decodeScalar`.
//
// JavaScript's integers are not constant-time, and no library can make them so. The only secret
// here is a blind: random for each question, used twice, gone with it. Whoever could time it would
// need the very page that the identifier is typed into.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';

import type { Bytes } from '../encoding.ts';
import { IdentityElement, InvalidElement, InvalidScalar } from '../errors.ts';

declare const kind: unique symbol;
export type Element = Bytes & { readonly [kind]: 'element' };
export type Scalar = Bytes & { readonly [kind]: 'scalar' };

export const ELEMENT_BYTES = 32;
export const SCALAR_BYTES = 32;
export const UNIFORM_BYTES = 64;

const Point = ristretto255.Point;
const Field = Point.Fn;
// Optional in the library's type, as other curves have no such map.
const Hasher = ristretto255_hasher as Required<typeof ristretto255_hasher>;

type Group = InstanceType<typeof Point>;

/**
 * Accept one canonical encoding (RFC 9496 §4.3.1) that is not the identity.
 *
 * @throws InvalidElement another length, or not canonical.
 * @throws IdentityElement the neutral element, as RFC 9497 §2.1 demands.
 */
export function decodeElement(encoded: Uint8Array): Element {
  if (encoded.length !== ELEMENT_BYTES) {
    throw new InvalidElement(`a group element has ${ELEMENT_BYTES} bytes`);
  }
  let point: Group;
  try {
    point = Point.fromBytes(encoded);
  } catch {
    throw new InvalidElement('not the canonical encoding of a ristretto255 element');
  }
  return encode(point);
}

/**
 * Accept one canonical scalar; zero is one (RFC 9497 §4.1, DeserializeScalar).
 *
 * @throws InvalidScalar another length, or not below the group's order.
 */
export function decodeScalar(encoded: Uint8Array): Scalar {
  if (encoded.length !== SCALAR_BYTES) {
    throw new InvalidScalar(`a scalar has ${SCALAR_BYTES} bytes`);
  }
  const value = littleEndian(encoded);
  if (value >= Field.ORDER) {
    throw new InvalidScalar("a scalar is not below the group's order");
  }
  return toScalar(value);
}

export function isZero(scalar: Scalar): boolean {
  return scalar.every((byte) => byte === 0);
}

/**
 * Map 64 uniform bytes to an element (RFC 9496 §4.3.4).
 *
 * @throws IdentityElement with a probability of about 2⁻²⁵².
 */
export function fromUniformBytes(uniform: Uint8Array): Element {
  if (uniform.length !== UNIFORM_BYTES) {
    throw new InvalidElement(`a group element is made from ${UNIFORM_BYTES} uniform bytes`);
  }
  return encode(Hasher.deriveToCurve(uniform));
}

/**
 * `scalar · element`.
 *
 * @throws IdentityElement the scalar is zero; nothing else gives the identity in a prime-order
 *   group.
 */
export function multiply(scalar: Scalar, element: Element): Element {
  return encode(times(Point.fromBytes(element), scalar));
}

/**
 * `scalar · G`, G the group's generator.
 *
 * @throws IdentityElement the scalar is zero.
 */
export function multiplyBase(scalar: Scalar): Element {
  return encode(times(Point.BASE, scalar));
}

/**
 * The sum of elements.
 *
 * @throws IdentityElement they cancel out, or there are none.
 */
export function sumOf(elements: readonly Element[]): Element {
  return encode(
    elements.reduce((total, element) => total.add(Point.fromBytes(element)), Point.ZERO),
  );
}

/** A uniform scalar that is not zero. */
export function randomScalar(): Scalar {
  for (;;) {
    const scalar = scalarFromUniformBytes(
      crypto.getRandomValues(new Uint8Array(UNIFORM_BYTES)),
    );
    if (!isZero(scalar)) {
      return scalar;
    }
  }
}

/** Reduce 64 bytes, little-endian, modulo the group's order: so many that no value is likelier. */
export function scalarFromUniformBytes(uniform: Uint8Array): Scalar {
  if (uniform.length !== UNIFORM_BYTES) {
    throw new InvalidScalar(`a scalar is made from ${UNIFORM_BYTES} uniform bytes`);
  }
  return toScalar(littleEndian(uniform) % Field.ORDER);
}

/**
 * The multiplicative inverse.
 *
 * @throws InvalidScalar zero has none.
 */
export function invert(scalar: Scalar): Scalar {
  if (isZero(scalar)) {
    throw new InvalidScalar('zero has no inverse');
  }
  return toScalar(Field.inv(littleEndian(scalar)));
}

function times(point: Group, scalar: Scalar): Group {
  const value = littleEndian(scalar);
  // The library refuses zero with an error of its own.
  return value === 0n ? Point.ZERO : point.multiply(value);
}

function encode(point: Group): Element {
  if (point.equals(Point.ZERO)) {
    throw new IdentityElement('the identity is not accepted as a group element');
  }
  return new Uint8Array(point.toBytes()) as Element;
}

function toScalar(value: bigint): Scalar {
  return new Uint8Array(Field.toBytes(value)) as Scalar;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    value = (value << 8n) | BigInt(bytes[index] ?? 0);
  }
  return value;
}

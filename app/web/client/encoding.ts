// How bytes are framed for hashing and written in JSON. A leaf beside `errors`.

import { InvalidMessage } from './errors.ts';

const UTF_8 = new TextEncoder();

export type Bytes = Uint8Array<ArrayBuffer>;

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return UTF_8.encode(text);
}

/** The parts, end to end. */
export function concatenate(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A whole number as two bytes, big-endian (I2OSP(n, 2) in the RFCs). */
export function twoBytes(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
    throw new RangeError('not a number of two bytes');
  }
  return Uint8Array.of(value >> 8, value & 0xff);
}

/**
 * The 2-byte big-endian length of `value` and then `value` (`lp` in the protocol).
 *
 * A value of 65,536 bytes or more has no such form; nothing that reaches this is that long.
 */
export function lengthPrefixed(value: Uint8Array): Bytes {
  return concatenate(twoBytes(value.length), value);
}

/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64url(value: Uint8Array): string {
  return btoa(String.fromCharCode(...value))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/**
 * Read base64url without padding, accepting exactly what `toBase64url` writes.
 *
 * Padding, other alphabets and leftover bits are refused, so that two texts never stand for the
 * same bytes.
 *
 * @param text the characters.
 * @param name what the value is called, for the error message; the value itself is never shown.
 * @param length how many bytes are expected.
 * @throws InvalidMessage the text is not such an encoding, or of another length.
 */
export function fromBase64url(text: string, name: string, length: number): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new InvalidMessage(`${name} is not base64url without padding`);
  }
  if (text.length !== Math.ceil((length * 4) / 3)) {
    throw new InvalidMessage(`${name} does not have ${length} bytes`);
  }
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const value = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64url(value) !== text) {
    throw new InvalidMessage(`${name} is not canonical base64url`);
  }
  return value;
}

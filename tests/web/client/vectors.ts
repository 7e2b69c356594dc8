// The vector files that Python runs too. Bundled as they are, so that no path can miss them; what
// holds no case fails here, before any test.

import { ok } from 'node:assert/strict';

import normalise from '../../vectors/normalise-v1.json';
import protocol from '../../vectors/protocol-v1.json';
import rfc9497 from '../../vectors/rfc9497-ristretto255-sha512-voprf.json';

export interface NormaliseCase {
  readonly field: string;
  readonly raw: string;
  readonly result?: string;
  readonly error?: string;
}

function some<T>(cases: readonly T[], name: string): readonly T[] {
  ok(cases.length > 0, `${name} holds no cases`);
  return cases;
}

export const NORMALISE: readonly NormaliseCase[] = some(normalise.cases, 'normalise-v1');
export const PROTOCOL = { ...protocol, cases: some(protocol.cases, 'protocol-v1') };
export const RFC_9497 = some(rfc9497, 'rfc9497');

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  ok(/^(?:[0-9a-f]{2})*$/.test(hex));
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

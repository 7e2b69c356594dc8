// RFC 9497 VOPRF, the protocol's own vectors step by step, and a refusal for each deviation.

import { sha512 } from '@noble/hashes/sha2.js';
import plain from 'argon2id/dist/no-simd.wasm';
import setupWasm from 'argon2id/lib/setup.js';
import { deepEqual, equal, notEqual, ok, rejects, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  blind,
  decodePublicKey,
  hashToGroup,
  unblind,
  verifyProof,
} from '../../../app/web/client/crypto/oprf.ts';
import { checkClientAccepts } from '../../../app/web/client/crypto/profiles.ts';
import {
  decodeElement,
  decodeScalar,
  type Element,
  fromUniformBytes,
  invert,
  multiply,
  multiplyBase,
  randomScalar,
  scalarFromUniformBytes,
  sumOf,
} from '../../../app/web/client/crypto/ristretto255.ts';
import {
  bestStretch,
  stretch,
  stretchByScript,
  stretchByWebAssembly,
} from '../../../app/web/client/crypto/stretch.ts';
import {
  concatenate,
  fromBase64url,
  lengthPrefixed,
  toBase64url,
  twoBytes,
  utf8,
} from '../../../app/web/client/encoding.ts';
import {
  BatchMismatch,
  CouldNotCheck,
  IdentityElement,
  InvalidElement,
  InvalidKey,
  InvalidMessage,
  InvalidScalar,
  MalformedProof,
  ProofMismatch,
  StretchFailed,
  StretchRefused,
  ZeroProof,
} from '../../../app/web/client/errors.ts';
import { schemeInput, schemeNamed } from '../../../app/web/client/identity/schemes.ts';
import { locate } from '../../../app/web/client/protocol/fingerprints.ts';
import { blindEvaluate, deriveKey, evaluate, generateKey } from './keyholder.ts';
import { fromHex, PROTOCOL, RFC_9497, toHex } from './vectors.ts';

/** The comma-separated hexadecimal values of one vector field. */
function parts(text: string): Uint8Array<ArrayBuffer>[] {
  return text.split(',').map(fromHex);
}

describe('RFC 9497, appendix A.1.2', () => {
  test('is there: one suite, three vectors, one of them a batch of two', () => {
    deepEqual(
      RFC_9497.map(({ identifier, mode, vectors }) => [identifier, mode, vectors.length]),
      [['ristretto255-SHA512', 1, 3]],
    );
    equal(Math.max(...RFC_9497.flatMap(({ vectors }) => vectors.map(({ Batch }) => Batch))), 2);
  });

  for (const suite of RFC_9497) {
    const key = deriveKey(fromHex(suite.seed), fromHex(suite.keyInfo));

    test('the key pair derives as published', () => {
      equal(toHex(key.secret), suite.skSm);
      equal(toHex(key.public), suite.pkSm);
    });

    for (const [number, vector] of suite.vectors.entries()) {
      test(`vector ${number + 1} holds step by step, its outputs too`, () => {
        const inputs = parts(vector.Input);
        const blinds = parts(vector.Blind).map(decodeScalar);
        const blinded = inputs.map((input, index) => blind(input, blinds[index]).element);
        deepEqual(blinded.map(toHex), vector.BlindedElement.split(','));
        const evaluation = blindEvaluate(key, blinded, fromHex(vector.Proof.r));
        deepEqual(evaluation.elements.map(toHex), vector.EvaluationElement.split(','));
        equal(toHex(evaluation.proof), vector.Proof.proof);
        verifyProof(decodePublicKey(key.public), blinded, evaluation.elements, evaluation.proof);
        const outputs = inputs.map((input, index) => {
          const element = unblind(blinds[index]!, evaluation.elements[index]!);
          // RFC 9497 §3.3.1, the hash of Finalize, which only the vectors need.
          const framed = [input, element].map(lengthPrefixed);
          return toHex(sha512(concatenate(...framed, utf8('Finalize'))));
        });
        deepEqual(outputs, vector.Output.split(','));
      });
    }
  }
});

describe('the protocol’s own vectors', () => {
  const { memory_kib: memoryKib, iterations, parallelism, salt } = PROTOCOL.stretch;
  const profile = { memoryKib, iterations, parallelism };
  const keys: Record<string, { secret_key: string; public_key: string }> = PROTOCOL.keys;

  test('are there, for every scheme', () => {
    equal(PROTOCOL.cases.length, 6);
    deepEqual(new Set(PROTOCOL.cases.map(({ scheme }) => scheme)), new Set(Object.keys(keys)));
  });

  for (const vector of PROTOCOL.cases) {
    test(`every step of ${vector.scheme} ${vector.prefix} is as written`, async () => {
      const key = deriveKey(fromHex(PROTOCOL.seed), utf8(`demo-2021/${vector.scheme}`));
      equal(toHex(key.public), keys[vector.scheme]?.public_key);

      const input = schemeInput(schemeNamed(vector.scheme), vector.fields);
      equal(toHex(input), vector.input);
      const byWebAssembly = await stretchByWebAssembly();
      ok(byWebAssembly !== null);
      const stretched = await byWebAssembly(profile, fromHex(salt), input);
      equal(toHex(stretched), vector.stretched);
      equal(toHex(await stretchByScript(profile, fromHex(salt), input)), vector.stretched);
      equal(toHex(hashToGroup(stretched)), vector.hashed_to_group);

      const blinding = decodeScalar(fromHex(vector.blind));
      const { element: blinded } = blind(stretched, blinding);
      equal(toHex(blinded), vector.blinded);
      const evaluation = blindEvaluate(key, [blinded], fromHex(vector.proof_nonce));
      deepEqual(evaluation.elements.map(toHex), [vector.evaluated]);
      equal(toHex(evaluation.proof), vector.proof);
      verifyProof(key.public, [blinded], evaluation.elements, fromHex(vector.proof));

      const element = unblind(blinding, evaluation.elements[0]!);
      equal(toHex(element), vector.element);
      const { dataset, scheme, prefix_bits: bits } = vector;
      const { prefix, fingerprint } = locate(dataset, scheme, bits, element);
      deepEqual([prefix, toHex(fingerprint)], [vector.prefix, vector.fingerprint]);
    });
  }
});

describe('the stretch', () => {
  const salt = new Uint8Array(16);
  const cheap = { memoryKib: 16, iterations: 1, parallelism: 2 };

  test('gives the same by WebAssembly and without, also with several lanes', async () => {
    ok((await stretchByWebAssembly()) !== null);
    const script = await stretchByScript(cheap, salt, utf8('x'));
    deepEqual(await stretch(cheap, salt, utf8('x')), script);
    notEqual(toHex(await stretch(cheap, salt, utf8('y'))), toHex(script));
  });

  test('has one memory, and what one stretch left in it is in no other', async () => {
    const platform = WebAssembly.Memory;
    let memories = 0;
    WebAssembly.Memory = class extends platform {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories += 1;
      }
    };
    try {
      const stretchHere = bestStretch();
      for (let turn = 0; turn < 60; turn += 1) {
        const parallelism = 1 + (turn % 3);
        const memoryKib = 8 * parallelism + ((turn * 37) % 90);
        const profile = { memoryKib, iterations: 1 + (turn % 4), parallelism };
        const input = new Uint8Array(16 + ((turn * 11) % 70)).fill(turn);
        const expected = await stretchByScript(profile, salt, input);
        deepEqual(await stretchHere(profile, salt, input), expected, JSON.stringify(profile));
      }
      equal(memories, 1);
    } finally {
      WebAssembly.Memory = platform;
    }
  });

  test('gives the same where WebAssembly computes one number at a time', async () => {
    const load = (imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> =>
      WebAssembly.instantiate(plain, imports);
    const compute = await setupWasm(load, load);
    const expected = await stretchByScript(cheap, salt, utf8('x'));
    const { memoryKib: memorySize, iterations: passes, parallelism } = cheap;
    const password = utf8('x');
    deepEqual(
      compute({ password, salt, memorySize, passes, parallelism, tagLength: expected.length }),
      expected,
    );
  });

  /** WebAssembly as a browser has it that lacks it, forbids it, or has no addresses left. */
  const WITHOUT = new Map<string, object | undefined>([
    ['is missing', undefined],
    [
      'is forbidden',
      {
        Memory: WebAssembly.Memory,
        instantiate: () => Promise.reject(new WebAssembly.CompileError('forbidden')),
      },
    ],
    [
      'has no memory left',
      {
        instantiate: WebAssembly.instantiate,
        Memory: class {
          constructor() {
            throw new RangeError('could not allocate memory');
          }
        },
      },
    ],
  ]);

  for (const [why, without] of WITHOUT) {
    test(`does without WebAssembly where that ${why}, and tells how far it is`, async () => {
      const platform = WebAssembly;
      const profile = { memoryKib: 1024, iterations: 2, parallelism: 1 };
      const expected = await stretch(profile, salt, utf8('x'));
      const fractions: number[] = [];
      globalThis.WebAssembly = without as typeof WebAssembly;
      try {
        equal(await stretchByWebAssembly(), null);
        const note = (fraction: number): unknown => fractions.push(fraction);
        deepEqual(await bestStretch()(profile, salt, utf8('x'), note), expected);
      } finally {
        globalThis.WebAssembly = platform;
      }
      ok(fractions.length > 1 && fractions.length <= 100);
      ok(fractions.every((fraction, index) => fraction > (fractions[index - 1] ?? 0)));
      ok((fractions[fractions.length - 1] ?? 2) <= 1);
    });
  }

  test('of a cost that no honest server asks is refused before any work', async () => {
    for (const change of [
      { memoryKib: 1024 * 1024 + 1 },
      { iterations: 11 },
      { parallelism: 17, memoryKib: 1024 },
      { memoryKib: 15 },
      { iterations: 0 },
      { parallelism: 0 },
      { memoryKib: NaN },
    ]) {
      throws(() => checkClientAccepts({ ...cheap, ...change }), StretchRefused);
      await rejects(stretch({ ...cheap, ...change }, salt, utf8('x')), StretchRefused);
    }
    checkClientAccepts({ memoryKib: 1024 * 1024, iterations: 10, parallelism: 16 });
  });

  test('with a salt of another length is refused', async () => {
    for (const length of [0, 15, 17]) {
      await rejects(stretch(cheap, new Uint8Array(length), utf8('x')), StretchRefused);
    }
  });

  test('that fails does not tell of what, and the next one is right', async () => {
    const { grow } = WebAssembly.Memory.prototype;
    const stretchHere = bestStretch();
    const dear = { memoryKib: 80 * 1024, iterations: 1, parallelism: 1 };
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError('the secret that was to be stretched');
    };
    try {
      await rejects(stretchHere(dear, salt, utf8('x')), (error) => {
        ok(error instanceof StretchFailed);
        ok(!`${error.stack} ${String(error.cause)}`.includes('secret'));
        return true;
      });
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
    for (const profile of [cheap, dear]) {
      const expected = await stretchByScript(profile, salt, utf8('x'));
      deepEqual(await stretchHere(profile, salt, utf8('x')), expected);
    }
  });
});

describe('the group', () => {
  test('the identity is refused', () => {
    throws(() => decodeElement(new Uint8Array(32)), IdentityElement);
    const zero = decodeScalar(new Uint8Array(32));
    throws(() => multiply(zero, hashToGroup(utf8('x'))), IdentityElement);
    throws(() => multiplyBase(zero), IdentityElement);
    throws(() => sumOf([]), IdentityElement);
  });

  // RFC 9496 appendix A.2: one of each kind of encoding that must be rejected.
  for (const encoded of [
    '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', // non-canonical
    'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // non-canonical
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // p, for zero
    '0100000000000000000000000000000000000000000000000000000000000000', // negative
    '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371', // not a square
    '3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e', // negative xy
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // s = −1, y = 0
  ]) {
    test(`${encoded.slice(0, 8)}… is refused as an element and as a key`, () => {
      throws(() => decodeElement(fromHex(encoded)), InvalidElement);
      throws(() => decodePublicKey(fromHex(encoded)), InvalidKey);
    });
  }

  test('other lengths are refused', () => {
    for (const length of [0, 31, 33, 64]) {
      throws(() => decodeElement(new Uint8Array(length).fill(2)), InvalidElement);
      throws(() => decodeScalar(new Uint8Array(length)), InvalidScalar);
    }
    throws(() => fromUniformBytes(new Uint8Array(63)), InvalidElement);
    throws(() => scalarFromUniformBytes(new Uint8Array(65)), InvalidScalar);
    throws(() => decodePublicKey(new Uint8Array(32)), InvalidKey);
  });

  test('scalars are canonical below the order, and only there', () => {
    const order = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
    throws(() => decodeScalar(fromHex(order)), InvalidScalar);
    throws(() => decodeScalar(new Uint8Array(32).fill(0xff)), InvalidScalar);
    const below = fromHex(order.replace('ed', 'ec'));
    deepEqual(toHex(decodeScalar(below)), toHex(below));
    throws(() => invert(decodeScalar(new Uint8Array(32))), InvalidScalar);
  });

  test('blinding cancels out, and no two blinds are the same', () => {
    const key = generateKey();
    const [first, second] = [blind(utf8('x')), blind(utf8('x'))];
    notEqual(toHex(first.element), toHex(second.element));
    notEqual(toHex(randomScalar()), toHex(randomScalar()));
    const [evaluated] = blindEvaluate(key, [first.element]).elements;
    deepEqual(unblind(first.blind, evaluated!), evaluate(key, hashToGroup(utf8('x'))));
  });
});

describe('a peer that deviates is refused, each deviation by its own error', () => {
  const key = generateKey();
  const blinded = [0, 1, 2].map((byte) => blind(Uint8Array.of(byte)).element);
  const honest = blindEvaluate(key, blinded);
  const [first, second, third] = honest.elements as [Element, Element, Element];

  function verify(elements: readonly Element[], proof: Uint8Array): () => void {
    return () => verifyProof(key.public, blinded, elements, proof);
  }

  test('the honest answer is accepted', verify(honest.elements, honest.proof));

  test('swapped items', () => {
    throws(verify([second, first, third], honest.proof), ProofMismatch);
  });

  test('another key, correctly proven', () => {
    // A server that tags one user with a key of its own.
    const tagged = blindEvaluate(generateKey(), blinded);
    throws(verify(tagged.elements, tagged.proof), ProofMismatch);
  });

  test('one item under another key', () => {
    const [other] = blindEvaluate(generateKey(), blinded.slice(0, 1)).elements;
    throws(verify([other!, second, third], honest.proof), ProofMismatch);
  });

  test('a proof of another length', () => {
    for (const length of [0, 32, 63, 65]) {
      const proof = concatenate(honest.proof, Uint8Array.of(0)).slice(0, length);
      throws(verify(honest.elements, proof), MalformedProof);
    }
  });

  test('a proof with an unreduced scalar', () => {
    const unreduced = new Uint8Array(32).fill(0xff);
    for (const proof of [
      concatenate(honest.proof.slice(0, 32), unreduced),
      concatenate(unreduced, honest.proof.slice(32)),
    ]) {
      throws(verify(honest.elements, proof), MalformedProof);
    }
  });

  test('a proof with a zero', () => {
    for (const [start, end] of [[0, 32], [32, 64], [0, 64]]) {
      throws(verify(honest.elements, honest.proof.slice().fill(0, start, end)), ZeroProof);
    }
  });

  test('a proof with a changed bit', () => {
    for (const bit of [0, 100, 251, 256, 300, 500]) {
      const proof = honest.proof.slice();
      proof[bit >> 3]! ^= 1 << (bit & 7);
      throws(
        verify(honest.elements, proof),
        (error) => error instanceof ProofMismatch || error instanceof MalformedProof,
      );
    }
  });

  test('a shorter, longer or empty batch', () => {
    throws(verify([first, second], honest.proof), BatchMismatch);
    throws(verify([first, second, third, first], honest.proof), BatchMismatch);
    throws(() => verifyProof(key.public, [], [], honest.proof), BatchMismatch);
  });

  test('no two of these refusals are of one kind', () => {
    const kinds = [ProofMismatch, MalformedProof, ZeroProof, BatchMismatch, InvalidElement,
      IdentityElement, InvalidScalar, InvalidKey, StretchRefused, StretchFailed, InvalidMessage]
      .map((refusal) => new refusal('').kind);
    equal(new Set(kinds).size, kinds.length);
    ok(new ZeroProof('') instanceof CouldNotCheck);
  });
});

describe('encoding', () => {
  test('what is written reads back, and nothing else reads', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      const text = toBase64url(bytes);
      deepEqual(fromBase64url(text, 'value', length), bytes);
      for (const other of [`${text}=`, `${text} `, `${text}A`, `${text}AA`, `+${text.slice(1)}`]) {
        throws(() => fromBase64url(other, 'value', length), InvalidMessage);
      }
    }
    // Leftover bits that a lenient reader drops.
    throws(() => fromBase64url('AB', 'value', 1), InvalidMessage);
    deepEqual(fromBase64url('AA', 'value', 1), Uint8Array.of(0));
  });

  test('lengths are two bytes, and no more', () => {
    equal(toHex(lengthPrefixed(utf8('é'))), '0002c3a9');
    for (const value of [-1, 65_536, 0.5]) {
      throws(() => twoBytes(value), RangeError);
    }
  });
});

// The protocol's JSON documents, read strictly.
//
// A document that lacks a field, or holds one of another kind, is refused with the field's name;
// its values are never shown.

import { decodePublicKey, type Evaluation, PROOF_BYTES } from '../crypto/oprf.ts';
import { SALT_BYTES, STRETCHED_BYTES, type StretchProfile, VERSION } from '../crypto/profiles.ts';
import { decodeElement, type Element, ELEMENT_BYTES } from '../crypto/ristretto255.ts';
import { type Bytes, fromBase64url, toBase64url } from '../encoding.ts';
import {
  type CouldNotCheck,
  InvalidMessage,
  StretchRefused,
  UnknownNormalisation,
  UnknownProtocol,
  UnknownSuite,
} from '../errors.ts';
import { NORMALISATION_VERSION } from '../identity/schemes.ts';
import { PREFIX_BITS_MAXIMUM } from './fingerprints.ts';
import {
  type DatasetParameters,
  type DeploymentParameters,
  MODE,
  PROTOCOL_VERSION,
  type SchemeParameters,
  SUITE,
} from './parameters.ts';

/** The two answers. That the answer is unknown is never a value: it is an error. */
export type Answer = 'exposed' | 'not exposed';

/** The answer to a batch of blinded elements, with the epoch whose key made it. */
export interface EvaluationAnswer {
  readonly epoch: number;
  readonly evaluation: Evaluation;
}

type Document = ReadonlyMap<string, unknown>;

/** Write an evaluation request. */
export function evaluationRequestToJson(blinded: readonly Element[]): object {
  return { blinded: blinded.map(toBase64url) };
}

/**
 * Read the answer to an evaluation request; its proof is not checked here.
 *
 * @throws InvalidMessage, InvalidElement, IdentityElement it cannot be read.
 */
export function evaluationFromJson(document: unknown): EvaluationAnswer {
  const fields = object(document, 'the evaluation');
  const elements = list(fields, 'evaluated').map((value, index) => {
    const name = `evaluated[${index}]`;
    return decodeElement(fromBase64url(text(value, name), name, ELEMENT_BYTES));
  });
  const proof = bytes(fields, 'proof', PROOF_BYTES);
  return { epoch: count(fields, 'epoch'), evaluation: { elements, proof } };
}

/**
 * Read `GET /v1/parameters`.
 *
 * @throws InvalidMessage it cannot be read.
 * @throws UnknownProtocol, UnknownSuite, UnknownNormalisation the server speaks another one.
 */
export function deploymentFromJson(document: unknown): DeploymentParameters {
  const fields = object(document, 'the parameters');
  expect(fields, 'protocol', PROTOCOL_VERSION, UnknownProtocol);
  expect(fields, 'mode', MODE, UnknownProtocol);
  expect(fields, 'suite', SUITE, UnknownSuite);
  expect(fields, 'normalisation', NORMALISATION_VERSION, UnknownNormalisation);
  return { stretchSalt: bytes(fields, 'stretch_salt', SALT_BYTES) };
}

/**
 * Read `GET /v1/datasets/{dataset}`.
 *
 * @param dataset the slug that was asked for.
 * @throws InvalidMessage, InvalidKey, StretchRefused it cannot be read, or is about another one.
 */
export function datasetFromJson(document: unknown, dataset: string): DatasetParameters {
  const fields = object(document, 'the dataset');
  if (text(field(fields, 'dataset'), 'dataset') !== dataset) {
    throw new InvalidMessage('the answer is not about the dataset that was asked');
  }
  const schemes = object(field(fields, 'schemes'), 'schemes');
  return {
    dataset,
    schemes: new Map(
      [...schemes].map(([name, parameters]) => [name, schemeFromJson(name, parameters)]),
    ),
  };
}

function schemeFromJson(name: string, document: unknown): SchemeParameters {
  const fields = object(document, 'a scheme');
  return {
    scheme: name,
    epoch: count(fields, 'epoch'),
    publicKey: decodePublicKey(bytes(fields, 'public_key', ELEMENT_BYTES)),
    prefixBits: count(fields, 'prefix_bits', 0, PREFIX_BITS_MAXIMUM),
    // A range without an entry would make every answer a no.
    rangeLength: count(fields, 'range_length'),
    stretch: stretchFromJson(field(fields, 'stretch')),
  };
}

function stretchFromJson(document: unknown): StretchProfile {
  const fields = object(document, 'stretch');
  expect(fields, 'algorithm', 'argon2id', StretchRefused);
  expect(fields, 'version', VERSION, StretchRefused);
  expect(fields, 'length', STRETCHED_BYTES, StretchRefused);
  return {
    memoryKib: count(fields, 'memory_kib'),
    iterations: count(fields, 'iterations'),
    parallelism: count(fields, 'parallelism'),
  };
}

function expect(
  fields: Document,
  name: string,
  value: string | number,
  refusal: new (message: string) => CouldNotCheck,
): void {
  const found = field(fields, name);
  if (typeof found !== typeof value) {
    throw wrongKind(name);
  }
  if (found !== value) {
    throw new refusal(`the server's ${name} is not the one that this client speaks`);
  }
}

function object(document: unknown, name: string): Document {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new InvalidMessage(`${name} is not a JSON object`);
  }
  // Own entries only: "constructor" is no field of a document.
  return new Map(Object.entries(document));
}

function field(fields: Document, name: string): unknown {
  if (!fields.has(name)) {
    throw new InvalidMessage(`${name} is missing`);
  }
  return fields.get(name);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw wrongKind(name);
  }
  return value;
}

function list(fields: Document, name: string): readonly unknown[] {
  const value: unknown = field(fields, name);
  if (!Array.isArray(value)) {
    throw wrongKind(name);
  }
  return value;
}

function count(
  fields: Document,
  name: string,
  minimum = 1,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  const value = field(fields, name);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw wrongKind(name);
  }
  if (value < minimum || value > maximum) {
    throw new InvalidMessage(`${name} is out of range`);
  }
  return value;
}

function bytes(fields: Document, name: string, length: number): Bytes {
  return fromBase64url(text(field(fields, name), name), name, length);
}

function wrongKind(name: string): InvalidMessage {
  return new InvalidMessage(`${name} is not of the kind that the protocol gives it`);
}

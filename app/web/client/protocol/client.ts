// The asking side, without any transport: encode, blind, verify, unblind, compare.
//
//     batch = Batch.prepare(dataset, parameters, stretched)   → send batch.blinded
//     locations = batch.receive(answer)                       → fetch the range of each location
//     compare(parameters, location, range)                    → an Answer
//
// Whoever drives this must let every error through as "unknown".

import * as oprf from '../crypto/oprf.ts';
import type { Stretched } from '../crypto/profiles.ts';
import type { Element, Scalar } from '../crypto/ristretto255.ts';
import type { Bytes } from '../encoding.ts';
import { BatchMismatch, EpochGone } from '../errors.ts';
import { type Fields, normaliseFields, schemeInput, schemeNamed } from '../identity/schemes.ts';
import { locate, type Location } from './fingerprints.ts';
import type { Answer, EvaluationAnswer } from './messages.ts';
import type { SchemeParameters } from './parameters.ts';
import { checkRange, holds } from './ranges.ts';

/**
 * Normalise and encode one identifier, in that order, before anybody is asked anything.
 *
 * @param raw the scheme's fields as a person wrote them.
 * @throws UnknownScheme, InvalidField it is refused.
 */
export function encodeIdentifier(scheme: string, raw: Fields): Bytes {
  const named = schemeNamed(scheme);
  return schemeInput(named, normaliseFields(named, raw));
}

/** Blinded questions to one scheme, with the blinds that only the client holds. */
export class Batch {
  readonly #blinds: readonly Scalar[];
  /** What is sent, in order. */
  readonly blinded: readonly Element[];
  readonly dataset: string;
  readonly parameters: SchemeParameters;

  private constructor(
    dataset: string,
    parameters: SchemeParameters,
    questions: readonly oprf.Blinded[],
  ) {
    this.dataset = dataset;
    this.parameters = parameters;
    this.#blinds = questions.map((question) => question.blind);
    this.blinded = questions.map((question) => question.element);
  }

  /** Blind stretched inputs, each with a fresh random scalar. */
  static prepare(
    dataset: string,
    parameters: SchemeParameters,
    stretched: readonly Stretched[],
  ): Batch {
    return Batch.of(
      dataset,
      parameters,
      stretched.map((value) => oprf.blind(value)),
    );
  }

  /** A batch of questions that are blinded already. */
  static of(
    dataset: string,
    parameters: SchemeParameters,
    questions: readonly oprf.Blinded[],
  ): Batch {
    return new Batch(dataset, parameters, questions);
  }

  /**
   * Verify the proof with the published key, unblind, and locate each input, in order.
   *
   * @throws EpochGone the answer was made with another epoch's key; begin again.
   * @throws BatchMismatch, MalformedProof, ZeroProof, ProofMismatch the answer is refused.
   */
  receive(answer: EvaluationAnswer): Location[] {
    const { scheme, epoch, publicKey, prefixBits } = this.parameters;
    if (answer.epoch !== epoch) {
      throw new EpochGone('the key has changed since the question was prepared');
    }
    const { elements, proof } = answer.evaluation;
    oprf.verifyProof(publicKey, this.blinded, elements, proof);
    return this.#blinds.map((blind, index) => {
      const evaluated = elements[index];
      if (evaluated === undefined) {
        throw new BatchMismatch('the answer is shorter than the batch');
      }
      return locate(this.dataset, scheme, prefixBits, oprf.unblind(blind, evaluated));
    });
  }
}

/**
 * The answer, given the range that the location names.
 *
 * @throws WrongRangeLength, RangeOutOfOrder the range does not have the form that the parameters
 *   promise.
 */
export function compare(
  parameters: SchemeParameters,
  location: Location,
  packed: Uint8Array,
): Answer {
  checkRange(packed, parameters.rangeLength);
  return holds(packed, location.fingerprint) ? 'exposed' : 'not exposed';
}

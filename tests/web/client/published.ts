// A small published dataset, and a server for it that answers by the protocol unless told to
// deviate.

import { hashToGroup } from '../../../app/web/client/crypto/oprf.ts';
import { decodeElement } from '../../../app/web/client/crypto/ristretto255.ts';
import { stretch } from '../../../app/web/client/crypto/stretch.ts';
import { concatenate, fromBase64url, toBase64url } from '../../../app/web/client/encoding.ts';
import { encodeIdentifier } from '../../../app/web/client/protocol/client.ts';
import { locate } from '../../../app/web/client/protocol/fingerprints.ts';
import type { Stretching } from '../../../app/web/client/stretching.ts';
import { blindEvaluate, evaluate, generateKey, type Key } from './keyholder.ts';
import { toHex } from './vectors.ts';

export type Json = Record<string, unknown>;
export type EndpointKind = 'parameters' | 'dataset' | 'evaluation' | 'range';
export const KINDS: readonly EndpointKind[] = ['parameters', 'dataset', 'evaluation', 'range'];

const SALT = Uint8Array.from({ length: 16 }, (_, index) => index);
// The least that Argon2id allows. It protects nobody.
const CHEAP = { memoryKib: 8, iterations: 1, parallelism: 1 };

/** Stretches in this thread. */
export const HERE: Stretching = {
  stretch: ({ profile, salt, encodedInput }) => stretch(profile, salt, encodedInput),
};

export class FakeServer {
  key: Key = generateKey();
  epoch = 1;
  readonly prefixBits: number;
  readonly asked: EndpointKind[] = [];
  readonly requests: { readonly url: string; readonly options: RequestInit }[] = [];
  /** What becomes of a response, by the endpoint that gave it. */
  readonly deviations = new Map<EndpointKind, (honest: Response) => Response | Promise<Response>>();
  readonly #phones: readonly string[];

  constructor(phones: readonly string[], prefixBits = 1) {
    this.#phones = phones;
    this.prefixBits = prefixBits;
  }

  /** Publish the same entries under a new key, as epoch n + 1. */
  changeKey(): void {
    this.key = generateKey();
    this.epoch += 1;
  }

  readonly fetch = async (input: unknown, options: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    this.requests.push({ url, options });
    const [kind, response] = await this.#answer(new URL(url), options);
    this.asked.push(kind);
    return (await this.deviations.get(kind)?.(response)) ?? response;
  };

  async #answer(url: URL, options: RequestInit): Promise<[EndpointKind, Response]> {
    if (url.pathname.endsWith('/v1/parameters')) {
      return ['parameters', Response.json(this.parameters())];
    }
    if (url.pathname.endsWith('/v1/datasets/demo')) {
      return ['dataset', Response.json(await this.dataset())];
    }
    if (url.pathname.endsWith('/schemes/phone/evaluations') && options.method === 'POST') {
      const { blinded } = JSON.parse(String(options.body)) as { blinded: string[] };
      return ['evaluation', Response.json(this.evaluation(blinded))];
    }
    const prefix = /\/schemes\/phone\/ranges\/([01])$/.exec(url.pathname)?.[1];
    if (prefix === undefined || url.searchParams.get('epoch') !== String(this.epoch)) {
      throw new Error(`the client asked for ${url.pathname}`);
    }
    const headers = { 'X-Epoch': String(this.epoch) };
    const packed = (await this.#ranges())[Number(prefix)]!;
    return ['range', new Response(concatenate(packed), { headers })];
  }

  parameters(): Json {
    return {
      protocol: 1,
      suite: 'ristretto255-SHA512',
      mode: 'VOPRF',
      normalisation: 1,
      stretch_salt: toBase64url(SALT),
    };
  }

  async dataset(): Promise<Json> {
    return { dataset: 'demo', epoch: this.epoch, schemes: { phone: await this.scheme() } };
  }

  async scheme(): Promise<Json> {
    return {
      epoch: this.epoch,
      public: true,
      public_key: toBase64url(this.key.public),
      prefix_bits: this.prefixBits,
      range_length: (await this.#ranges())[0]!.length / 8,
      stretch: {
        algorithm: 'argon2id',
        version: 19,
        memory_kib: CHEAP.memoryKib,
        iterations: CHEAP.iterations,
        parallelism: CHEAP.parallelism,
        length: 32,
      },
    };
  }

  evaluation(blinded: readonly string[]): Json {
    const elements = blinded.map((text) => decodeElement(fromBase64url(text, 'blinded', 32)));
    const { elements: evaluated, proof } = blindEvaluate(this.key, elements);
    return {
      epoch: this.epoch,
      evaluated: evaluated.map(toBase64url),
      proof: toBase64url(proof),
    };
  }

  /** Two ranges of one length, filled up as the last possible fingerprints. */
  async #ranges(): Promise<Uint8Array[]> {
    const ranges: Uint8Array[][] = Array.from({ length: 2 ** this.prefixBits }, () => []);
    for (const phone of this.#phones) {
      const stretched = await stretch(CHEAP, SALT, encodeIdentifier('phone', { phone }));
      const element = evaluate(this.key, hashToGroup(stretched));
      const { prefix, fingerprint } = locate('demo', 'phone', this.prefixBits, element);
      ranges[prefix]!.push(fingerprint);
    }
    const length = Math.max(2, ...ranges.map((range) => range.length));
    return ranges.map((range) => {
      const filling = Array.from({ length: length - range.length }, () =>
        new Uint8Array(8).fill(0xff),
      );
      const sorted = [...range].sort((left, right) => (toHex(left) < toHex(right) ? -1 : 1));
      return concatenate(...sorted, ...filling);
    });
  }
}

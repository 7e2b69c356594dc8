// The HTTP transport of a laboratory's check: as the patients' page's, with a session's cookie, and
// with all ranges at once.

import type { Blinded } from '../crypto/oprf.ts';
import {
  EpochGone,
  InvalidMessage,
  ServerUnreachable,
  WrongRangeLength,
} from '../errors.ts';
import { SCHEMES } from '../identity/schemes.ts';
import { Batch } from '../protocol/client.ts';
import { FINGERPRINT_BYTES } from '../protocol/fingerprints.ts';
import type { EvaluationAnswer } from '../protocol/messages.ts';
import type { SchemeParameters } from '../protocol/parameters.ts';
import { parsed, pathOf, refusal, RemoteServer, type Transport } from '../remote.ts';

/** What a client may ask by one scheme. */
export interface Allowance {
  readonly quota: number;
  readonly spent: number;
}

/** Who is signed in, and what they may ask. */
export interface Client {
  readonly person: string;
  readonly organisation: string;
  /** The day, UTC, with whose beginning the credential is refused. */
  readonly expiresOn: string;
  readonly schemes: ReadonlyMap<string, Allowance>;
}

// All ranges are some megabytes; what comes no further in this time is broken off.
const SILENCE_SECONDS = 30;

/** One server's endpoints as a laboratory with a session sees them. */
export class LaboratoryServer extends RemoteServer {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(server: string, transport: Omit<Transport, 'credentials' | 'signal'> = {}) {
    super(server, { ...transport, credentials: 'same-origin' });
    this.#base = server.replace(/\/*$/, '/');
    this.#fetch = transport.fetch ?? fetch.bind(globalThis);
  }

  /** Who is signed in. */
  async client(): Promise<Client> {
    return clientFromJson(parsed(await this.send('v1/client')));
  }

  /** Have blinded elements evaluated; the proof is not looked at here. */
  evaluateQuestions(
    dataset: string,
    parameters: SchemeParameters,
    questions: readonly Blinded[],
  ): Promise<EvaluationAnswer> {
    return this.evaluate(Batch.of(dataset, parameters, questions));
  }

  /**
   * Every range of an index in turn, as they come; none is checked here but for its length.
   *
   * @throws EpochGone the epoch is not the current one any more.
   * @throws WrongRangeLength there are fewer or more than the parameters promise.
   */
  async *ranges(dataset: string, parameters: SchemeParameters): AsyncGenerator<Uint8Array> {
    const rangeBytes = parameters.rangeLength * FINGERPRINT_BYTES;
    const path = `${pathOf({ dataset, parameters })}/ranges?epoch=${parameters.epoch}`;
    let left = 2 ** parameters.prefixBits;
    let range = new Uint8Array(rangeBytes);
    let filled = 0;
    for await (let chunk of this.#stream(path)) {
      while (chunk.length > 0) {
        const part = chunk.subarray(0, rangeBytes - filled);
        range.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
        if (filled === rangeBytes) {
          left -= 1;
          yield range;
          range = new Uint8Array(rangeBytes);
          filled = 0;
        }
      }
    }
    if (left !== 0 || filled !== 0) {
      throw new WrongRangeLength('the ranges are not as many as the parameters promise');
    }
  }

  async *#stream(path: string): AsyncGenerator<Uint8Array> {
    const controller = new AbortController();
    let timer = setTimeout(() => controller.abort(), SILENCE_SECONDS * 1000);
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), SILENCE_SECONDS * 1000);
    };
    try {
      const reader = await this.#open(path, controller.signal);
      for (;;) {
        const { done, value } = await unbroken(reader.read());
        if (done) {
          return;
        }
        rest();
        yield value;
      }
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }

  async #open(path: string, signal: AbortSignal): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const response = await unbroken(
      this.#fetch(this.#base + path, {
        cache: 'no-store',
        credentials: 'same-origin',
        referrerPolicy: 'no-referrer',
        redirect: 'error',
        signal,
      }),
    );
    if (response.status === 410) {
      throw new EpochGone("the server's key has changed");
    }
    if (response.status !== 200) {
      throw refusal(response, new Uint8Array(await unbroken(response.arrayBuffer())));
    }
    if (response.body === null) {
      throw new ServerUnreachable('the server gave no whole response');
    }
    return response.body.getReader();
  }
}

async function unbroken<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch {
    throw new ServerUnreachable('the server gave no whole response');
  }
}

/** Read `GET /v1/client`; a scheme that this program does not know is left out. */
function clientFromJson(document: unknown): Client {
  const fields = (document ?? {}) as { [name: string]: unknown };
  const { person, organisation, expires_on: expiresOn, schemes } = fields;
  if (
    typeof person !== 'string' ||
    typeof organisation !== 'string' ||
    typeof expiresOn !== 'string' ||
    typeof schemes !== 'object' ||
    schemes === null
  ) {
    throw new InvalidMessage('the client is not of the form that the protocol gives it');
  }
  const granted = Object.entries(schemes as object).flatMap(
    ([name, allowance]): [string, Allowance][] => {
      const { quota, spent } = (allowance ?? {}) as { quota?: unknown; spent?: unknown };
      if (!Number.isInteger(quota) || !Number.isInteger(spent)) {
        throw new InvalidMessage('an allowance is not two whole numbers');
      }
      return SCHEMES.has(name) ? [[name, { quota: Number(quota), spent: Number(spent) }]] : [];
    },
  );
  return { person, organisation, expiresOn, schemes: new Map(granted) };
}

// The HTTP transport of `protocol/client`: the private lookup, end to end.
//
// Whatever goes wrong is thrown as CouldNotCheck. No status but 200 is an answer.

import { checkClientAccepts } from './crypto/profiles.ts';
import type { Bytes } from './encoding.ts';
import {
  ConcerneError,
  EpochGone,
  InternalFault,
  InvalidMessage,
  ServerRefused,
  ServerUnreachable,
} from './errors.ts';
import type { Fields } from './identity/schemes.ts';
import { Batch, compare, encodeIdentifier } from './protocol/client.ts';
import type { Location } from './protocol/fingerprints.ts';
import {
  type Answer,
  datasetFromJson,
  deploymentFromJson,
  type EvaluationAnswer,
  evaluationFromJson,
  evaluationRequestToJson,
} from './protocol/messages.ts';
import {
  checkSlug,
  type DatasetParameters,
  type DeploymentParameters,
  schemeOf,
} from './protocol/parameters.ts';
import type { Stretching } from './stretching.ts';

export const TIMEOUT_SECONDS = 30;
// A key is changed once a night: twice in one question is a server that lies.
const EPOCHS_TRIED = 2;

/** What the question is doing, in this order; with a new key in between, from the start again. */
export type Phase = 'stretching' | 'asking' | 'comparing';

/** One private question. */
export interface Question {
  /** The server's address, under which `v1/` stands. */
  readonly server: string;
  /** The dataset's slug. */
  readonly dataset: string;
  /** The scheme's name. */
  readonly scheme: string;
  /** The scheme's fields, as the person wrote them. */
  readonly fields: Fields;
  /** Who computes the stretch: `WorkerStretching` in a page. */
  readonly stretching: Stretching;
  /** Told each phase, with the fraction of it that is done where that is known. */
  readonly onProgress?: ((phase: Phase, fraction?: number) => void) | undefined;
  /** Cancels at any point; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For a transport other than the platform's. */
  readonly fetch?: typeof fetch | undefined;
  /** How long each single request may take. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Ask by evaluation and range: the server learns that somebody asked.
 *
 * There are two answers. Everything else is an error, and none of them means "not exposed".
 *
 * @throws InvalidInput the identifier is refused, before any request.
 * @throws CouldNotCheck no answer came, or one that does not hold.
 * @throws the signal's reason, when it is aborted.
 */
export async function ask(question: Question): Promise<Answer> {
  try {
    return await askUnguarded(question);
  } catch (error) {
    if (error instanceof ConcerneError) {
      throw error;
    }
    question.signal?.throwIfAborted();
    throw new InternalFault('a fault of this program');
  }
}

async function askUnguarded(question: Question): Promise<Answer> {
  const { dataset, scheme, signal } = question;
  const encodedInput = encodeIdentifier(scheme, question.fields);
  checkSlug(dataset);
  const server = new RemoteServer(question.server, question);
  const deployment = await server.deployment();
  for (let attempt = 1; ; attempt += 1) {
    const parameters = schemeOf(await server.dataset(dataset), scheme);
    const profile = parameters.stretch;
    checkClientAccepts(profile);
    question.onProgress?.('stretching');
    const stretched = await question.stretching.stretch(
      { profile, salt: deployment.stretchSalt, encodedInput },
      { signal, onFraction: (fraction) => question.onProgress?.('stretching', fraction) },
    );
    const batch = Batch.prepare(dataset, parameters, [stretched]);
    try {
      question.onProgress?.('asking');
      const [location] = batch.receive(await server.evaluate(batch));
      if (location === undefined) {
        throw new InvalidMessage('the answer holds no element');
      }
      const packed = await server.range(batch, location);
      question.onProgress?.('comparing');
      return compare(parameters, location, packed);
    } catch (error) {
      if (!(error instanceof EpochGone) || attempt === EPOCHS_TRIED) {
        throw error;
      }
    }
  }
}

/** A whole response with status 200. */
export interface Received {
  readonly content: Bytes;
  readonly headers: Headers;
}

/** How requests are sent. */
export interface Transport extends Pick<Question, 'fetch' | 'signal' | 'timeoutSeconds'> {
  /** Whether a session's cookie goes with each request; nothing does unless it is said here. */
  readonly credentials?: 'same-origin';
}

/** One server's endpoints of the private lookup. */
export class RemoteServer {
  readonly #base: string;
  readonly #transport: Transport;

  constructor(server: string, transport: Transport = {}) {
    this.#base = server.replace(/\/*$/, '/');
    this.#transport = transport;
  }

  /** Ask for the deployment's parameters. */
  async deployment(): Promise<DeploymentParameters> {
    return deploymentFromJson(parsed(await this.send('v1/parameters')));
  }

  /** Ask for one dataset's parameters. */
  async dataset(dataset: string): Promise<DatasetParameters> {
    return datasetFromJson(parsed(await this.send(`v1/datasets/${dataset}`)), dataset);
  }

  /** Have a batch evaluated. */
  async evaluate(batch: Batch): Promise<EvaluationAnswer> {
    const body = JSON.stringify(evaluationRequestToJson(batch.blinded));
    return evaluationFromJson(parsed(await this.send(`${pathOf(batch)}/evaluations`, body)));
  }

  /** Fetch the range of a location. */
  async range(batch: Batch, location: Location): Promise<Bytes> {
    const epoch = String(batch.parameters.epoch);
    const path = `${pathOf(batch)}/ranges/${location.prefix}?epoch=${epoch}`;
    const { content, headers } = await this.send(path);
    // The range itself does not say which epoch it is of; the server does beside it.
    if ((headers.get('X-Epoch') ?? epoch) !== epoch) {
      throw new EpochGone('the range is of another epoch');
    }
    return content;
  }

  /** Send one request, and return a whole response with status 200. */
  protected async send(path: string, body?: string): Promise<Received> {
    const {
      credentials = 'omit',
      fetch: send = fetch,
      signal,
      timeoutSeconds = TIMEOUT_SECONDS,
    } = this.#transport;
    signal?.throwIfAborted();
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(abort, timeoutSeconds * 1000);
    let response: Response;
    let content: Bytes;
    try {
      response = await send(this.#base + path, {
        ...(body !== undefined && {
          method: 'POST',
          body,
          headers: { 'Content-Type': 'application/json' },
        }),
        // Nothing of a question stays in the browser, and nothing else of the person goes with it.
        cache: 'no-store',
        credentials,
        referrerPolicy: 'no-referrer',
        redirect: 'error',
        signal: controller.signal,
      });
      content = new Uint8Array(await response.arrayBuffer());
    } catch {
      signal?.throwIfAborted();
      throw new ServerUnreachable('the server gave no whole response');
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
    if (response.status === 410) {
      throw new EpochGone("the server's key has changed");
    }
    if (response.status !== 200) {
      throw refusal(response, content);
    }
    return { content, headers: response.headers };
  }
}

export function pathOf(batch: Pick<Batch, 'dataset' | 'parameters'>): string {
  return `v1/datasets/${batch.dataset}/schemes/${batch.parameters.scheme}`;
}

export function parsed({ content }: Pick<Received, 'content'>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    throw new InvalidMessage("the server's answer is not JSON");
  }
}

/** Say what the server said, as far as it has the form of a problem document. */
export function refusal(response: Response, content: Bytes): ServerRefused {
  return new ServerRefused(
    response.status,
    slugOf(content),
    secondsOf(response.headers.get('Retry-After') ?? ''),
  );
}

function slugOf(content: Bytes): string {
  let document: unknown;
  try {
    document = parsed({ content });
  } catch {
    return '';
  }
  const type = (document as { type?: unknown } | null)?.type;
  // A word of ours, or nothing: whatever else a server writes there is not passed on.
  return typeof type === 'string' ? (/(?:^|:)([a-z-]{1,64})$/.exec(type)?.[1] ?? '') : '';
}

/** Seconds only: the HTTP date that the header may also hold needs a clock that is right. */
function secondsOf(retryAfter: string): number | null {
  return /^[0-9]{1,9}$/.test(retryAfter) ? Number(retryAfter) : null;
}

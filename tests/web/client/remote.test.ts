// The client over HTTP, against a server that lies in each way it can: no failure is ever an
// answer.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { toBase64url } from '../../../app/web/client/encoding.ts';
import * as errors from '../../../app/web/client/errors.ts';
import { ask, type Phase, type Question } from '../../../app/web/client/remote.ts';
import { generateKey } from './keyholder.ts';
import { FakeServer, HERE, type Json, KINDS } from './published.ts';

const IN = '01 99 00 00 01';
const OUT = '02 61 91 00 01';

function asking(server: FakeServer, phone = IN, changes: Partial<Question> = {}): Promise<string> {
  return ask({
    server: 'http://fake.example/prefix',
    dataset: 'demo',
    scheme: 'phone',
    fields: { phone },
    stretching: HERE,
    fetch: server.fetch,
    ...changes,
  });
}

/** The error, which there must be, of the kind that a page shows as "we could not check". */
async function failure(promise: Promise<string>): Promise<errors.CouldNotCheck> {
  let answer: string;
  try {
    answer = await promise;
  } catch (error) {
    ok(error instanceof errors.CouldNotCheck, String(error));
    ok(!`${error.stack}`.includes('99 00'));
    equal(error.cause, undefined);
    return error;
  }
  throw new Error(`answered: ${answer}`);
}

/** Let the server change one JSON document before it leaves. */
function altered(change: (document: Json) => Json): (honest: Response) => Promise<Response> {
  return async (honest) => Response.json(change((await honest.json()) as Json));
}

/** The same for the parameters of the scheme. */
function alteredScheme(change: Json): (honest: Response) => Promise<Response> {
  return altered((document) => {
    const { phone } = document['schemes'] as { phone: Json };
    return { ...document, schemes: { phone: { ...phone, ...change } } };
  });
}

describe('an honest server', () => {
  test('gives both answers', async () => {
    const server = new FakeServer([IN, '01 99 00 00 02', '01 99 00 00 03']);
    equal(await asking(server, IN), 'exposed');
    equal(await asking(server, '+33 1 99 00 00 03'), 'exposed');
    equal(await asking(server, OUT), 'not exposed');
  });

  test('sees one parameter, one dataset, one blinded element and one prefix', async () => {
    const server = new FakeServer([IN]);
    await asking(server);
    deepEqual(server.asked, [...KINDS]);
    for (const { url, options } of server.requests) {
      ok(url.startsWith('http://fake.example/prefix/v1/'));
      const { cache, credentials, referrerPolicy, redirect } = options;
      deepEqual(
        [cache, credentials, referrerPolicy, redirect],
        ['no-store', 'omit', 'no-referrer', 'error'],
      );
    }
    const [, , evaluation] = server.requests;
    const body = JSON.parse(String(evaluation?.options.body)) as Json;
    deepEqual(Object.keys(body), ['blinded']);
    equal((body['blinded'] as string[]).length, 1);
  });

  test('sees two unrelated elements when the same is asked twice', async () => {
    const server = new FakeServer([IN]);
    await asking(server);
    await asking(server);
    const bodies = server.requests.map(({ options }) => options.body).filter(Boolean);
    equal(bodies.length, 2);
    equal(new Set(bodies).size, 2);
  });

  test('need not say which epoch a range is of', async () => {
    const server = new FakeServer([IN]);
    server.deviations.set('range', async (honest) => new Response(await honest.arrayBuffer()));
    equal(await asking(server), 'exposed');
  });

  test('the phases are told in order, with the fraction where it is known', async () => {
    const told: [Phase, number | undefined][] = [];
    const onProgress = (phase: Phase, fraction?: number): void => void told.push([phase, fraction]);
    const stretching: Question['stretching'] = {
      stretch: (question, options) => {
        options?.onFraction?.(0.5);
        return HERE.stretch(question);
      },
    };
    await asking(new FakeServer([IN]), IN, { onProgress, stretching });
    deepEqual(told, [
      ['stretching', undefined],
      ['stretching', 0.5],
      ['asking', undefined],
      ['comparing', undefined],
    ]);
  });
});

describe('what cannot be asked is refused before any request', () => {
  for (const [name, changes] of Object.entries({
    'a bad field': { fields: { phone: '12' } },
    'a field too many': { fields: { phone: IN, nir: '1850578006048' } },
    'an unknown scheme': { scheme: 'blood-group' },
    'a name that is no dataset’s': { dataset: '../demo' },
  })) {
    test(name, async () => {
      const server = new FakeServer([IN]);
      await rejects(asking(server, IN, changes), errors.InvalidInput);
      deepEqual(server.asked, []);
    });
  }
});

describe('no status but 200 is an answer', () => {
  const STATUSES = [
    201, 202, 203, 206, 300, 400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 502, 503, 504,
  ];
  for (const kind of KINDS) {
    for (const status of STATUSES) {
      test(`${kind} ${status}`, async () => {
        const server = new FakeServer([IN]);
        server.deviations.set(
          kind,
          async (honest) => new Response(await honest.arrayBuffer(), { status }),
        );
        const error = await failure(asking(server));
        equal(error.kind, status === 410 ? 'epoch-gone' : 'refused');
      });
    }
    for (const status of [204, 205, 304]) {
      test(`${kind} ${status}, which has no body`, async () => {
        const server = new FakeServer([IN]);
        server.deviations.set(kind, () => new Response(null, { status }));
        equal((await failure(asking(server))).kind, 'refused');
      });
    }
    for (const content of ['', '{}', 'null', '[]', '<html>', '{"exposed":false}', '\u0000']) {
      test(`${kind} 200 with ${JSON.stringify(content)}`, async () => {
        const server = new FakeServer([IN]);
        server.deviations.set(kind, () => new Response(content));
        await failure(asking(server));
      });
    }
    test(`${kind} of a connection that breaks`, async () => {
      const server = new FakeServer([IN]);
      server.deviations.set(kind, () => Promise.reject(new TypeError('Failed to fetch 01 99 00')));
      equal((await failure(asking(server))).kind, 'unreachable');
    });
    test(`${kind} of a body that breaks off`, async () => {
      const server = new FakeServer([IN]);
      const body = new ReadableStream({
        pull: (controller) => controller.error(new TypeError('terminated')),
      });
      server.deviations.set(kind, () => new Response(body));
      equal((await failure(asking(server))).kind, 'unreachable');
    });
  }

  test('a refusal says how long to wait, and nothing else of its body', async () => {
    const server = new FakeServer([IN]);
    const problem = { type: 'urn:concerne:problem:limit-exceeded', detail: `for ${IN}` };
    const headers = { 'Retry-After': '17' };
    server.deviations.set('evaluation', () => Response.json(problem, { status: 429, headers }));
    const error = await failure(asking(server));
    ok(error instanceof errors.ServerRefused);
    deepEqual([error.status, error.slug, error.retryAfterSeconds], [429, 'limit-exceeded', 17]);
  });

  for (const [type, after] of [
    [`urn:x:${IN}`, 'Wed, 21 Oct 2026 07:28:00 GMT'],
    [7, '-1'],
    [null, '1e3'],
  ] as const) {
    test(`a refusal in another form tells nothing: ${String(type)}`, async () => {
      const server = new FakeServer([IN]);
      const options = { status: 503, headers: { 'Retry-After': after } };
      server.deviations.set('range', () => Response.json({ type }, options));
      const error = await failure(asking(server));
      ok(error instanceof errors.ServerRefused);
      deepEqual([error.slug, error.retryAfterSeconds], ['', null]);
    });
  }

  test('a server that takes too long is unreachable', async () => {
    const stuck = (_: unknown, options?: RequestInit): Promise<Response> =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const changes = { fetch: stuck, timeoutSeconds: 0.01 };
    equal((await failure(asking(new FakeServer([]), IN, changes))).kind, 'unreachable');
  });
});

describe('a server that lies is not believed', () => {
  async function kindOf(prepare: (server: FakeServer) => void): Promise<string> {
    const server = new FakeServer([IN, OUT]);
    prepare(server);
    return (await failure(asking(server))).kind;
  }

  test('a key of its own', async () => {
    // Otherwise it could tag one user and recognise the range that is asked for.
    equal(
      await kindOf((server) => {
        server.deviations.set('dataset', (honest) => {
          server.key = generateKey();
          return honest;
        });
      }),
      'proof-mismatch',
    );
  });

  const evaluations: Record<string, [(document: Json) => Json, string]> = {
    'a proof of zeros': [
      (document) => ({ ...document, proof: toBase64url(new Uint8Array(64)) }),
      'proof-zero',
    ],
    'a proof with unreduced scalars': [
      (document) => ({ ...document, proof: toBase64url(new Uint8Array(64).fill(255)) }),
      'proof-malformed',
    ],
    'a truncated proof': [
      (document) => ({ ...document, proof: String(document['proof']).slice(0, 84) }),
      'message',
    ],
    'another element': [
      (document) => ({ ...document, evaluated: [toBase64url(generateKey().public)] }),
      'proof-mismatch',
    ],
    'the identity': [
      (document) => ({ ...document, evaluated: [toBase64url(new Uint8Array(32))] }),
      'identity',
    ],
    'a non-canonical element': [
      (document) => ({ ...document, evaluated: [toBase64url(new Uint8Array(32).fill(255))] }),
      'element',
    ],
    'no element': [(document) => ({ ...document, evaluated: [] }), 'batch'],
    'an element too many': [
      (document) => ({
        ...document,
        evaluated: [...(document['evaluated'] as string[]), ...(document['evaluated'] as string[])],
      }),
      'batch',
    ],
    'an old epoch': [(document) => ({ ...document, epoch: 7 }), 'epoch-gone'],
  };
  for (const [name, [change, kind]] of Object.entries(evaluations)) {
    test(`${name} in the evaluation`, async () => {
      equal(await kindOf((server) => server.deviations.set('evaluation', altered(change))), kind);
    });
  }

  type Packed = Uint8Array<ArrayBuffer>;
  const ranges: Record<string, [(packed: Packed) => Packed, string]> = {
    'a shortened range': [(packed) => packed.slice(8), 'range-length'],
    'a range cut within an entry': [(packed) => packed.slice(0, -1), 'range-length'],
    'an empty range': [() => new Uint8Array(0), 'range-length'],
    'a lengthened range': [(packed) => Uint8Array.of(...packed, ...packed), 'range-length'],
    'a range out of order': [(packed) => packed.map((_, at) => (at < 8 ? 255 : 0)), 'range-order'],
  };
  for (const [name, [change, kind]] of Object.entries(ranges)) {
    test(name, async () => {
      const deviation = async (honest: Response): Promise<Response> =>
        new Response(change(new Uint8Array(await honest.arrayBuffer())));
      equal(await kindOf((server) => server.deviations.set('range', deviation)), kind);
    });
  }

  test('a range of an old epoch', async () => {
    const deviation = async (honest: Response): Promise<Response> =>
      new Response(await honest.arrayBuffer(), { headers: { 'X-Epoch': '7' } });
    equal(await kindOf((server) => server.deviations.set('range', deviation)), 'epoch-gone');
  });

  const parameters: Record<string, [Json, string]> = {
    'another suite': [{ suite: 'P256-SHA256' }, 'suite'],
    'another mode': [{ mode: 'OPRF' }, 'protocol'],
    'another protocol': [{ protocol: 2 }, 'protocol'],
    'another normalisation': [{ normalisation: 2 }, 'normalisation'],
    'a normalisation of another kind': [{ normalisation: '1' }, 'message'],
    'a short salt': [{ stretch_salt: 'AAAA' }, 'message'],
  };
  for (const [name, [change, kind]] of Object.entries(parameters)) {
    test(`${name} in the parameters`, async () => {
      const deviation = altered((document) => ({ ...document, ...change }));
      equal(await kindOf((server) => server.deviations.set('parameters', deviation)), kind);
    });
  }

  const stretch = { algorithm: 'argon2id', version: 19, length: 32 };
  const schemes: Record<string, [Json, string]> = {
    'the identity for a key': [{ public_key: toBase64url(new Uint8Array(32)) }, 'key'],
    'too many prefix bits': [{ prefix_bits: 21 }, 'message'],
    'ranges without an entry': [{ range_length: 0 }, 'message'],
    'a fraction of an entry': [{ range_length: 1.5 }, 'message'],
    'more than 1 GiB': [
      { stretch: { ...stretch, memory_kib: 2 ** 20 + 1, iterations: 1, parallelism: 1 } },
      'stretch-refused',
    ],
    'more than 10 iterations': [
      { stretch: { ...stretch, memory_kib: 8, iterations: 11, parallelism: 1 } },
      'stretch-refused',
    ],
    'too little memory for the lanes': [
      { stretch: { ...stretch, memory_kib: 8, iterations: 1, parallelism: 2 } },
      'stretch-refused',
    ],
    Argon2i: [{ stretch: { ...stretch, algorithm: 'argon2i' } }, 'stretch-refused'],
  };
  for (const [name, [change, kind]] of Object.entries(schemes)) {
    test(`${name} in the scheme's parameters`, async () => {
      const deviation = alteredScheme(change);
      equal(await kindOf((server) => server.deviations.set('dataset', deviation)), kind);
    });
  }

  test('another dataset', async () => {
    const deviation = altered((document) => ({ ...document, dataset: 'other' }));
    equal(await kindOf((server) => server.deviations.set('dataset', deviation)), 'message');
  });

  test('a dataset without the scheme', async () => {
    const deviation = altered((document) => ({ ...document, schemes: {} }));
    equal(
      await kindOf((server) => server.deviations.set('dataset', deviation)),
      'scheme-not-offered',
    );
  });

  /** The document with each field in turn missing, and of a kind that none has. */
  function damaged(document: Json): Json[] {
    return Object.entries(document).flatMap(([name, value]) => {
      const { [name]: _, ...without } = document;
      const inner =
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? damaged(value as Json)
          : [];
      const bad = [null, [7], [null], 0.5, -1, {}, true, '#', ...inner];
      return [without, ...bad.map((other) => ({ ...document, [name]: other }))];
    });
  }

  test('a document in which a field is missing or of another kind', async () => {
    const honest = new FakeServer([IN]);
    // Whether a scheme is public is the server's to decide, when it is asked.
    const { public: _, ...phone } = await honest.scheme();
    const documents = {
      parameters: honest.parameters(),
      dataset: { dataset: 'demo', schemes: { phone } },
      evaluation: honest.evaluation([toBase64url(generateKey().public)]),
    };
    let count = 0;
    for (const kind of ['parameters', 'dataset', 'evaluation'] as const) {
      for (const bad of damaged(documents[kind])) {
        const server = new FakeServer([IN]);
        server.deviations.set(kind, () => Response.json(bad));
        await failure(asking(server));
        count += 1;
      }
    }
    ok(count > 100);
  });
});

describe('a key that changes while asking', () => {
  test('makes the client begin again, once', async () => {
    const server = new FakeServer([IN]);
    server.deviations.set('range', () => {
      server.changeKey();
      server.deviations.clear();
      return new Response(null, { status: 410 });
    });
    equal(await asking(server), 'exposed');
    equal(server.asked.filter((kind) => kind === 'dataset').length, 2);
  });

  test('between the parameters and the evaluation too', async () => {
    const server = new FakeServer([IN]);
    server.deviations.set('dataset', (honest) => {
      server.changeKey();
      server.deviations.clear();
      return honest;
    });
    equal(await asking(server), 'exposed');
  });

  test('for ever leaves the answer unknown', async () => {
    const server = new FakeServer([IN]);
    server.deviations.set('range', () => new Response(null, { status: 410 }));
    equal((await failure(asking(server))).kind, 'epoch-gone');
    equal(server.asked.filter((kind) => kind === 'range').length, 2);
  });
});

describe('cancelling', () => {
  const reason = new Error('left the page');

  for (const kind of KINDS) {
    test(`while waiting for the ${kind} gives the signal's reason, and no answer`, async () => {
      const server = new FakeServer([IN]);
      const controller = new AbortController();
      server.deviations.set(kind, () => {
        controller.abort(reason);
        return Promise.reject(new Error('aborted'));
      });
      await rejects(
        asking(server, IN, { signal: controller.signal }),
        (error) => error === reason,
      );
    });
  }

  test('before asking sends nothing', async () => {
    const server = new FakeServer([IN]);
    const signal = AbortSignal.abort(reason);
    await rejects(asking(server, IN, { signal }), (error) => error === reason);
    deepEqual(server.requests, []);
  });
});

test('a fault of the program itself is no answer, and what it says is not passed on', async () => {
  const stretching = { stretch: () => Promise.reject(new TypeError(`cannot read ${IN}`)) };
  equal((await failure(asking(new FakeServer([IN]), IN, { stretching }))).kind, 'internal');
});

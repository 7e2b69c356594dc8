// A whole check through what can go wrong in it: no wrong answer, nothing asked that was known.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { blindBy, generateBlindingKey } from '../../../app/web/client/protocol/blinding.ts';
import { Crew, crewSize, type TaskWorker } from '../../../app/web/client/checking/crew.ts';
import { pauseSeconds, remedyFor, STOPS, TaskFailed } from '../../../app/web/client/checking/failures.ts';
import { Gate, Stopped } from '../../../app/web/client/checking/gate.ts';
import { LaboratoryServer } from '../../../app/web/client/checking/remote.ts';
import { CheckState } from '../../../app/web/client/checking/state.ts';
import type { PrepareTask, Task } from '../../../app/web/client/checking/worker.ts';
import type { Stretched } from '../../../app/web/client/crypto/profiles.ts';
import { type Bytes, toBase64url } from '../../../app/web/client/encoding.ts';
import type { Location } from '../../../app/web/client/protocol/fingerprints.ts';
import * as errors from '../../../app/web/client/errors.ts';
import { toHex } from './vectors.ts';
import { answersOf, check, FakeLaboratoryServer, HereWorker, problem } from './laboratory.ts';

const IN_LEAK = ['01 99 00 00 01', '01 99 00 00 02', '01 99 00 00 03'];
const PHONES = [...IN_LEAK, '06 39 98 00 01', '06 39 98 00 02', 'NC', '0199000001'];
const TRUE = [true, true, true, false, false, null, true];
const serverOf = (): FakeLaboratoryServer => new FakeLaboratoryServer(IN_LEAK);
const evaluations = (server: FakeLaboratoryServer): number =>
  server.asked.filter((kind) => kind === 'evaluation').length;
const emptyTask = async (): Promise<PrepareTask> => ({
  kind: 'prepare',
  scheme: 'phone',
  profile: { memoryKib: 8, iterations: 1, parallelism: 1 },
  salt: new Uint8Array(16),
  inputs: [],
  key: await generateBlindingKey(),
});

describe('a check', () => {
  test('answers truly, and asks what two rows share once', async () => {
    const server = serverOf();
    const done: [number, number][] = [];
    const run = await check({
      server,
      phones: PHONES,
      observer: { progressed: (...told) => done.push(told) },
    });
    deepEqual(answersOf(run), TRUE);
    equal(run.questions.total, 5);
    deepEqual(done.at(-1), [5, 5]);
    equal(evaluations(server), 1);
    equal(run.checked.stopped, '');
  });

  test('waits as long as it is asked to, and goes on', async () => {
    const server = serverOf();
    server.instead.push(
      { ends: '/evaluations', response: problem(429, 'limit-exceeded', { 'Retry-After': '0' }) },
      { ends: '/ranges', response: problem(503, 'busy') },
      {
        ends: '/parameters',
        response: () => {
          throw new TypeError('the connection is cut');
        },
      },
    );
    const waits: (number | null)[] = [];
    const run = await check({
      server,
      phones: PHONES,
      observer: { waiting: (seconds) => waits.push(seconds) },
    });
    deepEqual(answersOf(run), TRUE);
    equal(waits.filter((seconds) => seconds !== null).length, 3);
    equal(waits.at(-1), null);
  });

  test('asks anew when the key changes, without stretching again', async () => {
    const server = serverOf();
    server.instead.push({
      ends: '/evaluations',
      response: () => {
        server.changeKey();
        return Response.json({}, { status: 410 });
      },
    });
    let prepared = 0;
    class Counting extends HereWorker {
      override postMessage(task: Parameters<HereWorker['postMessage']>[0]): void {
        prepared += task.kind === 'prepare' ? task.inputs.length : 0;
        super.postMessage(task);
      }
    }
    const run = await check({ server, phones: PHONES, startWorker: () => new Counting() });
    deepEqual(answersOf(run), TRUE);
    equal(evaluations(server), 1);
    equal(prepared, 5);
  });

  test('a server that changes its key again and again is given up', async () => {
    const server = serverOf();
    for (let time = 0; time < 9; time += 1) {
      server.instead.push({ ends: '/ranges', response: () => Response.json({}, { status: 410 }) });
    }
    await rejects(check({ server, phones: PHONES }), errors.EpochGone);
  });

  test('waits for somebody to sign in again', async () => {
    const server = serverOf();
    server.instead.push({ ends: '/evaluations', response: problem(401, 'credential-refused') });
    let asked = 0;
    const run = await check({
      server,
      phones: PHONES,
      observer: {
        signIn: () => {
          asked += 1;
          return Promise.resolve(true);
        },
      },
    });
    deepEqual(answersOf(run), TRUE);
    equal(asked, 1);
  });

  test('an exhausted quota leaves questions without an answer, and never a no', async () => {
    const server = serverOf();
    server.instead.push({ ends: '/evaluations', response: problem(403, 'quota-exhausted') });
    const run = await check({ server, phones: PHONES });
    deepEqual(answersOf(run), PHONES.map(() => null));
    equal(run.checked.stopped, 'quota-exhausted');
  });

  test('has all ranges before it asks anything', async () => {
    const server = serverOf();
    await check({ server, phones: PHONES });
    const kinds = server.asked;
    ok(kinds.lastIndexOf('range') < kinds.indexOf('evaluation'), kinds.join());
  });

  for (const [name, ends, response] of [
    ['a session that ended, and is not begun again', '/evaluations', problem(401, '')],
    ['a quota that is spent', '/evaluations', problem(403, 'quota-exhausted')],
    ['a scheme that was taken away', '/evaluations', problem(403, 'scheme-not-permitted')],
  ] as const) {
    test(`${name}, in the middle, leaves what is known`, async () => {
      const server = serverOf();
      const state = await keptIn(server, PHONES.slice(2, 4));
      server.instead.push({ ends, response });
      const signIn = (): Promise<boolean> => Promise.resolve(false);
      const run = await check({ server, phones: PHONES, state, observer: { signIn } });
      deepEqual(answersOf(run), [null, null, true, false, null, null, null]);
      ok(run.checked.stopped in STOPS);
      // What is kept is gone on with, and only the rest is asked, once.
      deepEqual(answersOf(await check({ server, phones: PHONES, state })), TRUE);
      equal(evaluations(server), 2);
    });
  }

  test('who may not have the ranges gets no answer, and no no', async () => {
    for (const slug of ['role-not-permitted', 'scheme-not-permitted'] as const) {
      const server = serverOf();
      server.instead.push({ ends: '/ranges', response: problem(403, slug) });
      const run = await check({ server, phones: PHONES });
      deepEqual(answersOf(run), PHONES.map(() => null));
      equal(run.checked.stopped, slug);
      equal(evaluations(server), 0);
    }
  });

  test('another refusal is no stop with a work list', async () => {
    const server = serverOf();
    server.instead.push({ ends: '/evaluations', response: problem(403, 'cross-site-request') });
    await rejects(check({ server, phones: PHONES }), errors.ServerRefused);
  });

  test('standing still asks nothing; going on asks the rest', async () => {
    const server = serverOf();
    const gate = new Gate();
    gate.shut();
    const running = check({ server, phones: PHONES, gate });
    await new Promise((resolve) => setTimeout(resolve, 20));
    deepEqual(server.asked, []);
    gate.open();
    deepEqual(answersOf(await running), TRUE);
  });

  test('taken away, it ends without an answer', async () => {
    const server = serverOf();
    const gate = new Gate();
    gate.shut();
    const running = rejects(check({ server, phones: PHONES, gate }), Stopped);
    gate.stop();
    await running;
    deepEqual(server.asked, []);
  });
});

/** A state in which these questions are answered; this platform has no storage of a page's own. */
async function keptIn(server: FakeLaboratoryServer, phones: readonly string[]): Promise<CheckState> {
  const kept = new Map<string, Location>();
  const name = (...parts: readonly (string | number | Bytes)[]): string =>
    parts.map((part) => (part instanceof Uint8Array ? toBase64url(part) : part)).join(' ');
  const state = {
    blindingKey: (await CheckState.open()).blindingKey,
    keep: (scheme: string, epoch: number, inputs: Bytes[], locations: Location[]) => {
      inputs.forEach((input, at) => kept.set(name(scheme, epoch, input), locations[at]!));
      return Promise.resolve();
    },
    kept: (scheme: string, epoch: number, inputs: Bytes[]) =>
      Promise.resolve(
        new Map(
          inputs.flatMap((input, at): [number, Location][] => {
            const location = kept.get(name(scheme, epoch, input));
            return location === undefined ? [] : [[at, location]];
          }),
        ),
      ),
  } as unknown as CheckState;
  await check({ server, phones, state });
  return state;
}

describe('a server that deviates is no answer', () => {
  test('another key than the published one', async () => {
    const server = serverOf();
    server.deviations.set('evaluation', async (honest) => {
      const other = new FakeLaboratoryServer(IN_LEAK);
      void honest;
      const body = server.bodies.filter((each) => each !== '').at(-1) ?? '';
      const { blinded } = JSON.parse(body) as { blinded: string[] };
      return Response.json(other.evaluation(blinded));
    });
    await rejects(check({ server, phones: PHONES }), (error) =>
      error instanceof TaskFailed && error.kind === 'proof-mismatch');
  });

  test('fewer ranges than promised', async () => {
    const server = serverOf();
    server.instead.push({ ends: '/ranges', response: () => new Response(new Uint8Array(8)) });
    await rejects(check({ server, phones: PHONES }), errors.WrongRangeLength);
  });

  test('ranges out of order', async () => {
    const server = serverOf();
    const { range_length: length } = (await server.scheme()) as { range_length: number };
    const backwards = Uint8Array.from({ length: length * 16 }, (_, at) => 255 - (at >> 3));
    server.instead.push({ ends: '/ranges', response: () => new Response(backwards) });
    await rejects(check({ server, phones: PHONES }), errors.RangeOutOfOrder);
  });

  test('a worker that dies', async () => {
    class Dying extends HereWorker {
      override postMessage(): void {
        setTimeout(() => this.onerror?.(new Event('error') as ErrorEvent));
      }
    }
    await rejects(
      check({ server: serverOf(), phones: PHONES, startWorker: () => new Dying() }),
      errors.StretchFailed,
    );
    const none = (): TaskWorker => {
      throw new Error('no worker');
    };
    await rejects(check({ server: serverOf(), phones: PHONES, startWorker: none }), errors.StretchFailed);
  });

  test('a worker that dies while others wait for it', async () => {
    // Each of its tasks but the third kills a worker; whoever waited gets another.
    let tasks = 0;
    class Mortal extends HereWorker {
      override postMessage(task: Task): void {
        tasks += 1;
        if (tasks === 3) {
          super.postMessage(task);
        } else {
          setTimeout(() => this.onerror?.(new Event('error') as ErrorEvent));
        }
      }
    }
    const crew = new Crew(1, () => new Mortal());
    const task = await emptyTask();
    const done = await Promise.allSettled(Array.from({ length: 4 }, () => crew.prepare(task)));
    deepEqual(done.map(({ status }) => status), ['rejected', 'rejected', 'fulfilled', 'rejected']);
  });

  test('a worker that dies while it has nothing to do', async () => {
    const started: HereWorker[] = [];
    const crew = new Crew(1, () => {
      const worker = new HereWorker();
      started.push(worker);
      return worker;
    });
    await crew.prepare(await emptyTask());
    started[0]?.onerror?.(new Event('error') as ErrorEvent);
    await crew.prepare(await emptyTask());
    equal(started.length, 2);
  });
});

describe('blinding', () => {
  const stretched = new Uint8Array(32).fill(7) as Stretched;

  test('is the same for the same question, and for no other', async () => {
    const key = await generateBlindingKey();
    const first = await blindBy(key, 'phone', stretched);
    deepEqual(await blindBy(key, 'phone', stretched), first);
    for (const other of [
      await blindBy(key, 'nir', stretched),
      await blindBy(await generateBlindingKey(), 'phone', stretched),
    ]) {
      ok(other.blind.join() !== first.blind.join());
      ok(other.element.join() !== first.element.join());
    }
  });

  test('is what the command’s is under the same key', async () => {
    // Of the Python twin: the key of the bytes 0 to 31, the digest of one byte 7.
    const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
    const hmac = { name: 'HMAC', hash: 'SHA-512' };
    const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign']);
    const digest = await crypto.subtle.digest('SHA-256', Uint8Array.of(7));
    const { blind } = await blindBy(key, 'nir', new Uint8Array(digest) as Stretched);
    equal(toHex(blind), 'd4ed533dfe6f13730c2f436ef2a66d9260c6802245b1203f3d521635e2c7ce0c');
  });

  test('is by a key that no script can read', async () => {
    const key = await generateBlindingKey();
    equal(key.extractable, false);
    await rejects(crypto.subtle.exportKey('raw', key));
  });

  test('sends nothing of an input or of what it is stretched to', async () => {
    const server = serverOf();
    await check({ server, phones: PHONES });
    const sent = server.bodies.join();
    ok(sent.includes('blinded'));
    for (const phone of PHONES.filter((each) => each !== 'NC')) {
      ok(!sent.includes(phone.replace(/ /g, '').slice(1)));
    }
  });
});

describe('what can be done about an error', () => {
  for (const [error, remedy] of [
    [new errors.ServerUnreachable(''), 'wait'],
    [new errors.ServerRefused(429, '', 5), 'wait'],
    [new errors.ServerRefused(503, '', null), 'wait'],
    [new errors.ServerRefused(401, 'credential-refused', null), 'sign-in'],
    [new errors.ServerRefused(403, 'quota-exhausted', null), 'stop'],
    [new errors.ServerRefused(403, 'scheme-not-permitted', null), 'stop'],
    [new errors.ServerRefused(403, 'cross-site-request', null), 'end'],
    [new errors.ServerRefused(403, 'toString', null), 'end'],
    [new errors.ServerRefused(404, '', null), 'end'],
    [new errors.ProofMismatch(''), 'end'],
    [new TypeError(''), 'end'],
  ] as const) {
    test(`${error.message || error.constructor.name}: ${remedy}`, () => equal(remedyFor(error), remedy));
  }

  test('pauses grow, up to a minute, and are as long as the server asks', () => {
    const gone = new errors.ServerUnreachable('');
    deepEqual([0, 1, 2, 3, 10].map((attempt) => pauseSeconds(gone, attempt)), [1, 2, 4, 8, 60]);
    equal(pauseSeconds(new errors.ServerRefused(429, '', 900), 0), 900);
  });
});

test('who is signed in, with what this program knows of', async () => {
  const server = new LaboratoryServer('https://x.example', { fetch: serverOf().serve });
  const client = await server.client();
  deepEqual([...client.schemes], [['phone', { quota: 100, spent: 0 }]]);
  const odd = serverOf();
  odd.instead.push({ ends: '/client', response: () => Response.json({ person: 1 }) });
  await rejects(
    new LaboratoryServer('https://x.example', { fetch: odd.serve }).client(),
    errors.InvalidMessage,
  );
});

test('as many workers as there are cores, and no more than there is memory for', () => {
  equal(crewSize(8, 19 * 1024), 8);
  equal(crewSize(8, 1024 * 1024), 2);
  equal(crewSize(8, Number.MAX_SAFE_INTEGER), 1);
  equal(crewSize(128, 8), 64);
});

test('a file has a name only under its list’s key', async () => {
  const file = new TextEncoder().encode('A;B\n1;2');
  const [one, other] = [await CheckState.open(), await CheckState.open()];
  equal(await one.nameOf(file), await one.nameOf(file));
  ok((await one.nameOf(file)) !== (await other.nameOf(file)));
  ok(!(await one.nameOf(file)).includes(toBase64url(file)));
});

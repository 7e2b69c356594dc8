// The stretch in a worker: both sides of the conversation, with the browser's part played here.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { stretch } from '../../../app/web/client/crypto/stretch.ts';
import { utf8 } from '../../../app/web/client/encoding.ts';
import { StretchFailed, StretchRefused } from '../../../app/web/client/errors.ts';
import {
  type StretchQuestion,
  WorkerStretching,
  type WorkerLike,
} from '../../../app/web/client/stretching.ts';
import { listen, type WorkerScope } from '../../../app/web/client/worker.ts';

const QUESTION: StretchQuestion = {
  profile: { memoryKib: 64, iterations: 1, parallelism: 1 },
  salt: new Uint8Array(16),
  encodedInput: utf8('x'),
};

/** A worker in this thread; what it is to do with a question can be replaced. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  onerror: WorkerLike['onerror'] = null;
  isTerminated = false;
  readonly #behave: (worker: FakeWorker, question: StretchQuestion) => void;

  constructor(behave: (worker: FakeWorker, question: StretchQuestion) => void = answer) {
    this.#behave = behave;
  }

  postMessage(question: StretchQuestion): void {
    this.#behave(this, structuredClone(question));
  }

  say(report: unknown): void {
    if (!this.isTerminated) {
      this.onmessage?.(new MessageEvent('message', { data: structuredClone(report) }));
    }
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

/** What the real program of the worker does. */
function answer(worker: FakeWorker, question: StretchQuestion): void {
  const scope: WorkerScope = { onmessage: null, postMessage: (report) => worker.say(report) };
  listen(scope);
  scope.onmessage?.(new MessageEvent('message', { data: question }));
}

function stretchingWith(worker: FakeWorker): WorkerStretching {
  return new WorkerStretching('/worker.js', () => worker);
}

describe('a stretch in a worker', () => {
  test('is the same as here, and the worker is ended', async () => {
    const worker = new FakeWorker();
    const { profile, salt, encodedInput } = QUESTION;
    const expected = await stretch(profile, salt, encodedInput);
    deepEqual(await stretchingWith(worker).stretch(QUESTION), expected);
    ok(worker.isTerminated);
  });

  test('starts a worker of the address that was given', async () => {
    const started: string[] = [];
    const stretching = new WorkerStretching('/static/worker.js', (url) => {
      started.push(url);
      return new FakeWorker();
    });
    await stretching.stretch(QUESTION);
    await stretching.stretch(QUESTION);
    deepEqual(started, ['/static/worker.js', '/static/worker.js']);
  });

  test('tells how far it is', async () => {
    const fractions: number[] = [];
    const worker = new FakeWorker((self) => {
      self.say({ fraction: 0.25 });
      self.say({ fraction: 0.75 });
      self.say({ stretched: new Uint8Array(32) });
    });
    const onFraction = (fraction: number): void => void fractions.push(fraction);
    await stretchingWith(worker).stretch(QUESTION, { onFraction });
    deepEqual(fractions, [0.25, 0.75]);
  });

  test('that is cancelled ends the worker at once', async () => {
    const controller = new AbortController();
    const reason = new Error('left the page');
    const worker = new FakeWorker(() => controller.abort(reason));
    const { signal } = controller;
    await rejects(stretchingWith(worker).stretch(QUESTION, { signal }), (e) => e === reason);
    ok(worker.isTerminated);
  });

  test('that was cancelled before starts none', async () => {
    const stretching = new WorkerStretching('/worker.js', () => {
      throw new Error('started');
    });
    const signal = AbortSignal.abort(new RangeError());
    await rejects(stretching.stretch(QUESTION, { signal }), RangeError);
  });

  test('that costs more than a client computes starts none', async () => {
    const stretching = new WorkerStretching('/worker.js', () => {
      throw new Error('started');
    });
    const profile = { memoryKib: 2 ** 21, iterations: 1, parallelism: 1 };
    await rejects(stretching.stretch({ ...QUESTION, profile }), StretchRefused);
  });

  const failing: Record<string, (worker: FakeWorker) => void> = {
    'that fails': (worker) => worker.say({ failed: true }),
    'that cannot be loaded': (worker) => worker.onerror?.(new Event('error') as ErrorEvent),
    'whose result cannot be read': (worker) =>
      worker.onmessageerror?.(new MessageEvent('messageerror')),
    'that gives another number of bytes': (worker) => worker.say({ stretched: new Uint8Array(31) }),
    'that says something else': (worker) => worker.say({}),
  };
  for (const [name, behave] of Object.entries(failing)) {
    test(`${name} is a stretch that failed`, async () => {
      const worker = new FakeWorker(behave);
      await rejects(stretchingWith(worker).stretch(QUESTION), StretchFailed);
      ok(worker.isTerminated);
    });
  }

  test('that cannot be started at all is a stretch that failed', async () => {
    const stretching = new WorkerStretching('/worker.js', () => {
      throw new DOMException('not allowed', 'SecurityError');
    });
    await rejects(stretching.stretch(QUESTION), StretchFailed);
  });
});

test('the worker says that it failed, and not why', async () => {
  const reports: unknown[] = [];
  await new Promise<void>((resolve) => {
    const scope: WorkerScope = {
      onmessage: null,
      postMessage: (report) => {
        reports.push(report);
        resolve();
      },
    };
    listen(scope);
    const profile = { memoryKib: 2 ** 21, iterations: 1, parallelism: 1 };
    scope.onmessage?.(new MessageEvent('message', { data: { ...QUESTION, profile } }));
  });
  equal(JSON.stringify(reports), '[{"failed":true}]');
});

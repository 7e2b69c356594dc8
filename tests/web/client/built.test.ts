// The two files as they are served, minified and all: a question through the built client, with the
// stretch in the built worker, in a thread of Node.js that is made to look like a browser's.

import { equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { Worker as Thread } from 'node:worker_threads';

import type { StretchQuestion, WorkerLike } from '../../../app/web/client/stretching.ts';
import { FakeServer } from './published.ts';

type Client = typeof import('../../../app/web/client/index.ts');

// As seen from where the tests are bundled to.
const BUILT = new URL('../../../static/built/', import.meta.url);

// A worker's global scope, and then what `new Worker(url)` does.
const BROWSER = `
  const { parentPort, workerData } = require('node:worker_threads');
  globalThis.importScripts = () => {};
  globalThis.postMessage = (report) => parentPort.postMessage(report);
  parentPort.on('message', (data) => globalThis.onmessage({ data }));
  require('node:vm').runInThisContext(require('node:fs').readFileSync(new URL(workerData), 'utf8'));
`;

class BrowserWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  onerror: WorkerLike['onerror'] = null;
  readonly #thread: Thread;

  constructor(url: string) {
    this.#thread = new Thread(BROWSER, { eval: true, workerData: url });
    this.#thread.on('message', (data) => {
      this.onmessage?.(new MessageEvent('message', { data }));
    });
    this.#thread.on('error', () => this.onerror?.(new Event('error') as ErrorEvent));
  }

  postMessage(question: StretchQuestion): void {
    this.#thread.postMessage(question);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}

test('the built client asks through the built worker', async () => {
  Object.assign(globalThis, { Worker: BrowserWorker });
  const client = (await import(new URL('client.js', BUILT).href)) as Client;
  const stretching = new client.WorkerStretching(new URL('worker.js', BUILT).href);
  const server = new FakeServer(['01 99 00 00 01']);
  const { fetch } = server;
  const question = { server: 'http://fake.example', dataset: 'demo', scheme: 'phone' };
  const ask = (phone: string): Promise<string> =>
    client.ask({ ...question, fields: { phone }, stretching, fetch });
  equal(await ask('0199000001'), 'exposed');
  equal(await ask('0261910001'), 'not exposed');
  await rejects(ask('12'), client.InvalidField);

  server.deviations.set('range', () => new Response(null, { status: 503 }));
  await rejects(
    ask('0199000001'),
    (error) => error instanceof client.CouldNotCheck && error.kind === 'refused',
  );
});

test('a worker that cannot be loaded is no answer', async () => {
  Object.assign(globalThis, { Worker: BrowserWorker });
  const client = (await import(new URL('client.js', BUILT).href)) as Client;
  const stretching = new client.WorkerStretching(new URL('missing.js', BUILT).href);
  const profile = { memoryKib: 8, iterations: 1, parallelism: 1 };
  const question = { profile, salt: new Uint8Array(16), encodedInput: new Uint8Array(1) };
  await rejects(stretching.stretch(question), client.StretchFailed);
  ok(new client.StretchFailed('') instanceof client.CouldNotCheck);
});

// The script as it is served, minified and all, in the part that it plays as a worker: a thread of
// Node.js that is made to look like a browser's. Its other part, the page, is for real browsers.

import { deepEqual, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { Worker as Thread } from 'node:worker_threads';

import { CouldNotCheck, StretchFailed } from '../../../app/web/client/errors.ts';
import {
  type StretchQuestion,
  WorkerStretching,
  type WorkerLike,
} from '../../../app/web/client/stretching.ts';
import { HERE } from './published.ts';

// As seen from where the tests are bundled to.
const BUILT = new URL('../../../static/built/', import.meta.url);

const QUESTION: StretchQuestion = {
  profile: { memoryKib: 64, iterations: 2, parallelism: 1 },
  salt: Uint8Array.from({ length: 16 }, (_, index) => index),
  encodedInput: Uint8Array.from({ length: 40 }, (_, index) => 7 * index),
};

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

const stretchingWith = (file: string): WorkerStretching =>
  new WorkerStretching(new URL(file, BUILT).href, (url) => new BrowserWorker(url));

test('the built script stretches as a worker', async () => {
  const stretched = await stretchingWith('page.js').stretch(QUESTION);
  deepEqual(stretched, await HERE.stretch(QUESTION));
});

test('a worker that cannot be loaded is no answer', async () => {
  await rejects(stretchingWith('missing.js').stretch(QUESTION), StretchFailed);
  ok(new StretchFailed('') instanceof CouldNotCheck);
});

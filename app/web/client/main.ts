// The one script of the pages. It is the page's program, and, loaded a second time as a worker,
// the worker's: one file to fetch, one digest to check.

import { start } from './page/start.ts';
import { listen, type WorkerScope } from './worker.ts';

// Only workers have this function.
if ('importScripts' in globalThis) {
  listen(globalThis as unknown as WorkerScope);
} else {
  start(document);
}

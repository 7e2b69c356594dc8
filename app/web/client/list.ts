// The one script of the laboratory's page. It is the page's program, and, loaded again as a worker,
// the workers': one file to fetch, one digest to check. The patients' page does not load it.

import { listenForTasks, type TaskScope } from './checking/worker.ts';
import { startList } from './list/start.ts';

// Only workers have this function.
if ('importScripts' in globalThis) {
  listenForTasks(globalThis as unknown as TaskScope);
} else {
  startList(document);
}

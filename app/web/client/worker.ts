// The program of the worker: one question, reports, one result. See `stretching` for its side of
// the page, and `main` for where it begins.

import { stretch } from './crypto/stretch.ts';
import type { StretchQuestion, StretchReport } from './stretching.ts';

/** The part of a worker's global scope that is used here. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<StretchQuestion>) => void) | null;
  postMessage(report: StretchReport): void;
}

/** Answer every question that comes. */
export function listen(scope: WorkerScope): void {
  scope.onmessage = ({ data }) => {
    const onFraction = (fraction: number): void => scope.postMessage({ fraction });
    stretch(data.profile, data.salt, data.encodedInput, onFraction).then(
      (stretched) => scope.postMessage({ stretched }),
      // Why is not told: an error of a library could quote what it was given.
      () => scope.postMessage({ failed: true }),
    );
  };
}

// As many workers as there are cores, each with one task at a time.

import type { Blinded } from '../crypto/oprf.ts';
import { EpochGone, InternalFault, type Kind, StretchFailed } from '../errors.ts';
import type { Location } from '../protocol/fingerprints.ts';
import { TaskFailed } from './failures.ts';
import type { PrepareTask, ReceiveTask, Report, Task } from './worker.ts';

const MEMORY_KIB_MAXIMUM = 2 * 1024 * 1024;
// Of the hundred memories for WebAssembly that a page and its workers can have (see `stretch`).
const WORKERS_MAXIMUM = 64;

/** The part of a `Worker` that is used here. */
export interface TaskWorker {
  onmessage: ((event: MessageEvent<Report>) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: Task): void;
  terminate(): void;
}

/** How many workers a device should have, given its cores and what one of them needs. */
export function crewSize(cores: number, memoryKib: number): number {
  const affordable = Math.floor(MEMORY_KIB_MAXIMUM / memoryKib);
  return Math.max(1, Math.min(cores, affordable, WORKERS_MAXIMUM));
}

/** Workers that are started when there is something to do, and stay. */
export class Crew {
  readonly size: number;
  readonly #start: () => TaskWorker;
  readonly #idle = new Set<TaskWorker>();
  readonly #waiting: ((worker: TaskWorker | Promise<TaskWorker>) => void)[] = [];
  readonly #all = new Set<TaskWorker>();

  constructor(size: number, start: () => TaskWorker) {
    this.size = size;
    this.#start = start;
  }

  /** @throws StretchFailed a worker could not be started, or could not do it. */
  async prepare(task: PrepareTask): Promise<readonly Blinded[]> {
    const report = await this.#perform(task);
    if (!('prepared' in report) || report.prepared.length !== task.inputs.length) {
      throw new InternalFault('a worker gave not what it was asked for');
    }
    return report.prepared;
  }

  /**
   * @throws EpochGone the answer is of another epoch's key.
   * @throws TaskFailed the answer does not hold.
   */
  async receive(task: ReceiveTask): Promise<readonly Location[]> {
    const report = await this.#perform(task);
    if (!('located' in report) || report.located.length !== task.questions.length) {
      throw new InternalFault('a worker gave not what it was asked for');
    }
    return report.located;
  }

  /** End them all; what they were at is lost. */
  dismiss(): void {
    for (const worker of this.#all) {
      worker.terminate();
    }
    this.#all.clear();
    this.#idle.clear();
  }

  async #perform(task: Task): Promise<Report> {
    const worker = await this.#free();
    const report = await new Promise<Report>((resolve, reject) => {
      // Heard as long as the worker lives: one that dies while it is idle is given no task.
      const fail = (): void => {
        this.#all.delete(worker);
        this.#idle.delete(worker);
        worker.terminate();
        // Whoever waits for a worker to be free must not wait for one that is gone.
        this.#waiting.shift()?.(this.#free());
        reject(new StretchFailed('a worker gave no result'));
      };
      worker.onerror = fail;
      worker.onmessageerror = fail;
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(task);
    });
    this.#release(worker);
    if ('failed' in report) {
      throw failure(report.failed);
    }
    return report;
  }

  #free(): Promise<TaskWorker> {
    const [idle] = this.#idle;
    if (idle !== undefined) {
      this.#idle.delete(idle);
      return Promise.resolve(idle);
    }
    if (this.#all.size < this.size) {
      try {
        const worker = this.#start();
        this.#all.add(worker);
        return Promise.resolve(worker);
      } catch {
        return Promise.reject(new StretchFailed('a worker could not be started'));
      }
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(worker: TaskWorker): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#idle.add(worker);
    } else {
      next(worker);
    }
  }
}

function failure(kind: Kind): Error {
  switch (kind) {
    case 'epoch-gone':
      return new EpochGone('the key has changed since the question was prepared');
    case 'stretch-failed':
      return new StretchFailed('a worker could not compute Argon2id');
    default:
      return new TaskFailed(kind);
  }
}

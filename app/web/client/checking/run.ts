// A whole check: stretch and blind on all cores, have batches evaluated, verify, compare.
//
// What is answered is kept as it comes. Whatever fails leaves questions without an answer, and
// never with a no. The ranges come before any question: who loses the right to ask in the middle
// can still compare what was answered.

import type { Blinded } from '../crypto/oprf.ts';
import type { Bytes } from '../encoding.ts';
import { EpochGone, ServerRefused } from '../errors.ts';
import type { Location } from '../protocol/fingerprints.ts';
import type { EvaluationAnswer } from '../protocol/messages.ts';
import type { DeploymentParameters, SchemeParameters } from '../protocol/parameters.ts';
import { schemeOf } from '../protocol/parameters.ts';
import { compareAll, takeAll } from './comparing.ts';
import type { Crew } from './crew.ts';
import { isStop, pauseSeconds, remedyFor, RightsEnded, type StopSlug } from './failures.ts';
import type { Gate } from './gate.ts';
import type { Questions } from './questions.ts';
import type { LaboratoryServer } from './remote.ts';
import type { CheckState } from './state.ts';

export const BATCH_MAXIMUM = 4096;
// A reload loses at most what was computed since the last batch.
const BATCH_SECONDS = 5;
// Long enough to be worth the message, short enough that a pause comes soon.
const TASK_SECONDS = 0.5;
const TASK_MAXIMUM = 64;
// A key is changed once a night: more often in one check is a server that lies.
const EPOCHS_TRIED = 5;

/** Is told how far a check is. */
export interface Observer {
  /** Distinct questions that are computed, those of before a reload too: the rest is quick. */
  progressed(done: number, total: number): void;
  /** Called before a pause after which something is tried again, and with null after it. */
  waiting(seconds: number | null): void;
  /** The session has ended: whether somebody has signed in again, or ends it with what is known. */
  signIn(): Promise<boolean>;
}

/** What a check came to. */
export interface Checked {
  /** By scheme and question, whether it is in the leak; what is not in it is not known. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<number, boolean>>;
  /** Why not all was asked, or empty. */
  readonly stopped: '' | StopSlug;
}

/** One check of one list. */
export class Check {
  readonly #server: LaboratoryServer;
  readonly #dataset: string;
  readonly #questions: Questions;
  readonly #state: CheckState;
  readonly #crew: Crew;
  readonly #gate: Gate;
  readonly #observer: Observer;
  #done = 0;

  constructor(parts: {
    readonly server: LaboratoryServer;
    readonly dataset: string;
    readonly questions: Questions;
    readonly state: CheckState;
    readonly crew: Crew;
    readonly gate: Gate;
    readonly observer: Observer;
  }) {
    this.#server = parts.server;
    this.#dataset = parts.dataset;
    this.#questions = parts.questions;
    this.#state = parts.state;
    this.#crew = parts.crew;
    this.#gate = parts.gate;
    this.#observer = parts.observer;
  }

  /**
   * Ask everything.
   *
   * @throws CouldNotCheck what came does not hold; what is kept stays.
   * @throws Stopped the gate was taken away.
   */
  async run(): Promise<Checked> {
    const answers = new Map<string, ReadonlyMap<number, boolean>>();
    let stopped: Checked['stopped'] = '';
    for (const [scheme, inputs] of this.#questions.inputs) {
      if (inputs.length > 0) {
        const asked = await this.#scheme(scheme, inputs);
        answers.set(scheme, asked.answers);
        stopped = asked.ended?.slug ?? stopped;
        if (asked.ended?.isOfAll === true) {
          break;
        }
      }
    }
    return { answers, stopped };
  }

  /** Ask one scheme's questions, from the evaluations again for each new epoch. */
  async #scheme(
    scheme: string,
    inputs: readonly Bytes[],
  ): Promise<{ answers: Map<number, boolean>; ended: RightsEnded | null }> {
    // Blinded once, whatever the epoch: a stretch is what takes time.
    const prepared = new Map<number, Blinded>();
    const before = this.#done;
    for (let attempt = 1; ; attempt += 1) {
      this.#done = before;
      try {
        const deployment = await this.#trying(() => this.#server.deployment());
        const dataset = await this.#trying(() => this.#server.dataset(this.#dataset));
        const parameters = schemeOf(dataset, scheme);
        const ranges = await this.#trying(() =>
          takeAll(parameters, this.#server.ranges(this.#dataset, parameters)),
        );
        const asking = new SchemeRun(parameters, inputs, prepared);
        await this.#locate(asking, deployment);
        return { answers: compareAll(asking.locations, ranges), ended: asking.ended };
      } catch (error) {
        if (error instanceof RightsEnded) {
          return { answers: new Map(), ended: error };
        }
        if (!(error instanceof EpochGone) || attempt === EPOCHS_TRIED) {
          throw error;
        }
      }
    }
  }

  /** Find where every question would stand. */
  async #locate(asking: SchemeRun, { stretchSalt: salt }: DeploymentParameters): Promise<void> {
    const { parameters, inputs, locations } = asking;
    const { scheme, epoch, stretch: profile } = parameters;
    const kept = await this.#state.kept(scheme, epoch, inputs);
    for (const [question, location] of kept) {
      locations.set(question, location);
    }
    const left = [...inputs.keys()].filter((question) => !locations.has(question));
    const ready = left.filter((question) => asking.prepared.has(question));
    const unprepared = left.filter((question) => !asking.prepared.has(question));
    this.#progress(inputs.length - unprepared.length);
    for (let at = 0; at < ready.length; at += BATCH_MAXIMUM) {
      await this.#evaluate(asking, ready.slice(at, at + BATCH_MAXIMUM));
    }
    const size = new TaskSize();
    let pending: number[] = [];
    let since = Date.now();
    let evaluating: Promise<void> = Promise.resolve();
    let next = 0;
    const prepare = async (): Promise<void> => {
      while (next < unprepared.length && asking.ended === null) {
        await this.#gate.pass();
        const chosen = unprepared.slice(next, next + size.now);
        next += chosen.length;
        const began = Date.now();
        const task = chosen.map((question) => inputs[question] ?? new Uint8Array());
        const key = this.#state.blindingKey;
        const blinded = await this.#crew.prepare({
          kind: 'prepare',
          scheme,
          profile,
          salt,
          inputs: task,
          key,
        });
        size.took((Date.now() - began) / 1000);
        chosen.forEach((question, index) => {
          const each = blinded[index];
          if (each !== undefined) {
            asking.prepared.set(question, each);
          }
        });
        this.#progress(chosen.length);
        pending.push(...chosen);
        if (pending.length >= BATCH_MAXIMUM || Date.now() - since > BATCH_SECONDS * 1000) {
          const batch = pending.splice(0, BATCH_MAXIMUM);
          since = Date.now();
          // One batch at a time is on its way; the others' computing goes on meanwhile.
          const before = evaluating;
          evaluating = before.then(() => this.#evaluate(asking, batch));
          await before;
        }
      }
    };
    const all = Array.from({ length: this.#crew.size }, prepare);
    try {
      await Promise.all(all);
    } finally {
      // None may go on behind the back of what follows, whatever became of another.
      await Promise.allSettled([...all, evaluating]);
    }
    await evaluating;
    for (; pending.length > 0; pending = pending.slice(BATCH_MAXIMUM)) {
      await this.#evaluate(asking, pending.slice(0, BATCH_MAXIMUM));
    }
  }

  /** Have one batch evaluated, verify it, and keep where its elements stand. */
  async #evaluate(asking: SchemeRun, batch: readonly number[]): Promise<void> {
    if (asking.ended !== null) {
      return;
    }
    const { parameters } = asking;
    const questions = batch.flatMap((question) => asking.prepared.get(question) ?? []);
    let answer: EvaluationAnswer;
    try {
      answer = await this.#trying(() =>
        this.#server.evaluateQuestions(this.#dataset, parameters, questions),
      );
    } catch (error) {
      if (error instanceof RightsEnded) {
        asking.ended = error;
        return;
      }
      throw error;
    }
    const dataset = this.#dataset;
    const located = await this.#crew.receive({
      kind: 'receive',
      dataset,
      parameters,
      questions,
      answer,
    });
    batch.forEach((question, index) => {
      const location = located[index];
      if (location !== undefined) {
        asking.locations.set(question, location);
      }
    });
    const inputs = batch.map((question) => asking.inputs[question] ?? new Uint8Array());
    await this.#state.keep(parameters.scheme, parameters.epoch, inputs, located);
  }

  #progress(count: number): void {
    this.#done += count;
    this.#observer.progressed(this.#done, this.#questions.total);
  }

  /**
   * Try until there is an answer, as far as waiting or signing in again can help.
   *
   * @throws RightsEnded the client may not ask any more.
   */
  async #trying<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      await this.#gate.pass();
      try {
        return await request();
      } catch (error) {
        const remedy = remedyFor(error);
        if (remedy === 'wait') {
          const seconds = pauseSeconds(error, attempt);
          this.#observer.waiting(seconds);
          await this.#gate.pause(seconds);
          this.#observer.waiting(null);
        } else if (remedy === 'sign-in') {
          if (!(await this.#observer.signIn())) {
            throw new RightsEnded('credential-refused');
          }
        } else if (remedy === 'stop' && error instanceof ServerRefused && isStop(error.slug)) {
          throw new RightsEnded(error.slug);
        } else {
          throw error;
        }
      }
    }
  }
}

/** What is known of one scheme's questions in one epoch. */
class SchemeRun {
  readonly parameters: SchemeParameters;
  readonly inputs: readonly Bytes[];
  readonly prepared: Map<number, Blinded>;
  readonly locations = new Map<number, Location>();
  /** Why not all of them are asked, or null. */
  ended: RightsEnded | null = null;

  constructor(
    parameters: SchemeParameters,
    inputs: readonly Bytes[],
    prepared: Map<number, Blinded>,
  ) {
    this.parameters = parameters;
    this.inputs = inputs;
    this.prepared = prepared;
  }
}

/** How many inputs make a task of about the time that one should take. */
class TaskSize {
  #size = 1;

  get now(): number {
    return this.#size;
  }

  took(seconds: number): void {
    if (seconds < TASK_SECONDS / 2) {
      this.#size = Math.min(this.#size * 2, TASK_MAXIMUM);
    } else if (seconds > TASK_SECONDS * 2) {
      this.#size = Math.max(1, Math.floor(this.#size / 2));
    }
  }
}


// The program of a worker: what takes long, so that the page stays alive and all cores work.

import type { Blinded } from '../crypto/oprf.ts';
import type { StretchProfile } from '../crypto/profiles.ts';
import { stretch } from '../crypto/stretch.ts';
import { ConcerneError, CouldNotCheck, type Kind } from '../errors.ts';
import { Batch } from '../protocol/client.ts';
import type { Location } from '../protocol/fingerprints.ts';
import type { EvaluationAnswer } from '../protocol/messages.ts';
import type { SchemeParameters } from '../protocol/parameters.ts';
import { blindBy } from './blinding.ts';

/** Inputs to be stretched and blinded. */
export interface PrepareTask {
  readonly kind: 'prepare';
  readonly scheme: string;
  readonly profile: StretchProfile;
  readonly salt: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly key: CryptoKey;
}

/** An answer whose proof is to be verified, and whose elements are to be located. */
export interface ReceiveTask {
  readonly kind: 'receive';
  readonly dataset: string;
  readonly parameters: SchemeParameters;
  readonly questions: readonly Blinded[];
  readonly answer: EvaluationAnswer;
}

export type Task = PrepareTask | ReceiveTask;

export type Report =
  | { readonly prepared: readonly Blinded[] }
  | { readonly located: readonly Location[] }
  | { readonly failed: Kind };

/** The part of a worker's global scope that is used here. */
export interface TaskScope {
  onmessage: ((event: MessageEvent<Task>) => void) | null;
  postMessage(report: Report): void;
}

/** Do every task that comes, one after the other. */
export function listenForTasks(scope: TaskScope): void {
  scope.onmessage = ({ data }) => {
    perform(data).then(
      (report) => scope.postMessage(report),
      // Why is not told in words: an error of a library could quote what it was given.
      (error: unknown) => scope.postMessage({ failed: kindOf(error) }),
    );
  };
}

/** Do one task. */
export async function perform(task: Task): Promise<Report> {
  if (task.kind === 'receive') {
    const batch = Batch.of(task.dataset, task.parameters, task.questions);
    return { located: batch.receive(task.answer) };
  }
  const prepared: Blinded[] = [];
  for (const input of task.inputs) {
    const stretched = await stretch(task.profile, task.salt, input);
    prepared.push(await blindBy(task.key, task.scheme, stretched));
  }
  return { prepared };
}

function kindOf(error: unknown): Kind {
  return error instanceof ConcerneError && error instanceof CouldNotCheck ? error.kind : 'internal';
}

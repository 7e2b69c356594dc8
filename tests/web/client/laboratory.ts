// A laboratory's check against the small published dataset: its server with a client's two
// endpoints more, and workers that are none.

import type { TaskWorker } from '../../../app/web/client/checking/crew.ts';
import { Crew } from '../../../app/web/client/checking/crew.ts';
import { Gate } from '../../../app/web/client/checking/gate.ts';
import { Questions } from '../../../app/web/client/checking/questions.ts';
import { LaboratoryServer } from '../../../app/web/client/checking/remote.ts';
import { Check, type Checked, type Observer } from '../../../app/web/client/checking/run.ts';
import { CheckState } from '../../../app/web/client/checking/state.ts';
import { perform, type Task } from '../../../app/web/client/checking/worker.ts';
import { CouldNotCheck } from '../../../app/web/client/errors.ts';
import { concatenate } from '../../../app/web/client/encoding.ts';
import { FakeServer, type Json } from './published.ts';

/** Answers as the real server does to a client, unless told to deviate. */
export class FakeLaboratoryServer extends FakeServer {
  /** Every body that was sent. */
  readonly bodies: string[] = [];
  /** Given out in place of the next answers, by the end of a path. */
  readonly instead: { readonly ends: string; readonly response: () => Response }[] = [];

  readonly serve = async (input: unknown, options: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    this.bodies.push(String(options.body ?? ''));
    const at = this.instead.findIndex(({ ends }) => url.pathname.endsWith(ends));
    if (at >= 0) {
      return this.instead.splice(at, 1)[0]!.response();
    }
    if (url.pathname.endsWith('/v1/client')) {
      const schemes = { phone: { quota: 100, spent: 0 }, later: { quota: 1, spent: 0 } };
      return Response.json({ person: 'Zoé', organisation: 'L', expires_on: '2027-01-01', schemes });
    }
    if (url.pathname.endsWith('/ranges')) {
      const epoch = url.searchParams.get('epoch');
      if (epoch !== String(this.epoch)) {
        return Response.json({}, { status: 410 });
      }
      const ranges = [];
      for (let prefix = 0; prefix < 2 ** this.prefixBits; prefix += 1) {
        const path = `${url.origin}${url.pathname}/${prefix}?epoch=${epoch}`;
        ranges.push(new Uint8Array(await (await this.fetch(path, options)).arrayBuffer()));
      }
      return new Response(concatenate(...ranges));
    }
    return this.fetch(input, options);
  };
}

/** A worker that does its task in this thread. */
export class HereWorker implements TaskWorker {
  onmessage: TaskWorker['onmessage'] = null;
  onmessageerror: TaskWorker['onmessageerror'] = null;
  onerror: TaskWorker['onerror'] = null;

  postMessage(task: Task): void {
    perform(task).then(
      (data) => this.onmessage?.(new MessageEvent('message', { data })),
      (error: unknown) => {
        const failed = error instanceof CouldNotCheck ? error.kind : 'internal';
        this.onmessage?.(new MessageEvent('message', { data: { failed } }));
      },
    );
  }

  terminate(): void {}
}

export interface Run {
  readonly server: FakeLaboratoryServer;
  readonly phones: readonly string[];
  readonly state?: CheckState;
  readonly gate?: Gate;
  readonly observer?: Partial<Observer>;
  readonly startWorker?: () => TaskWorker;
}

/** Check a list of telephones, one a row. */
export async function check(run: Run): Promise<{ checked: Checked; questions: Questions }> {
  const questions = new Questions({ fields: new Map([['phone', [0]]]), formats: [] }, ['phone']);
  run.phones.forEach((phone, at) => questions.add({ line: at + 2, cells: [phone], isRagged: false }));
  const crew = new Crew(2, run.startWorker ?? (() => new HereWorker()));
  try {
    const checked = await new Check({
      server: new LaboratoryServer('https://x.example', { fetch: run.server.serve }),
      dataset: 'demo',
      questions,
      state: run.state ?? (await CheckState.open()),
      crew,
      gate: run.gate ?? new Gate(),
      observer: {
        progressed: () => undefined,
        waiting: () => undefined,
        signIn: () => Promise.reject(new Error('nobody signs in')),
        ...run.observer,
      },
    }).run();
    return { checked, questions };
  } finally {
    crew.dismiss();
  }
}

/** What the answers are, row by row. */
export function answersOf({ checked, questions }: Awaited<ReturnType<typeof check>>): (boolean | null)[] {
  return questions.rows.map(({ asked: [question] }) =>
    question === undefined ? null : (checked.answers.get(question[0])?.get(question[1]) ?? null),
  );
}

export const problem = (status: number, slug: string, headers: Record<string, string> = {}) =>
  (): Response => Response.json({ type: `urn:concerne:problem:${slug}` } satisfies Json, { status, headers });

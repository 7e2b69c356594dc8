// One list, from its rows to what is said of each: what the page does between two of its steps.

import { Crew, crewSize } from '../checking/crew.ts';
import { STOPS, type StopSlug } from '../checking/failures.ts';
import type { Gate } from '../checking/gate.ts';
import { Questions } from '../checking/questions.ts';
import type { LaboratoryServer } from '../checking/remote.ts';
import { Check, type Checked, type Observer } from '../checking/run.ts';
import type { CheckState } from '../checking/state.ts';
import { type Answered, judge } from '../checking/verdicts.ts';
import { ConcerneError } from '../errors.ts';
import { SCHEMES } from '../identity/schemes.ts';
import type { Table } from '../reading/sources/rows.ts';
import type { Order } from '../reading/suggestion/recognition.ts';
import type { Role } from '../reading/suggestion/roles.ts';
import type { Finding } from '../worklist/columns.ts';
import { channelsOf } from '../worklist/recipients.ts';
import { askableSchemes, columnsOf, mappingOf } from './columns.ts';

const ROWS_AT_ONCE = 500;

/** Everything that a check of a list needs. */
export interface ListCheck {
  readonly table: Table;
  readonly roles: readonly Role[];
  readonly order: Order;
  readonly schemes: readonly string[];
  readonly dataset: string;
  readonly state: CheckState;
  readonly gate: Gate;
  readonly server: LaboratoryServer;
  readonly observer: Observer;
  readonly startWorker: () => Worker;
  /** Told how many distinct questions the list asks by each scheme, before the first is asked. */
  readonly onQuestions: (totals: ReadonlyMap<string, number>) => void;
}

/**
 * Check a list.
 *
 * @returns what is said of each of its rows, in order.
 * @throws Stopped, CouldNotCheck nothing is said of any row; what is kept stays.
 */
export async function checkList(
  list: ListCheck,
): Promise<{ findings: Finding[]; stopped: '' | StopSlug }> {
  const { table, roles, order, schemes, dataset } = list;
  const readable = askableSchemes(roles, [...SCHEMES.keys()]);
  const questions = new Questions(mappingOf(table, roles, order), schemes, readable);
  for (const [index, row] of table.rows.entries()) {
    questions.add(row);
    if (index % ROWS_AT_ONCE === 0) {
      await breath();
    }
  }
  list.onQuestions(questions.totals);
  const crew = new Crew(await crewFor(list), list.startWorker);
  try {
    const { server, state, gate, observer } = list;
    const check = new Check({ server, dataset, questions, state, crew, gate, observer });
    const checked = await check.run();
    const findings = findingsOf(list, questions, checked);
    return { findings, stopped: checked.stopped };
  } finally {
    crew.dismiss();
  }
}

/** How many workers the cost that the dataset asks for allows. */
async function crewFor({ server, dataset }: ListCheck): Promise<number> {
  try {
    const { schemes } = await server.dataset(dataset);
    const memories = [...schemes.values()].map(({ stretch }) => stretch.memoryKib);
    return crewSize(navigator.hardwareConcurrency, Math.max(1, ...memories));
  } catch (error) {
    if (error instanceof ConcerneError) {
      // The check asks again, and says what is wrong; until then, one is enough.
      return 1;
    }
    throw error;
  }
}

function findingsOf(
  { table, roles, schemes }: ListCheck,
  questions: Questions,
  { answers, stopped }: Checked,
): Finding[] {
  const columns = columnsOf(roles);
  return table.rows.map((row, index) => {
    const read = questions.rows[index];
    if (read === undefined) {
      throw new RangeError('fewer rows were read than there are');
    }
    const answered = read.asked.map(
      ([scheme, ordinal]): Answered => [scheme, answers.get(scheme)?.get(ordinal) ?? null],
    );
    const why = stopped === '' ? '' : STOPS[stopped];
    const verdict = judge(answered, read.faults, schemes, why);
    return { ...verdict, channels: row.isRagged ? [] : channelsOf(row.cells, columns) };
  });
}

/** Let the browser paint, and answer who presses something. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

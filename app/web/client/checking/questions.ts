// The distinct questions of a list, and which of them each row asks.
//
// A question is one identifier under one scheme; people who share a telephone share a question.

import { toBase64url, type Bytes } from '../encoding.ts';
import { type Faults, type Mapping, RecordReader } from '../reading/records.ts';
import type { Row } from '../reading/sources/rows.ts';

/** A question's scheme, and its place among the scheme's. */
export type Asked = readonly [scheme: string, ordinal: number];

/** What a row asks, and what of it could not be read. */
export interface RowQuestions {
  readonly asked: readonly Asked[];
  readonly faults: Faults;
}

/** What every row of a list asks, under the schemes that are asked at all. */
export class Questions {
  /** In the order in which they are asked. */
  readonly schemes: readonly string[];
  /** Each scheme's distinct encoded inputs. */
  readonly inputs: ReadonlyMap<string, Bytes[]>;
  readonly rows: RowQuestions[] = [];
  readonly #known = new Map<string, Asked>();
  readonly #reader: RecordReader;

  /**
   * @param schemes that are asked.
   * @param readable that the columns allow, whether or not they are asked.
   */
  constructor(mapping: Mapping, schemes: readonly string[], readable: readonly string[] = schemes) {
    this.schemes = schemes;
    this.inputs = new Map(schemes.map((scheme) => [scheme, []]));
    this.#reader = new RecordReader(mapping, readable);
  }

  /** Distinct questions of all schemes. */
  get total(): number {
    return [...this.inputs.values()].reduce((total, inputs) => total + inputs.length, 0);
  }

  /** Distinct questions by scheme. */
  get totals(): ReadonlyMap<string, number> {
    return new Map([...this.inputs].map(([scheme, inputs]) => [scheme, inputs.length]));
  }

  /** Read the next row of the list. */
  add(row: Row): void {
    const { inputs, faults } = this.#reader.read(row);
    const asked = inputs
      .filter(({ scheme }) => this.inputs.has(scheme))
      .map(({ scheme, encoded }) => this.#question(scheme, encoded));
    const isUnasked = inputs.length > 0 && asked.length === 0;
    this.rows.push({ asked, faults: { ...faults, isUnasked } });
  }

  #question(scheme: string, encoded: Bytes): Asked {
    const key = `${scheme} ${toBase64url(encoded)}`;
    let question = this.#known.get(key);
    if (question === undefined) {
      const inputs = this.inputs.get(scheme) ?? [];
      question = [scheme, inputs.push(encoded) - 1];
      this.#known.set(key, question);
    }
    return question;
  }
}

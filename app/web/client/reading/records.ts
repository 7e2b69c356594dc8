// From one row to the inputs it gives under each scheme, and why it gives no more.

import type { Bytes } from '../encoding.ts';
import { schemeInput, schemeNamed, type Scheme } from '../identity/schemes.ts';
import type { DateFormat } from './dates.ts';
import { FieldReader } from './fields.ts';
import type { Row } from './sources/rows.ts';

/** More inputs than this in one row are a mistake in it. */
export const ROW_INPUTS_MAXIMUM = 64;
export const RAGGED = 'columns';
export const TOO_MANY_READINGS = 'too many readings';

/** Which columns of a file hold which field, by position from 0. */
export interface Mapping {
  readonly fields: ReadonlyMap<string, readonly number[]>;
  readonly formats: readonly DateFormat[];
}

/** One identifier of a row. */
export interface Input {
  readonly scheme: string;
  readonly encoded: Bytes;
}

/** What of a row could not be read. */
export interface Faults {
  /** Filled cells that are refused, each as field and reason. */
  readonly values: readonly (readonly [string, string])[];
  /** What is wrong with the row as a whole, or empty. */
  readonly row: '' | typeof RAGGED | typeof TOO_MANY_READINGS;
}

/** What one row gives. */
export interface Record {
  readonly inputs: readonly Input[];
  readonly faults: Faults;
}

/** Turns rows into encoded inputs. */
export class RecordReader {
  readonly #schemes: readonly Scheme[];
  readonly #readers: ReadonlyMap<string, FieldReader>;

  /**
   * @param mapping whose columns are looked at, and no others.
   * @param schemes those that may be asked.
   */
  constructor({ fields, formats }: Mapping, schemes: readonly string[]) {
    this.#schemes = schemes.map(schemeNamed);
    const needed = new Set(this.#schemes.flatMap((scheme) => scheme.fields));
    this.#readers = new Map(
      [...fields]
        .filter(([name]) => needed.has(name))
        .map(([name, positions]) => [name, new FieldReader(name, positions, formats)]),
    );
  }

  /**
   * The identifiers of a row, and what of it is refused.
   *
   * Several columns of one field, and several readings of one cell, give one identifier each, in
   * every combination. Where these are too many the row is read as it stands, and says so.
   */
  read({ cells, isRagged }: Row): Record {
    if (isRagged) {
      return { inputs: [], faults: { values: [], row: RAGGED } };
    }
    const read = new Map([...this.#readers].map(([name, reader]) => [name, reader.read(cells)]));
    const refused = [...read].flatMap(([name, each]) =>
      each.refused.map((reason): [string, string] => [name, reason]),
    );
    const values = new Map([...read].map(([name, each]) => [name, each.values]));
    if (this.#count(values) <= ROW_INPUTS_MAXIMUM) {
      return { inputs: this.#encode(values), faults: { values: refused, row: '' } };
    }
    const plain = new Map(
      [...this.#readers].map(([name, reader]) => [name, reader.readAsItStands(cells)]),
    );
    const isStillTooMuch = this.#count(plain) > ROW_INPUTS_MAXIMUM;
    return {
      inputs: isStillTooMuch ? [] : this.#encode(plain),
      faults: { values: refused, row: TOO_MANY_READINGS },
    };
  }

  #count(values: ReadonlyMap<string, readonly string[]>): number {
    return this.#schemes.reduce(
      (total, { fields }) =>
        total + fields.reduce((product, name) => product * (values.get(name)?.length ?? 0), 1),
      0,
    );
  }

  #encode(values: ReadonlyMap<string, readonly string[]>): Input[] {
    return this.#schemes.flatMap((scheme) =>
      combinations(scheme.fields.map((name) => values.get(name) ?? [])).map((each) => ({
        scheme: scheme.name,
        encoded: schemeInput(scheme, each),
      })),
    );
  }
}

/** One of each list, in every combination; none where a list is empty. */
function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (found, list) => found.flatMap((before) => list.map((value) => [...before, value])),
    [[]],
  );
}

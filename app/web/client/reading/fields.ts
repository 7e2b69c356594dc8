// From the cells of one field in one row to its distinct normalised values.
//
// A cell is read as it stands and, by rules, as it was perhaps meant. What is returned are values
// that the frozen rules of protocol §1 accept; why a cell gives none is told beside them.

import { InvalidField } from '../errors.ts';
import { MAX_CHARACTERS } from '../identity/characters.ts';
import { normaliseField } from '../identity/schemes.ts';
import { type DateFormat, possibleBirthDates } from './dates.ts';
import { endsInNothing, isRoundedNir, ROUNDED } from './variants/numbers.ts';
import { otherReadings, type Rule, rulesFor } from './variants/rules.ts';

/** A NIR of which a spreadsheet left a number that ends as none does. */
class RoundedNir extends InvalidField {
  constructor() {
    super('nir', 'format', 'ends in six zeros, as no number does');
  }
}

/** What one row says in one field. */
export interface Values {
  /** Distinct and normalised, those of cells as they stand first. */
  readonly values: readonly string[];
  /** Why cells that hold something give nothing: each reason once. */
  readonly refused: readonly string[];
}

/** Reads one field's cells. */
export class FieldReader {
  readonly #name: string;
  readonly #positions: readonly number[];
  readonly #formats: readonly DateFormat[];
  readonly #rules: readonly Rule[];
  readonly #adding: readonly Rule[];

  /**
   * @param name the field's, as in the protocol.
   * @param positions of its columns in a row, from 0.
   * @param formats of dates, tried in order.
   */
  constructor(name: string, positions: readonly number[], formats: readonly DateFormat[] = []) {
    this.#name = name;
    this.#positions = positions;
    this.#formats = formats;
    this.#rules = rulesFor(name);
    this.#adding = this.#rules.filter(({ isRescue }) => !isRescue);
  }

  /** The values of a row, and what of it is refused. */
  read(row: readonly string[]): Values {
    const found: string[] = [];
    const others: string[] = [];
    const refused: string[] = [];
    for (const cell of this.#cells(row)) {
      const values = this.#attempt(cell);
      if (!(values instanceof InvalidField)) {
        found.push(...values);
        others.push(...this.#accepted(otherReadings(cell, this.#adding)));
        continue;
      }
      refused.push(...this.#rescue(cell, values, others));
    }
    return { values: [...new Set([...found, ...others])], refused: [...new Set(refused)] };
  }

  /** The values of a row without any rule. */
  readAsItStands(row: readonly string[]): readonly string[] {
    return [...new Set(this.#accepted(this.#cells(row)))];
  }

  #cells(row: readonly string[]): string[] {
    return this.#positions.map((at) => (row[at] ?? '').trim()).filter((cell) => cell !== '');
  }

  #attempt(cell: string): string[] | InvalidField {
    try {
      return this.#normalised(cell);
    } catch (error) {
      if (error instanceof InvalidField) {
        return error;
      }
      throw error;
    }
  }

  #normalised(cell: string): string[] {
    if (this.#name === 'birth_date') {
      return possibleBirthDates(cell, this.#formats);
    }
    const value = normaliseField(this.#name, cell);
    if (this.#name === 'nir' && endsInNothing(value)) {
      throw new RoundedNir();
    }
    return [value];
  }

  #accepted(texts: readonly string[]): string[] {
    return texts.flatMap((text) => {
      const values = this.#attempt(text);
      return values instanceof InvalidField ? [] : values;
    });
  }

  /**
   * Read a cell otherwise that is refused as it stands.
   *
   * @param others is given what is read.
   * @returns why the cell, or each of what was read in its place, is refused.
   */
  #rescue(cell: string, refusal: InvalidField, others: string[]): string[] {
    // A cell that is longer than any identifier is another column's: no rule has to search it.
    const texts = cell.length > MAX_CHARACTERS ? [] : otherReadings(cell, this.#rules);
    const refusals = texts.length === 0 ? [refusal] : [];
    for (const text of texts) {
      const values = this.#attempt(text);
      if (values instanceof InvalidField) {
        refusals.push(values);
      } else {
        others.push(...values);
      }
    }
    return this.#name === 'nir' && isRoundedNir(cell) ? [ROUNDED] : refusals.map(reasonOf);
  }
}

function reasonOf(refusal: InvalidField): string {
  return refusal instanceof RoundedNir ? ROUNDED : refusal.reason;
}

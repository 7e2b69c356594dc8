// What each column is for: suggested, and confirmed by who knows the file.

import { fragmentOf } from '../page/texts.ts';
import type { Mapping } from '../reading/records.ts';
import type { Table } from '../reading/sources/rows.ts';
import { chosenFormats, lookAt, type Order } from '../reading/suggestion/recognition.ts';
import { type Role, ROLES, suggestRoles } from '../reading/suggestion/roles.ts';
import { FIELD_NAMES, schemeNamed } from '../identity/schemes.ts';
import { required } from './elements.ts';

const SHOWN_ROWS = 3;
const SHOWN_CHARACTERS = 60;

/** The form of the columns. */
export class ColumnsForm {
  readonly #document: Document;
  readonly #list: HTMLElement;
  readonly #order: HTMLSelectElement;
  #selects: HTMLSelectElement[] = [];

  constructor(document: Document) {
    this.#document = document;
    this.#list = required(document, 'columns');
    this.#order = required(document, 'date-order');
    this.#list.addEventListener('change', () => this.#showOrder());
  }

  /** Show a table's columns, each with what it is most likely for. */
  show(table: Table): void {
    const suggestions = suggestRoles(table);
    this.#selects = [];
    this.#list.replaceChildren(
      ...table.header.map((name, at) => this.#card(table, name, at, suggestions[at]?.role)),
    );
    const born = suggestions.find(({ role }) => role === 'birth_date');
    this.#order.value = born?.order ?? 'day';
    this.#showOrder();
  }

  /** Take a table's columns off the page. */
  clear(): void {
    this.#list.replaceChildren();
    this.#selects = [];
  }

  get roles(): Role[] {
    return this.#selects.map(({ value }) => ROLES.find((role) => role === value) ?? 'none');
  }

  get order(): Order {
    return this.#order.value === 'month' ? 'month' : 'day';
  }

  #card(table: Table, name: string, at: number, role: Role | undefined): DocumentFragment {
    const card = fragmentOf(this.#document, 'column-card');
    const place = <T extends HTMLElement>(selector: string): T =>
      card.querySelector<T>(selector) ?? (this.#document.createElement('span') as unknown as T);
    const select = place<HTMLSelectElement>('select');
    select.id = `column-${at}`;
    select.value = role ?? 'none';
    this.#selects.push(select);
    // A cell far to the right makes columns in which nothing is: they stay what they are.
    place('.column').hidden = name === '' && table.rows.every(({ cells }) => !cells[at]?.trim());
    const label = place<HTMLLabelElement>('label');
    label.htmlFor = select.id;
    place('[data-name]').textContent = name === '' ? `${at + 1}` : name;
    const samples = table.rows.slice(0, SHOWN_ROWS).map(({ cells }) => cells[at]?.trim() ?? '');
    place('[data-samples]').textContent = samples
      .filter((sample) => sample !== '')
      .map((sample) => sample.slice(0, SHOWN_CHARACTERS))
      .join(' · ');
    return card;
  }

  #showOrder(): void {
    required(this.#document, 'date-order-field').hidden = !this.roles.includes('birth_date');
  }
}

/** The positions of each role that some column has. */
export function columnsOf(roles: readonly Role[]): Map<Role, number[]> {
  const columns = new Map<Role, number[]>();
  roles.forEach((role, at) => {
    if (role !== 'none') {
      columns.set(role, [...(columns.get(role) ?? []), at]);
    }
  });
  return columns;
}

/** The schemes that can be asked of a table whose columns have these roles. */
export function askableSchemes(roles: readonly Role[], schemes: readonly string[]): string[] {
  const given = new Set<string>(roles);
  return schemes.filter((scheme) => schemeNamed(scheme).fields.every((name) => given.has(name)));
}

/** A mapping of a table: dates are read by all the forms that its own dates have. */
export function mappingOf(table: Table, roles: readonly Role[], order: Order): Mapping {
  const columns = columnsOf(roles);
  const dates = (columns.get('birth_date') ?? []).flatMap((at) =>
    table.rows.filter(({ isRagged }) => !isRagged).map(({ cells }) => cells[at] ?? ''),
  );
  const chosen = new Set(chosenFormats(lookAt(dates), order));
  const fields = [...columns].filter(([role]) => FIELD_NAMES.includes(role));
  return { fields: new Map(fields), formats: [...chosen] };
}

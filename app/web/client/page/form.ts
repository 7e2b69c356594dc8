// The question as the form holds it: read strictly, refused field by field beside its field.
//
// The twin of `pages/forms.py`, with a document instead of a request.

import { InvalidField, type Reason } from '../errors.ts';
import { type Fields, normaliseField, schemeNamed } from '../identity/schemes.ts';
import { attend, type Remark } from './numberfield.ts';
import { firstTextOf, fragmentOf, textOf } from './texts.ts';

const DATE_PARTS = ['day', 'month', 'year'] as const;
const DATE_PART = /^[0-9]{1,4}$/;

/** One field that cannot be asked with, and why. */
export interface Fault {
  readonly field: FieldName;
  readonly reason: Reason;
}

/** What is asked: a dataset, by each of its public schemes that a form can fill. */
export interface Asked {
  readonly dataset: string;
  readonly schemes: readonly { readonly scheme: string; readonly fields: Fields }[];
}

type FieldName = 'dataset' | 'nir' | 'birth_date';

/** Where a field is in the page. */
interface Place {
  readonly frame: HTMLElement;
  readonly inputs: readonly HTMLInputElement[];
  /** What a fault's message is put in front of. */
  readonly before: Element;
  readonly faultId: string;
}

/** The form of the question. */
export class QuestionForm {
  readonly #form: HTMLFormElement;
  readonly #document: Document;
  readonly #nir: HTMLInputElement;
  readonly #date: readonly HTMLInputElement[];
  readonly #check: HTMLElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#document = form.ownerDocument;
    this.#nir = this.#input('nir');
    this.#date = form.querySelector('#birth-date') === null ? [] : DATE_PARTS.map((part) =>
      this.#input(`birth-${part}`),
    );
    this.#check = this.#element('nir-check');
    attend(this.#nir, (remark) => this.#remark(remark));
    form.addEventListener('change', () => this.#showDate());
    this.#showDate();
  }

  /** Everything that is wrong, all of it at once, in the order of the page. */
  faults(): Fault[] {
    const chosen = this.#chosen();
    if (chosen === null) {
      return [{ field: 'dataset', reason: 'missing' }];
    }
    const fields = new Set(schemesOf(chosen).flatMap((scheme) => schemeNamed(scheme).fields));
    return (['nir', 'birth_date'] as const)
      .filter((field) => fields.has(field))
      .flatMap((field) => {
        const reason = this.#reason(field);
        return reason === null ? [] : [{ field, reason }];
      });
  }

  /** What is asked, of a form without faults. */
  asked(): Asked {
    const chosen = this.#chosen();
    return {
      dataset: chosen?.value ?? '',
      schemes: schemesOf(chosen).map((scheme) => ({
        scheme,
        fields: Object.fromEntries(
          schemeNamed(scheme).fields.map((field) => [field, this.#raw(field)]),
        ),
      })),
    };
  }

  /** Say what is wrong beside each field, and move the focus to the first. */
  show(faults: readonly Fault[]): void {
    this.forgive();
    for (const { field, reason } of faults) {
      const place = this.#place(field);
      const message = fragmentOf(this.#document, 'fault');
      const paragraph = message.firstElementChild;
      if (paragraph !== null) {
        paragraph.id = place.faultId;
        paragraph.append(' ', firstTextOf(this.#document, `fault-${field}-${reason}`, 'fault-other'));
      }
      place.before.before(message);
      place.frame.classList.add('wrong');
      for (const input of place.inputs) {
        input.setAttribute('aria-invalid', 'true');
        describe(input, place.faultId, true);
      }
    }
    const [first] = faults;
    if (first !== undefined) {
      this.#place(first.field).inputs[0]?.focus();
    }
  }

  /** Take every message away again. */
  forgive(): void {
    this.#remark(null);
    for (const field of ['dataset', 'nir', 'birth_date'] as const) {
      const { frame, inputs, faultId } = this.#place(field);
      frame.classList.remove('wrong');
      this.#form.querySelector(`#${faultId}`)?.remove();
      for (const input of inputs) {
        input.removeAttribute('aria-invalid');
        describe(input, faultId, false);
      }
    }
  }

  /** Empty every field. */
  clear(): void {
    this.forgive();
    for (const input of [this.#nir, ...this.#date]) {
      input.value = '';
      input.defaultValue = '';
    }
  }

  /** A form that were ever sent as forms are would hold nothing: fields without names are not. */
  withoutNames(): void {
    for (const input of [this.#nir, ...this.#date]) {
      input.removeAttribute('name');
    }
  }

  /** A number for phones whose keyboard of digits has no letters: 2A and 2B are Corsica's. */
  useDigits(): void {
    const letters = this.#element('nir-letters');
    this.#nir.inputMode = 'numeric';
    letters.addEventListener('click', () => {
      this.#nir.inputMode = 'text';
      letters.hidden = true;
      this.#nir.focus();
    });
  }

  #chosen(): HTMLInputElement | null {
    return this.#form.querySelector<HTMLInputElement>(
      'input[name="dataset"]:checked, input[name="dataset"][type="hidden"]',
    );
  }

  #reason(field: 'nir' | 'birth_date'): Reason | null {
    try {
      const raw = this.#raw(field);
      if (raw.trim() === '') {
        return 'empty';
      }
      normaliseField(field, raw);
      return null;
    } catch (error) {
      if (error instanceof InvalidField) {
        return error.reason;
      }
      throw error;
    }
  }

  #raw(field: string): string {
    return field === 'nir' ? this.#nir.value : this.#birthDate();
  }

  #birthDate(): string {
    const [day = '', month = '', year = ''] = this.#date.map((input) => input.value.trim());
    if (day === '' || month === '' || year === '') {
      throw new InvalidField('birth_date', 'empty', 'a part of the date is missing');
    }
    if (![day, month, year].every((part) => DATE_PART.test(part))) {
      throw new InvalidField('birth_date', 'format', 'a part of the date is not a number');
    }
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  }

  #showDate(): void {
    const frame = this.#document.getElementById('birth-date');
    const chosen = this.#chosen();
    if (frame !== null) {
      // Nobody is asked for what is not needed; before a leak is chosen, that is not known.
      frame.hidden =
        chosen !== null &&
        !schemesOf(chosen).some((scheme) => schemeNamed(scheme).fields.includes('birth_date'));
    }
  }

  #remark(remark: Remark | null): void {
    const isFault = remark?.startsWith('fault') ?? false;
    this.#check.textContent = remark === null ? '' : textOf(this.#document, remark);
    this.#check.classList.toggle('fault', isFault);
    if (isFault) {
      this.#nir.setAttribute('aria-invalid', 'true');
    } else {
      this.#nir.removeAttribute('aria-invalid');
    }
  }

  #place(field: FieldName): Place {
    switch (field) {
      case 'dataset': {
        const frame = this.#element('dataset');
        const inputs = [...frame.querySelectorAll('input')];
        return { frame, inputs, before: frame.querySelector('.choice') ?? frame, faultId: 'dataset-fault' };
      }
      case 'nir': {
        const frame = this.#nir.closest<HTMLElement>('.field') ?? this.#form;
        return { frame, inputs: [this.#nir], before: this.#nir, faultId: 'nir-fault' };
      }
      case 'birth_date': {
        const frame = this.#document.getElementById('birth-date') ?? this.#form;
        const before = frame.querySelector('.date') ?? frame;
        return { frame, inputs: this.#date, before, faultId: 'birth-fault' };
      }
    }
  }

  #input(id: string): HTMLInputElement {
    const input = this.#element(id);
    if (!(input instanceof HTMLInputElement)) {
      throw new Error(`${id} is no field`);
    }
    return input;
  }

  #element(id: string): HTMLElement {
    const element = this.#document.getElementById(id);
    if (element === null) {
      throw new Error(`the page has no ${id}`);
    }
    return element;
  }
}

function schemesOf(chosen: HTMLInputElement | null): string[] {
  return (chosen?.dataset['schemes'] ?? '').split(' ').filter((scheme) => scheme !== '');
}

/** Bind a message to a field for who hears the page, or unbind it. */
function describe(input: HTMLInputElement, id: string, isBound: boolean): void {
  const ids = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
  if (isBound) {
    ids.add(id);
  } else {
    ids.delete(id);
  }
  if (ids.size > 0) {
    input.setAttribute('aria-describedby', [...ids].join(' '));
  } else {
    input.removeAttribute('aria-describedby');
  }
}

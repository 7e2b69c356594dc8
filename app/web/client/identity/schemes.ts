// The schemes: which fields, in which order, make one identifier, and its input bytes.
//
// Protocol §2 names them, §3 encodes them.

import { type Bytes, concatenate, lengthPrefixed, utf8 } from '../encoding.ts';
import { InvalidField, UnknownScheme } from '../errors.ts';
import { normaliseEmail, normalisePhone } from './contact.ts';
import { normaliseBirthDate } from './dates.ts';
import { normaliseGivenName, normaliseSurname } from './names.ts';
import { normaliseNir } from './nir.ts';

export const NORMALISATION_VERSION = 1;

const INPUT_LABEL = 'concerne/v1/';

/** One way to identify a person. */
export interface Scheme {
  /** As in the protocol, in URLs and in the input bytes. */
  readonly name: string;
  /** The names of its fields, in the order in which they are encoded. */
  readonly fields: readonly string[];
}

/** Raw text by field name, as a person wrote it. */
export type Fields = Readonly<Record<string, string>>;

export const SCHEMES: ReadonlyMap<string, Scheme> = new Map(
  [
    { name: 'nir-dob', fields: ['nir', 'birth_date'] },
    { name: 'nir', fields: ['nir'] },
    { name: 'name-dob', fields: ['surname', 'given_name', 'birth_date'] },
    { name: 'email', fields: ['email'] },
    { name: 'phone', fields: ['phone'] },
  ].map((scheme) => [scheme.name, scheme]),
);

const NORMALISERS: ReadonlyMap<string, (raw: string) => string> = new Map([
  ['nir', normaliseNir],
  // A function of one argument, so that nobody hands over another "today" by accident.
  ['birth_date', (raw: string) => normaliseBirthDate(raw)],
  ['surname', normaliseSurname],
  ['given_name', normaliseGivenName],
  ['email', normaliseEmail],
  ['phone', normalisePhone],
]);

/** Every field of the protocol, in the order of its table. */
export const FIELD_NAMES: readonly string[] = [...NORMALISERS.keys()];

/**
 * The scheme of that name.
 *
 * @throws UnknownScheme with the names that exist, and never the one that does not: a caller who
 *   mixes up two parameters sends an identifier here.
 */
export function schemeNamed(name: string): Scheme {
  const scheme = SCHEMES.get(name);
  if (scheme === undefined) {
    throw new UnknownScheme(
      `no scheme has that name; there are ${[...SCHEMES.keys()].join(', ')}`,
    );
  }
  return scheme;
}

/**
 * The normalised form of one field; a birth date is read as an ISO date.
 *
 * @throws InvalidField the value is refused, or (reason `unexpected`) there is no such field.
 */
export function normaliseField(field: string, raw: string): string {
  const normaliser = NORMALISERS.get(field);
  if (normaliser === undefined) {
    throw unknownField();
  }
  return normaliser(raw);
}

/**
 * The normalised fields of an identifier, in the scheme's order.
 *
 * A field too many is refused as well: whoever gives a birth date with scheme `nir` believes that
 * it is looked at.
 *
 * @throws InvalidField reason `unexpected` or `missing`, or a value is refused.
 */
export function normaliseFields(scheme: Scheme, raw: Fields): string[] {
  const given = new Map(Object.entries(raw));
  if ([...given.keys()].some((field) => !NORMALISERS.has(field))) {
    throw unknownField();
  }
  for (const field of FIELD_NAMES) {
    if (given.has(field) && !scheme.fields.includes(field)) {
      throw new InvalidField(field, 'unexpected', `scheme ${scheme.name} has no such field`);
    }
  }
  for (const field of scheme.fields) {
    if (!given.has(field)) {
      throw new InvalidField(field, 'missing', `scheme ${scheme.name} needs this field`);
    }
  }
  return scheme.fields.map((field) => normaliseField(field, given.get(field) ?? ''));
}

/**
 * One identifier as the input of the stretch: x of protocol §3.
 *
 * @param values its normalised fields, in order, as `normaliseFields` returns them. They are not
 *   normalised here.
 * @throws RangeError not as many values as the scheme has fields, which is the caller's mistake.
 */
export function schemeInput(scheme: Scheme, values: readonly string[]): Bytes {
  if (values.length !== scheme.fields.length) {
    throw new RangeError(`${values.length} values for the ${scheme.fields.length} fields`);
  }
  const parts = [INPUT_LABEL + scheme.name, ...values];
  return concatenate(...parts.map((part) => lengthPrefixed(utf8(part))));
}

function unknownField(): InvalidField {
  // The name is the sender's text and may be a value in the wrong place, so it is not shown.
  return new InvalidField('unknown', 'unexpected', 'a field that no scheme has');
}

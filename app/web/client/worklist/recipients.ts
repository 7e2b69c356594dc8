// How the person of a row can be told, by the columns that a person chose for it.

import { InvalidField } from '../errors.ts';
import { normaliseEmail, normalisePhone } from '../identity/contact.ts';
import type { Role } from '../reading/suggestion/roles.ts';
import { severalAddresses, severalNumbers } from '../reading/variants/contacts.ts';
import type { Channel } from './columns.ts';

/** The channels of a row, in the order in which they are written. */
export function channelsOf(
  cells: readonly string[],
  columns: ReadonlyMap<Role, readonly number[]>,
): Channel[] {
  const filled = (role: Role): string[] =>
    (columns.get(role) ?? [])
      .map((at) => (cells[at] ?? '').trim())
      .filter((cell) => cell !== '');
  const has = (role: Role): boolean => filled(role).length > 0;
  const channels: Channel[] = [];
  if ((has('surname') || has('given_name')) && has('address') && has('postcode') && has('town')) {
    channels.push('post');
  }
  if (filled('email').some((cell) => isUsable(cell, normaliseEmail, severalAddresses))) {
    channels.push('e-mail');
  }
  if (filled('phone').some((cell) => isUsable(cell, normalisePhone, severalNumbers))) {
    channels.push('phone');
  }
  return channels;
}

function isUsable(
  cell: string,
  normalise: (raw: string) => string,
  several: (text: string) => string[],
): boolean {
  return [cell, ...several(cell)].some((text) => {
    try {
      return normalise(text) !== '';
    } catch (error) {
      if (error instanceof InvalidField) {
        return false;
      }
      throw error;
    }
  });
}

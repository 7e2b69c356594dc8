// What is public about a deployment, a dataset and its schemes, and needed to ask them anything.

import type { StretchProfile } from '../crypto/profiles.ts';
import type { PublicKey } from '../crypto/oprf.ts';
import type { Bytes } from '../encoding.ts';
import { InvalidInput, SchemeNotOffered } from '../errors.ts';

export const PROTOCOL_VERSION = 1;
export const SUITE = 'ristretto255-SHA512';
export const MODE = 'VOPRF';

const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** What all datasets of one deployment share. */
export interface DeploymentParameters {
  /** 16 public bytes, one per deployment, so that one stretch serves all datasets. */
  readonly stretchSalt: Bytes;
}

/** One index: a dataset's entries under one scheme in one epoch. */
export interface SchemeParameters {
  readonly scheme: string;
  /** Counts up from 1; a new key is a new epoch. */
  readonly epoch: number;
  /** Of this epoch's evaluation key. */
  readonly publicKey: PublicKey;
  /** 0 to 20. */
  readonly prefixBits: number;
  /** Entries in each range, filling included. */
  readonly rangeLength: number;
  /** The cost of one input. */
  readonly stretch: StretchProfile;
}

/** One published dataset, as far as a question needs it: counts and titles are for pages. */
export interface DatasetParameters {
  /** Its slug. */
  readonly dataset: string;
  readonly schemes: ReadonlyMap<string, SchemeParameters>;
}

/**
 * One scheme's parameters.
 *
 * @throws SchemeNotOffered the dataset has none of that name.
 */
export function schemeOf(dataset: DatasetParameters, name: string): SchemeParameters {
  const scheme = dataset.schemes.get(name);
  if (scheme === undefined) {
    throw new SchemeNotOffered('the dataset has no such scheme');
  }
  return scheme;
}

/**
 * The slug, if it can name a dataset in a URL.
 *
 * @throws InvalidInput it cannot.
 */
export function checkSlug(slug: string): string {
  if (!SLUG.test(slug)) {
    throw new InvalidInput("a dataset's name is 1 to 64 of a–z, 0–9 and hyphens");
  }
  return slug;
}

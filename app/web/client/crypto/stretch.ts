// Argon2id (RFC 9106): what makes one guess expensive.
//
// Two implementations of the same function: WebAssembly (hash-wasm), and plain JavaScript
// (noble-hashes) for where WebAssembly is missing or forbidden, as in a browser's lockdown mode:
// several times slower, the same bytes.

import { argon2idAsync } from '@noble/hashes/argon2.js';
import { argon2id } from 'hash-wasm';

import { StretchFailed, StretchRefused } from '../errors.ts';
import {
  checkClientAccepts,
  SALT_BYTES,
  type Stretched,
  STRETCHED_BYTES,
  type StretchProfile,
} from './profiles.ts';

/** Between 0 and 1, where it can be told: WebAssembly computes without a word until it is done. */
export type OnFraction = (fraction: number) => void;

/** One way to compute the stretch. */
export type Stretch = (
  profile: StretchProfile,
  salt: Uint8Array,
  encodedInput: Uint8Array,
  onFraction?: OnFraction,
) => Promise<Stretched>;

// The magic number and the version: the smallest module there is.
const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/**
 * Stretch one encoded input to 32 bytes, in the calling thread.
 *
 * @param salt the deployment's 16 public bytes.
 * @param encodedInput as `schemeInput` makes it.
 * @throws StretchRefused the salt has another length, or the cost is not acceptable.
 * @throws StretchFailed the memory for it could not be had.
 */
export const stretch: Stretch = (...question) =>
  hasWebAssembly() ? stretchByWebAssembly(...question) : stretchByScript(...question);

/** As `stretch`, by WebAssembly. */
export const stretchByWebAssembly: Stretch = (profile, salt, encodedInput) =>
  checked(profile, salt, () =>
    argon2id({
      password: encodedInput,
      salt,
      memorySize: profile.memoryKib,
      iterations: profile.iterations,
      parallelism: profile.parallelism,
      hashLength: STRETCHED_BYTES,
      outputType: 'binary',
    }),
  );

/** As `stretch`, in plain JavaScript. */
export const stretchByScript: Stretch = (profile, salt, encodedInput, onFraction) =>
  checked(profile, salt, () =>
    argon2idAsync(encodedInput, salt, {
      m: profile.memoryKib,
      t: profile.iterations,
      p: profile.parallelism,
      dkLen: STRETCHED_BYTES,
      ...(onFraction && { onProgress: byPercent(onFraction) }),
    }),
  );

/** Whether WebAssembly is there and may be used: a page's policy can forbid it. */
export function hasWebAssembly(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** A hundred reports at most, where the library makes some ten thousand. */
function byPercent(onFraction: OnFraction): OnFraction {
  let told = 0;
  return (fraction) => {
    if (fraction >= told + 0.01) {
      told = fraction;
      onFraction(fraction);
    }
  };
}

async function checked(
  profile: StretchProfile,
  salt: Uint8Array,
  compute: () => Promise<Uint8Array>,
): Promise<Stretched> {
  checkClientAccepts(profile);
  if (salt.length !== SALT_BYTES) {
    throw new StretchRefused(`a stretch salt has ${SALT_BYTES} bytes`);
  }
  try {
    return new Uint8Array(await compute()) as Stretched;
  } catch {
    throw new StretchFailed('Argon2id failed; most likely its memory could not be had');
  }
}

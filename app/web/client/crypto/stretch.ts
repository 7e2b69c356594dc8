// Argon2id (RFC 9106): what makes one guess expensive.
//
// Two implementations of the same function: WebAssembly (argon2id, of OpenPGP.js), and plain
// JavaScript (noble-hashes) for where WebAssembly is missing or forbidden, as in a browser's
// lockdown mode: several times slower, the same bytes.
//
// A thread has one memory for WebAssembly, and uses it again: Chromium reserves 10 GiB of addresses
// for each, has room for some hundred in a page with all its workers, and takes its time to collect
// those that nobody uses any more. A new one a stretch fails on a machine with many cores.

/*! argon2id (https://github.com/openpgpjs/argon2id) - MIT License (c) 2022 Proton AG, (c) 2017 Emil Bay */

import { argon2idAsync } from '@noble/hashes/argon2.js';
import plain from 'argon2id/dist/no-simd.wasm';
import simd from 'argon2id/dist/simd.wasm';
import setupWasm from 'argon2id/lib/setup.js';

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

/**
 * One way to stretch one encoded input to 32 bytes, in the calling thread.
 *
 * @param salt the deployment's 16 public bytes.
 * @param encodedInput as `schemeInput` makes it.
 * @throws StretchRefused the salt has another length, or the cost is not acceptable.
 * @throws StretchFailed the memory for it could not be had.
 */
export type Stretch = (
  profile: StretchProfile,
  salt: Uint8Array,
  encodedInput: Uint8Array,
  onFraction?: OnFraction,
) => Promise<Stretched>;

/** The best way that this thread has, which is found out at the first stretch. */
export function bestStretch(): Stretch {
  let finding: Promise<Stretch> | null = null;
  return async (...question) => {
    finding ??= stretchByWebAssembly().then((found) => found ?? stretchByScript);
    return (await finding)(...question);
  };
}

/** As `bestStretch`, the same one for all of a thread. */
export const stretch: Stretch = bestStretch();

/** By WebAssembly, in a memory of its own; null where that cannot be had. */
export async function stretchByWebAssembly(): Promise<Stretch | null> {
  let compute: Awaited<ReturnType<typeof setupWasm>>;
  try {
    compute = await setupWasm(
      (imports) => WebAssembly.instantiate(simd, imports),
      (imports) => WebAssembly.instantiate(plain, imports),
    );
  } catch {
    // Missing, forbidden by a policy, or no addresses left: what is left computes the same.
    return null;
  }
  return (profile, salt, encodedInput) =>
    checked(profile, salt, async () =>
      compute({
        password: encodedInput,
        salt,
        memorySize: profile.memoryKib,
        passes: profile.iterations,
        parallelism: profile.parallelism,
        tagLength: STRETCHED_BYTES,
      }),
    );
}

/** By plain JavaScript. */
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

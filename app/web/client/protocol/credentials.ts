// The personal credential, as far as a page needs it: a typing error is told before anything is
// sent.

import { sha256 } from '@noble/hashes/sha2.js';

import { concatenate, fromBase64url, lengthPrefixed, utf8 } from '../encoding.ts';
import { InvalidMessage } from '../errors.ts';

export const CREDENTIAL_PREFIX = 'concerne_';
const CHECK_LABEL = 'concerne/v1/credential/check';
const SECRET_BYTES = 32;
const CHECK_BYTES = 4;

/** Whether a text is a credential that was copied to the letter; whether it is taken is not told. */
export function isCredential(text: string): boolean {
  if (!text.startsWith(CREDENTIAL_PREFIX)) {
    return false;
  }
  try {
    const encoded = text.slice(CREDENTIAL_PREFIX.length);
    const packed = fromBase64url(encoded, 'the credential', SECRET_BYTES + CHECK_BYTES);
    const secret = packed.slice(0, SECRET_BYTES);
    const check = sha256(concatenate(lengthPrefixed(utf8(CHECK_LABEL)), secret));
    return packed.slice(SECRET_BYTES).every((byte, index) => byte === check[index]);
  } catch (error) {
    if (error instanceof InvalidMessage) {
      return false;
    }
    throw error;
  }
}

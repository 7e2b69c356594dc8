// What a check keeps in this browser, so that it goes on after a reload: encrypted, by keys that no
// script can read out, and erased with them at the end.
//
// Kept are, of each question that was answered, a keyed digest and where its element would stand in
// the published ranges: eight bytes that say nothing without the server. No cell of the list, no
// input, nothing stretched, no answer.

import { type Bytes, concatenate, lengthPrefixed, utf8 } from '../encoding.ts';
import type { Location } from '../protocol/fingerprints.ts';
import { FINGERPRINT_BYTES } from '../protocol/fingerprints.ts';
import { generateBlindingKey } from '../protocol/blinding.ts';

export const DATABASE = 'concerne-list';
const KEYS = 'keys';
const RECORDS = 'records';
const NAMES = ['blinding', 'digests', 'sealing'] as const;
const PLAN = 'plan';
const DIGEST_BYTES = 16;
const ENTRY_BYTES = DIGEST_BYTES + 4 + FINGERPRINT_BYTES;
const NONCE_BYTES = 12;

/** Keys of one list, made in this browser and never leaving it. */
interface Keys {
  readonly blinding: CryptoKey;
  readonly digests: CryptoKey;
  readonly sealing: CryptoKey;
}

/** How a check was begun, so that it is gone on with in the same way. */
export interface Plan {
  /** Of the file, by a key of this list. */
  readonly file: string;
  readonly dataset: string;
  /** Of a workbook, from 0. */
  readonly sheet: number;
  /** Each column's role, and which of day and month stands first. */
  readonly roles: readonly string[];
  readonly order: string;
  /** When it was begun, as milliseconds of the device's clock. */
  readonly begunAt: number;
}

/** Where the questions of one scheme and epoch would stand, by their digests. */
interface Entries {
  readonly scheme: string;
  readonly epoch: number;
  readonly packed: Bytes;
}

/** The state of one check; in memory only where the browser keeps nothing for a page. */
export class CheckState {
  readonly #database: IDBDatabase | null;
  #keys: Keys;

  private constructor(database: IDBDatabase | null, keys: Keys) {
    this.#database = database;
    this.#keys = keys;
  }

  /** Open what is there, or begin anew. */
  static async open(): Promise<CheckState> {
    const database = await openDatabase();
    const keys = database === null ? null : await readKeys(database);
    const state = new CheckState(database, keys ?? (await generateKeys()));
    if (keys === null) {
      await state.#writeKeys();
    }
    return state;
  }

  /** Whether it lasts over a reload. */
  get isKept(): boolean {
    return this.#database !== null;
  }

  get blindingKey(): CryptoKey {
    return this.#keys.blinding;
  }

  /** A name for a file, which nobody without this list's key can compute. */
  async nameOf(file: Uint8Array<ArrayBuffer>): Promise<string> {
    const content = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
    const digest = await this.#digest(concatenate(utf8('file'), content));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** How the check that is kept was begun, or null where there is none. */
  async plan(): Promise<Plan | null> {
    const sealed: unknown = await this.#get(PLAN);
    const opened = sealed === undefined ? null : await this.#unseal(PLAN, sealed);
    return opened === null ? null : (JSON.parse(new TextDecoder().decode(opened)) as Plan);
  }

  /** Begin a check: what an earlier one left is dropped. */
  async begin(plan: Plan): Promise<void> {
    const sealed = await this.#seal(PLAN, utf8(JSON.stringify(plan)));
    await this.#write((records) => {
      records.clear();
      records.put(sealed, PLAN);
    });
  }

  /** Keep where some questions of a scheme stand in an epoch. */
  async keep(
    scheme: string,
    epoch: number,
    inputs: readonly Bytes[],
    locations: readonly Location[],
  ): Promise<void> {
    const entries = await Promise.all(
      locations.map(async ({ prefix, fingerprint }, index) => {
        const place = new Uint8Array(4);
        new DataView(place.buffer).setUint32(0, prefix);
        const digest = await this.#digestOf(scheme, inputs[index] ?? new Uint8Array());
        return concatenate(digest, place, fingerprint);
      }),
    );
    const name = `entries/${crypto.randomUUID()}`;
    const header = utf8(JSON.stringify({ scheme, epoch }));
    const sealed = await this.#seal(name, concatenate(lengthPrefixed(header), ...entries));
    await this.#write((records) => records.put(sealed, name));
  }

  /**
   * Where a scheme's questions stand in an epoch, as far as it is kept.
   *
   * @returns by the questions' places in `inputs`.
   */
  async kept(
    scheme: string,
    epoch: number,
    inputs: readonly Bytes[],
  ): Promise<Map<number, Location>> {
    const byDigest = new Map<string, Location>();
    for (const entries of await this.#entries()) {
      if (entries.scheme === scheme && entries.epoch === epoch) {
        for (let at = 0; at + ENTRY_BYTES <= entries.packed.length; at += ENTRY_BYTES) {
          const entry = entries.packed.slice(at, at + ENTRY_BYTES);
          byDigest.set(entry.slice(0, DIGEST_BYTES).join(), {
            prefix: new DataView(entry.buffer).getUint32(DIGEST_BYTES),
            fingerprint: entry.slice(DIGEST_BYTES + 4),
          });
        }
      }
    }
    const found = new Map<number, Location>();
    if (byDigest.size > 0) {
      for (const [ordinal, input] of inputs.entries()) {
        const location = byDigest.get((await this.#digestOf(scheme, input)).join());
        if (location !== undefined) {
          found.set(ordinal, location);
        }
      }
    }
    return found;
  }

  /** Erase everything, keys first of all; what goes on after has new ones, and is not kept. */
  async erase(): Promise<void> {
    this.#keys = await generateKeys();
    this.#database?.close();
    await eraseState();
  }

  async #entries(): Promise<Entries[]> {
    const database = this.#database;
    if (database === null) {
      return [];
    }
    const range = IDBKeyRange.bound('entries/', 'entries/\uffff');
    const records = database.transaction(RECORDS).objectStore(RECORDS);
    const [names, values] = await Promise.all([
      settled(records.getAllKeys(range)),
      settled(records.getAll(range)),
    ]);
    const opened = await Promise.all(
      values.map((value: unknown, index) => this.#unseal(String(names[index]), value)),
    );
    return opened.flatMap((bytes) => {
      // What cannot be opened is asked again; it is not an answer.
      if (bytes === null) {
        return [];
      }
      const length = new DataView(bytes.buffer).getUint16(0);
      const header = new TextDecoder().decode(bytes.slice(2, 2 + length));
      const { scheme, epoch } = JSON.parse(header) as Omit<Entries, 'packed'>;
      return [{ scheme, epoch, packed: bytes.slice(2 + length) }];
    });
  }

  async #digestOf(scheme: string, input: Bytes): Promise<Bytes> {
    return this.#digest(concatenate(lengthPrefixed(utf8(scheme)), input));
  }

  async #digest(message: Bytes): Promise<Bytes> {
    const digest = await crypto.subtle.sign('HMAC', this.#keys.digests, message);
    return new Uint8Array(digest).slice(0, DIGEST_BYTES);
  }

  /** Encrypt a record, bound to its name. */
  async #seal(name: string, clear: Bytes): Promise<Bytes> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(name) };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#keys.sealing, clear);
    return concatenate(iv, new Uint8Array(sealed));
  }

  /** Decrypt a record, or return null for one that is not what was written. */
  async #unseal(name: string, sealed: unknown): Promise<Bytes | null> {
    if (!(sealed instanceof Uint8Array)) {
      return null;
    }
    const iv = sealed.slice(0, NONCE_BYTES);
    const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(name) };
    try {
      const clear = await crypto.subtle.decrypt(
        algorithm,
        this.#keys.sealing,
        sealed.slice(NONCE_BYTES),
      );
      return new Uint8Array(clear);
    } catch {
      return null;
    }
  }

  async #get(name: string): Promise<unknown> {
    return this.#database === null
      ? undefined
      : settled(this.#database.transaction(RECORDS).objectStore(RECORDS).get(name));
  }

  async #write(change: (records: IDBObjectStore) => void): Promise<void> {
    if (this.#database !== null) {
      const transaction = this.#database.transaction(RECORDS, 'readwrite');
      change(transaction.objectStore(RECORDS));
      await completed(transaction);
    }
  }

  async #writeKeys(): Promise<void> {
    if (this.#database !== null) {
      const transaction = this.#database.transaction(KEYS, 'readwrite');
      for (const name of NAMES) {
        transaction.objectStore(KEYS).put(this.#keys[name], name);
      }
      await completed(transaction);
    }
  }
}

/** Erase what any check has left in this browser. */
export async function eraseState(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.deleteDatabase(DATABASE);
    } catch {
      // Where nothing can be kept, nothing is.
      resolve();
      return;
    }
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('the state of the check could not be erased'));
  });
}

/** Whether a check may have left something in this browser; asking leaves nothing. */
export async function isStateThere(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
  } catch {
    // A browser that cannot tell: whoever opens the state sees, and erases what is empty.
    return true;
  }
}

/** The database, or null in a browser that keeps none for a page. */
function openDatabase(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(DATABASE, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS);
      request.result.createObjectStore(RECORDS);
    };
    request.onsuccess = () => {
      // Another window of this page may erase it.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
  });
}

async function readKeys(database: IDBDatabase): Promise<Keys | null> {
  const store = database.transaction(KEYS).objectStore(KEYS);
  const [blinding, digests, sealing] = await Promise.all(
    NAMES.map((name) => settled<unknown>(store.get(name))),
  );
  const areKeys = [blinding, digests, sealing].every((key) => key instanceof CryptoKey);
  return areKeys ? ({ blinding, digests, sealing } as Keys) : null;
}

async function generateKeys(): Promise<Keys> {
  const { subtle } = crypto;
  const [blinding, digests, sealing] = await Promise.all([
    generateBlindingKey(),
    subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
    subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
  ]);
  return { blinding, digests, sealing };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error('the state of the check could not be read'));
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('the state of the check could not be written'));
    transaction.oncomplete = () => resolve();
    transaction.onerror = fail;
    transaction.onabort = fail;
  });
}

// The few parts of Node.js that the tests use, instead of a package with all of them.

declare module 'node:test' {
  type Body = () => void | Promise<void>;
  export function test(name: string, body: Body): Promise<void>;
  export function describe(name: string, body: () => void): Promise<void>;
}

declare module 'node:assert/strict' {
  type Refusal = (new (...args: never[]) => Error) | ((error: unknown) => boolean);
  export function deepEqual(actual: unknown, expected: unknown, message?: string): void;
  export function equal(actual: unknown, expected: unknown, message?: string): void;
  export function notEqual(actual: unknown, expected: unknown, message?: string): void;
  export function ok(value: unknown, message?: string): asserts value;
  export function rejects(promise: Promise<unknown>, refusal?: Refusal): Promise<void>;
  export function throws(block: () => unknown, refusal?: Refusal): void;
}

declare module 'node:process' {
  export const argv: readonly string[];
  export const stdin: AsyncIterable<Uint8Array>;
}

declare module 'node:worker_threads' {
  export class Worker {
    constructor(code: string, options: { readonly eval: true; readonly workerData: string });
    on(event: 'message', listener: (data: unknown) => void): void;
    on(event: 'error', listener: () => void): void;
    postMessage(message: unknown): void;
    terminate(): Promise<number>;
  }
}

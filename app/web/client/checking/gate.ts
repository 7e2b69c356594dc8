// Where a check stands still: while a person wants it to, and until somebody has signed in again.

/** Raised where a check is to end with what it has. */
export class Stopped extends Error {}

/** A gate that is open, shut, or taken away for good. */
export class Gate {
  readonly #waiting: { readonly resolve: () => void; readonly reject: (e: Error) => void }[] = [];
  #isOpen = true;
  #isStopped = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  shut(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    for (const { resolve } of this.#waiting.splice(0)) {
      resolve();
    }
  }

  /** Let nobody through any more. */
  stop(): void {
    this.#isStopped = true;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Stopped('the check was stopped'));
    }
  }

  /** @throws Stopped the check is to end. */
  async pass(): Promise<void> {
    if (this.#isStopped) {
      throw new Stopped('the check was stopped');
    }
    if (!this.#isOpen) {
      await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }
  }

  /** Wait so long, or until it is stopped. */
  async pause(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      await this.pass();
      const step = Math.min(250, end - Date.now());
      await new Promise((resolve) => setTimeout(resolve, step));
    }
    await this.pass();
  }
}

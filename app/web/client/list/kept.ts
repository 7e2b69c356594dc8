// What this browser keeps of a check: until it is handed over, or until nobody came back to it.

import { CheckState, eraseState, isStateThere, type Plan } from '../checking/state.ts';

const DAY_MILLISECONDS = 86_400_000;
// What nobody came back to in this time is erased.
const KEPT_DAYS = 7;

export class Kept {
  #state: CheckState | null = null;

  /** What is open, or null before anything is. */
  get state(): CheckState | null {
    return this.#state;
  }

  /** Open what is kept, or begin it. */
  async open(): Promise<CheckState> {
    this.#state ??= await CheckState.open();
    return this.#state;
  }

  /** The check that is kept, unless nobody came back to it in time. */
  async plan(): Promise<Plan | null> {
    if (this.#state === null && !(await isStateThere())) {
      return null;
    }
    const plan = await (await this.open()).plan();
    if (plan !== null && Date.now() - plan.begunAt < KEPT_DAYS * DAY_MILLISECONDS) {
      return plan;
    }
    await this.erase();
    return null;
  }

  /** Erase what is kept; what goes on after begins anew. */
  async erase(): Promise<void> {
    const state = this.#state;
    this.#state = null;
    await (state === null ? eraseState() : state.erase());
  }
}

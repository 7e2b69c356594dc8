// What the page says while a check runs: often for who sees it, seldom for who hears it.

import type { Gate } from '../checking/gate.ts';
import type { Allowance } from '../checking/remote.ts';
import { counted, required, say, worded } from './elements.ts';
import { Pace } from './pace.ts';

// Who listens is told each tenth, and when something changes.
const HEARD_SHARE = 0.1;

/** The step of a check that runs. */
export class Running {
  readonly #document: Document;
  readonly #bar: HTMLProgressElement;
  readonly #numbers: HTMLElement;
  readonly #heard: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #pace = new Pace();
  #gate: Gate | null = null;
  #done = 0;
  #total = 0;
  #heardShare = 0;

  constructor(document: Document) {
    this.#document = document;
    this.#bar = required(document, 'run-bar');
    this.#numbers = required(document, 'run-numbers');
    this.#heard = required(document, 'run-status');
    this.#button = required(document, 'pause');
    this.#button.addEventListener('click', () => this.#turn());
  }

  /** A check of so many questions begins. */
  begin(gate: Gate, total: number): void {
    this.#gate = gate;
    this.#total = total;
    this.#heardShare = 0;
    this.#button.textContent = worded(this.#document, 'text-pause');
    this.#pace.restart(seconds(), 0);
    this.#write(0, total);
    this.tell('text-running');
  }

  /** So many questions are computed. */
  progressed(done: number, total: number): void {
    if (this.#done === 0 || done < this.#done) {
      // What an earlier run left came at once, and a new key begins again: neither is a pace.
      this.#pace.restart(seconds(), done);
    }
    this.#pace.mark(seconds(), done);
    this.#write(done, total);
    const share = total === 0 ? 1 : done / total;
    if (share >= this.#heardShare + HEARD_SHARE || share < this.#heardShare) {
      this.#heardShare = share;
      say(this.#heard, this.#words());
    }
  }

  /** Say so before hours of computing where a quota cannot suffice. */
  tellQuota(
    totals: ReadonlyMap<string, number>,
    schemes: ReadonlyMap<string, Allowance>,
  ): void {
    const short = [...totals].flatMap(([scheme, total]) => {
      const quota = schemes.get(scheme)?.quota ?? total;
      const numbers = [total, quota].map((count) => counted(this.#document, count));
      return quota < total ? [worded(this.#document, 'text-quota-short', scheme, ...numbers)] : [];
    });
    const advice = short.length === 0 ? [] : [worded(this.#document, 'text-quota-advice')];
    say(required(this.#document, 'quota-note'), [...short, ...advice].join(' '));
  }

  /** Say something that is heard too. */
  tell(id: string, ...values: readonly string[]): void {
    say(this.#heard, worded(this.#document, id, ...values));
  }

  #turn(): void {
    const gate = this.#gate;
    if (gate === null) {
      return;
    }
    if (gate.isOpen) {
      gate.shut();
    } else {
      gate.open();
      this.#pace.restart(seconds(), this.#done);
    }
    this.#button.textContent = worded(
      this.#document,
      gate.isOpen ? 'text-pause' : 'text-continue',
    );
    this.tell(gate.isOpen ? 'text-running' : 'text-paused');
  }

  #write(done: number, total: number): void {
    this.#done = done;
    this.#bar.max = Math.max(total, 1);
    this.#bar.value = done;
    this.#numbers.textContent = this.#words();
  }

  #words(): string {
    const count = (number: number): string => counted(this.#document, number);
    const parts = [worded(this.#document, 'text-done', count(this.#done), count(this.#total))];
    const rate = this.#pace.perSecond;
    if (rate !== null) {
      parts.push(worded(this.#document, 'text-rate', count(Math.max(1, Math.round(rate)))));
    }
    const left = this.#pace.left(this.#total - this.#done);
    if (left !== null) {
      parts.push(worded(this.#document, `text-left-${left.unit}`, count(left.count)));
    }
    return parts.join(' ');
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

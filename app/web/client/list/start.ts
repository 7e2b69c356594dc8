// The laboratory's page: from signing in to the work list, in the order in which it goes.

import { remedyFor, STOPS, type StopSlug } from '../checking/failures.ts';
import { Gate } from '../checking/gate.ts';
import { type Client, LaboratoryServer } from '../checking/remote.ts';
import type { Observer } from '../checking/run.ts';
import { DATABASE, type Plan } from '../checking/state.ts';
import { InvalidSource, type Table } from '../reading/sources/rows.ts';
import type { Order } from '../reading/suggestion/recognition.ts';
import { type Role, ROLES } from '../reading/suggestion/roles.ts';
import { SignInAgain } from './again.ts';
import { breath, checkList } from './check.ts';
import { FileChoice } from './choosing.ts';
import { askableSchemes, ColumnsForm } from './columns.ts';
import { counted, required, say, worded } from './elements.ts';
import { Kept } from './kept.ts';
import { openList } from './opening.ts';
import { Result } from './result.ts';
import { Running } from './running.ts';
import { SignIn } from './signin.ts';
import { showStep } from './steps.ts';
import { isOnlyWindow } from './windows.ts';

/** Take over the page, if it is the laboratory's. */
export function startList(document: Document): void {
  const script = document.currentScript;
  if (document.getElementById('list') !== null && script instanceof HTMLScriptElement) {
    new ListPage(document, script.src).open();
  }
}

/** How a list is read: what was confirmed, or what an earlier run had confirmed. */
interface Reading {
  readonly roles: readonly Role[];
  readonly order: Order;
}

class ListPage {
  readonly #document: Document;
  readonly #script: string;
  readonly #server: LaboratoryServer;
  readonly #signIn: SignIn;
  readonly #columns: ColumnsForm;
  readonly #running: Running;
  readonly #signInAgain: SignInAgain;
  readonly #result: Result;
  readonly #choice: FileChoice;
  readonly #kept = new Kept();
  #client: Client | null = null;
  #table: Table | null = null;
  #file: File | null = null;
  #fileName = '';
  #gate: Gate | null = null;
  #isUnsaved = false;
  #isFinished = false;

  constructor(document: Document, script: string) {
    this.#document = document;
    this.#script = script;
    this.#server = new LaboratoryServer(document.location.origin);
    this.#signIn = new SignIn(document);
    this.#columns = new ColumnsForm(document);
    this.#running = new Running(document);
    this.#signInAgain = new SignInAgain(document, this.#signIn, this.#running);
    this.#result = new Result(document, () => this.#attend(this.#handedOver()));
    this.#choice = new FileChoice(document, (file) => this.#attend(this.#read(file)));
  }

  /** Listen, find out who is there, and show the first step. */
  open(): void {
    required(this.#document, 'late').remove();
    if (typeof globalThis.crypto?.subtle === 'undefined') {
      this.#fail('text-insecure');
      return;
    }
    this.#listen();
    this.#sheet.addEventListener('change', () => this.#attend(this.#changeSheet()));
    this.#attend(this.#begin());
  }

  /** Say so where something fails that nobody else says anything of. */
  #attend(doing: Promise<void>): void {
    doing.catch(() => this.#fail('text-failed'));
  }

  /** Begin, unless another window of this browser is at it: the two would share one state. */
  async #begin(): Promise<void> {
    if (await isOnlyWindow(DATABASE)) {
      await this.#enter(true);
    } else {
      this.#fail('text-other-window');
    }
  }

  #listen(): void {
    const on = (id: string, does: () => Promise<void>): void =>
      required(this.#document, id).addEventListener('click', () => this.#attend(does()));
    on('sign-out', () => this.#leave());
    on('begin', () => this.#confirm());
    on('other-file', () => this.#askForFile());
    required(this.#document, 'again').addEventListener('click', () => {
      // From the start, whatever it was: what was done is kept.
      this.#document.location.reload();
    });
    on('finish', () => this.#forget());
    required(this.#document, 'finish-early').addEventListener('click', () => {
      this.#signInAgain.giveUp();
    });
    for (const id of ['forget', 'forget-run']) {
      on(id, async () => {
        // Hours of computing are not to be lost by one press beside another button.
        if (confirm(worded(this.#document, 'text-forget'))) {
          await this.#forget();
        }
      });
    }
    this.#document.defaultView?.addEventListener('beforeunload', (event) => {
      if (this.#isUnsaved) {
        event.preventDefault();
      }
    });
  }

  /** Go to the file if somebody is signed in, else to the form for it. */
  async #enter(isFirst = false): Promise<void> {
    try {
      this.#client = await this.#server.client();
    } catch (error) {
      if (remedyFor(error) === 'sign-in') {
        this.#askToSignIn(isFirst);
      } else {
        this.#fail('text-unreachable');
      }
      return;
    }
    await this.#askForFile(isFirst);
  }

  #askToSignIn(isFirst: boolean): void {
    this.#signIn.ask(required(this.#document, 'signin-place'), () =>
      this.#attend(this.#enter()),
    );
    showStep(this.#document, 'signin', isFirst);
  }

  async #askForFile(isFirst = false): Promise<void> {
    this.#drop();
    const name = [this.#client?.person, this.#client?.organisation].join(', ');
    required(this.#document, 'who').textContent = worded(this.#document, 'text-who', name);
    const plan = await this.#kept.plan();
    const notice = required(this.#document, 'unfinished');
    notice.hidden = plan === null;
    if (plan !== null) {
      const language = this.#document.documentElement.lang;
      const day = new Date(plan.begunAt).toLocaleString(language, {
        dateStyle: 'long',
        timeStyle: 'short',
      });
      required(this.#document, 'unfinished-text').textContent = worded(
        this.#document,
        'text-unfinished',
        day,
      );
      this.#dataset.value = plan.dataset;
    }
    say(required(this.#document, 'file-fault'), '');
    showStep(this.#document, 'file', isFirst);
  }

  async #read(file: File): Promise<void> {
    this.#choice.clear();
    const fault = required(this.#document, 'file-fault');
    const status = required(this.#document, 'file-status');
    say(fault, '');
    say(status, worded(this.#document, 'text-reading'));
    let plan: Plan | null = null;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      // The words are painted before the page is busy.
      await breath();
      this.#table = openList(bytes);
      plan = await this.#kept.plan();
      this.#fileName = await (await this.#kept.open()).nameOf(bytes);
      this.#file = file;
      if (plan?.file === this.#fileName) {
        this.#table = openList(bytes, plan.sheet);
      }
    } catch (error) {
      this.#table = null;
      const kind = error instanceof InvalidSource ? error.fault : 'damaged';
      say(fault, worded(this.#document, `text-source-${kind}`));
      return;
    } finally {
      say(status, '');
    }
    if (plan !== null) {
      if (plan.file !== this.#fileName) {
        this.#table = null;
        say(fault, worded(this.#document, 'text-other-file'));
        return;
      }
      this.#dataset.value = plan.dataset;
      const roles = plan.roles.map((each) => ROLES.find((role) => role === each) ?? 'none');
      await this.#run({ roles, order: plan.order === 'month' ? 'month' : 'day' }, true);
      return;
    }
    this.#showColumns(this.#table);
  }

  #showColumns(table: Table): void {
    const { sheets, sheet } = table.found;
    const rows = counted(this.#document, table.rows.length);
    required(this.#document, 'rows-read').textContent = worded(
      this.#document,
      'text-rows-read',
      rows,
    );
    required(this.#document, 'sheet-field').hidden = sheets.length < 2;
    this.#sheet.replaceChildren(
      ...sheets.map((name, place) => new Option(name, String(place), false, place === sheet)),
    );
    this.#columns.show(table);
    say(required(this.#document, 'columns-fault'), '');
    showStep(this.#document, 'columns');
  }

  /** Read the sheet that was chosen in the place of the one before. */
  async #changeSheet(): Promise<void> {
    const bytes = new Uint8Array((await this.#file?.arrayBuffer()) ?? []);
    const chosen = Number(this.#sheet.value);
    try {
      const table = openList(bytes, chosen);
      this.#table = table;
      this.#showColumns(table);
      this.#sheet.focus();
    } catch (error) {
      // What is shown goes on being the sheet that was read.
      this.#sheet.value = String(this.#table?.found.sheet ?? 0);
      const kind = error instanceof InvalidSource ? error.fault : 'damaged';
      say(required(this.#document, 'columns-fault'), worded(this.#document, `text-source-${kind}`));
    }
  }

  async #confirm(): Promise<void> {
    const { roles, order } = this.#columns;
    if (this.#schemes(roles).length === 0) {
      say(required(this.#document, 'columns-fault'), worded(this.#document, 'text-no-scheme'));
      return;
    }
    await this.#run({ roles, order }, false);
  }

  /** The schemes that are granted, offered, and can be asked of these columns. */
  #schemes(roles: readonly Role[]): string[] {
    const option = this.#dataset.selectedOptions[0];
    const offered = (option?.dataset['schemes'] ?? '').split(' ');
    const granted = this.#client?.schemes ?? new Map<string, never>();
    return askableSchemes(
      roles,
      offered.filter((scheme) => granted.has(scheme)),
    );
  }

  async #run({ roles, order }: Reading, isResumed: boolean): Promise<void> {
    const table = this.#table;
    const state = this.#kept.state;
    if (table === null || state === null) {
      return;
    }
    const schemes = this.#schemes(roles);
    if (schemes.length === 0) {
      // What was granted or is published has changed since the check was begun; it may change back.
      this.#fail('text-no-scheme');
      return;
    }
    const gate = new Gate();
    this.#gate = gate;
    // What is kept is gone on with after a reload; else leaving the page would lose it.
    this.#isUnsaved = !state.isKept;
    this.#signInAgain.hide();
    showStep(this.#document, 'run');
    const dataset = this.#dataset.value;
    try {
      if (!isResumed) {
        const file = this.#fileName;
        const { sheet } = table.found;
        await state.begin({ file, dataset, sheet, roles, order, begunAt: Date.now() });
      }
      const { findings, stopped } = await checkList({
        table,
        roles,
        order,
        schemes,
        dataset,
        state,
        gate,
        server: this.#server,
        observer: this.#observer(),
        startWorker: () => new Worker(this.#script),
        onQuestions: (totals) => {
          this.#running.begin(gate, [...totals.values()].reduce((all, each) => all + each, 0));
          this.#running.tellQuota(totals, this.#client?.schemes ?? new Map());
        },
      });
      if (gate.isStopped) {
        return;
      }
      this.#isUnsaved = true;
      this.#isFinished = stopped === '';
      this.#result.show(table, findings, {
        title: this.#dataset.selectedOptions[0]?.textContent ?? dataset,
        schemes,
        stopped: this.#stopWords(stopped),
      });
      showStep(this.#document, 'result');
    } catch {
      // What was given up may end in any way: what it was writing to is gone.
      if (!gate.isStopped) {
        this.#isUnsaved = false;
        this.#fail('text-failed');
      }
    }
  }

  #observer(): Observer {
    const running = this.#running;
    return {
      progressed: (done, total) => running.progressed(done, total),
      waiting: (seconds) => {
        if (seconds === null) {
          running.tell('text-running');
        } else {
          running.tell('text-waiting', counted(this.#document, Math.ceil(seconds)));
        }
      },
      signIn: () => this.#signInAgain.ask(),
    };
  }

  /** What ended a check before its end, in the page's words and in the work list's. */
  #stopWords(stopped: '' | StopSlug): { readonly told: string; readonly reason: string } | null {
    return stopped === ''
      ? null
      : { told: worded(this.#document, `text-stopped-${stopped}`), reason: STOPS[stopped] };
  }

  /** The work list was handed over: of one that is finished, nothing stays in the browser. */
  async #handedOver(): Promise<void> {
    this.#isUnsaved = false;
    if (this.#isFinished) {
      await this.#kept.erase();
    }
    const text = this.#isFinished ? 'text-kept' : 'text-kept-unfinished';
    say(required(this.#document, 'kept'), worded(this.#document, text));
  }

  async #forget(): Promise<void> {
    this.#gate?.stop();
    await this.#kept.erase();
    await this.#enter();
  }

  async #leave(): Promise<void> {
    await this.#signIn.out();
    this.#client = null;
    this.#drop();
    this.#askToSignIn(false);
  }

  /** Take the list off the page and out of its memory. */
  #drop(): void {
    this.#table = null;
    this.#file = null;
    this.#isUnsaved = false;
    this.#columns.clear();
    this.#result.clear();
    say(required(this.#document, 'kept'), '');
  }

  #fail(text: string): void {
    required(this.#document, 'failure').textContent = worded(this.#document, text);
    showStep(this.#document, 'failed');
  }

  get #sheet(): HTMLSelectElement {
    return required(this.#document, 'sheet');
  }

  get #dataset(): HTMLSelectElement {
    return required(this.#document, 'dataset');
  }
}

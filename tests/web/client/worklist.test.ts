// What is said of a row, and how it is written down.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { strFromU8, unzipSync } from 'fflate';

import { type Answered, judge } from '../../../app/web/client/checking/verdicts.ts';
import { Pace } from '../../../app/web/client/list/pace.ts';
import { isCredential } from '../../../app/web/client/protocol/credentials.ts';
import type { Faults } from '../../../app/web/client/reading/records.ts';
import { openTable } from '../../../app/web/client/reading/sources/opening.ts';
import type { Table } from '../../../app/web/client/reading/sources/rows.ts';
import type { Role } from '../../../app/web/client/reading/suggestion/roles.ts';
import { ADDED, countsOf, type Finding, reasonsOf } from '../../../app/web/client/worklist/columns.ts';
import { channelsOf } from '../../../app/web/client/worklist/recipients.ts';
import { guarded } from '../../../app/web/client/worklist/guarding.ts';
import {
  summaryNumbers,
  TooLong,
  worklistRows,
  writeCsv,
  writeWorkbook,
} from '../../../app/web/client/worklist/writing.ts';

const FINE: Faults = { values: [], row: '' };
const ALL = ['nir-dob', 'nir', 'name-dob', 'email', 'phone'];
const faulty = (...fields: string[]): Faults => ({
  values: fields.map((field): [string, string] => [field, 'format']),
  row: '',
});

describe('what is said of a row', () => {
  const cases: [string, Answered[], Faults, string][] = [
    ['all no', [['nir', false], ['phone', false]], FINE, 'not exposed'],
    ['one yes', [['nir', false], ['phone', true]], FINE, 'exposed'],
    ['one yes beside a fault', [['phone', true]], faulty('nir'), 'exposed'],
    ['one yes beside an unanswered one', [['nir', null], ['phone', true]], FINE, 'exposed'],
    ['one unanswered', [['nir', false], ['phone', null]], FINE, 'could not be checked'],
    ['nothing asked', [], FINE, 'could not be checked'],
    ['a fault stronger than what was asked', [['phone', false]], faulty('nir'), 'could not be checked'],
    ['a fault as strong', [['email', false]], faulty('phone'), 'could not be checked'],
    ['a fault weaker than what was asked', [['nir', false]], faulty('phone'), 'not exposed'],
    ['a ragged row', [], { values: [], row: 'columns' }, 'could not be checked'],
    [
      'too many readings',
      [['nir', false]],
      { values: [], row: 'too many other readings' },
      'could not be checked',
    ],
    ['a scheme without a rank', [['other', false]], faulty('phone'), 'could not be checked'],
  ];
  for (const [name, answers, faults, outcome] of cases) {
    test(`${name}: ${outcome}`, () => {
      const verdict = judge(answers, faults, ALL, 'the quota is spent');
      equal(verdict.outcome, outcome);
      equal(verdict.reason === '', verdict.outcome !== 'could not be checked' && faults === FINE);
    });
  }

  test('no row without an answered question is a no, whatever else there is', () => {
    for (const faults of [FINE, faulty('nir'), faulty('phone', 'nir')]) {
      for (const answers of [[], [['nir', null]], [['nir', null], ['phone', false]]] as Answered[][]) {
        equal(judge(answers, faults, ALL, 'x').outcome, 'could not be checked');
      }
    }
  });

  test('the reason is in words, and has no value', () => {
    const faults: Faults = { values: [['nir', 'key'], ['phone', 'format']], row: '' };
    equal(judge([], faults, ALL, '').reason, 'NIR: key digits wrong; phone: not readable');
    equal(judge([['nir', null]], FINE, ALL, 'the quota is spent').reason, 'not asked: the quota is spent');
    equal(judge([], FINE, ALL, '').reason, 'no usable identifier');
    const unasked = { ...FINE, isUnasked: true };
    equal(judge([], unasked, ALL, '').reason, 'only identifiers that are not asked');
  });
});

describe('how a person can be told', () => {
  const columns = new Map<Role, number[]>([
    ['surname', [0]],
    ['address', [1]],
    ['postcode', [2]],
    ['town', [3]],
    ['email', [4]],
    ['phone', [5]],
  ]);
  for (const [cells, channels] of [
    [['LE GOFF', '1 rue X', '56000', 'Vannes', 'a@x.example', '01 99 00 12 34'], ['post', 'e-mail', 'phone']],
    [['LE GOFF', '', '56000', 'Vannes', 'a@x', 'NC'], []],
    [['', '1 rue X', '56000', 'Vannes', 'a@x.example ; b@x.example', ''], ['e-mail']],
  ] as const) {
    test(channels.join(', ') || 'not at all', () => deepEqual(channelsOf(cells, columns), channels));
  }
});

const TABLE: Table = {
  header: ['NIR', 'NOM'],
  rows: [
    { line: 2, cells: ['185055695004846', '=1+1'], isRagged: false },
    { line: 3, cells: ['1', 'a"b;c\nd', 'beyond'], isRagged: true },
    { line: 4, cells: ['@x', '<Zoé & _x0041_>'], isRagged: false },
  ],
  found: { format: 'delimited', sheets: [], sheet: 0 },
};
const FINDINGS: Finding[] = [
  { outcome: 'exposed', reason: '', schemes: ['nir', 'phone'], channels: ['post', 'e-mail'] },
  { outcome: 'could not be checked', reason: 'no usable identifier', schemes: [], channels: [] },
  { outcome: 'not exposed', reason: '', schemes: [], channels: [] },
];
const LAST = 'could not be checked;no usable identifier;;';

describe('a work list', () => {
  test('as CSV for a French spreadsheet, in which nothing is computed', async () => {
    const bytes = new Uint8Array(await writeCsv(TABLE, FINDINGS).arrayBuffer());
    deepEqual([...bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
    equal(
      new TextDecoder().decode(bytes),
      [
        `NIR;NOM;${ADDED.join(';')}`,
        "185055695004846;'=1+1;exposed;;nir, phone;post, e-mail",
        `1;"a""b;c\nd;beyond";${LAST}`,
        "'@x;<Zoé & _x0041_>;not exposed;;;",
        '',
      ].join('\r\n'),
    );
  });

  for (const cell of ['=1', '+1', '-1', '@x', '\tx', '\rx', '\n=1', '＝1', "'=1", "''-1"]) {
    test(`${JSON.stringify(cell)} stays text`, () => equal(guarded(cell), `'${cell}`));
  }

  test('an apostrophe of somebody’s name is left alone', () => equal(guarded("'t Hooft"), "'t Hooft"));

  test('as a workbook that reads back as what was written', async () => {
    const counts = countsOf(FINDINGS);
    const texts = {
      sheet: 'Bilan',
      list: 'Liste & co',
      lines: [['Figurent', 1], ['En tout', 3]] as const,
    };
    const bytes = new Uint8Array(await writeWorkbook(TABLE, FINDINGS, texts).arrayBuffer());
    const list = openTable(bytes);
    deepEqual(list.found, { format: 'xlsx', sheets: ['Liste & co', 'Bilan'], sheet: 0 });
    deepEqual(
      [list.header, ...list.rows.map(({ cells }) => cells)],
      [...worklistRows(TABLE, FINDINGS)],
    );
    const summary = strFromU8(unzipSync(bytes)['xl/worksheets/sheet2.xml'] ?? new Uint8Array());
    ok(summary.includes('Figurent</t></is></c><c><v>1</v></c>'));
    deepEqual(summaryNumbers(counts), [1, 1, 1, 3]);
  });

  test('a column without a name gets one', () => {
    const table = { ...TABLE, header: ['NIR', ''] };
    deepEqual([...worklistRows(table, FINDINGS)][0]?.slice(0, 2), ['NIR', 'column_2']);
  });

  test('what a workbook cannot hold is not cut, and can be had as CSV', async () => {
    const long = 'x'.repeat(32_768);
    const rows = [{ line: 2, cells: ['1', long], isRagged: false }, ...TABLE.rows.slice(1)];
    const table = { ...TABLE, rows };
    const texts = { sheet: 'Bilan', list: 'Liste', lines: [] };
    throws(() => writeWorkbook(table, FINDINGS, texts), TooLong);
    ok((await writeCsv(table, FINDINGS).text()).includes(long));
  });

  test('reasons are counted, the most frequent first', () => {
    const unchecked = (reason: string): Finding => ({ ...FINDINGS[1]!, reason });
    const findings = [unchecked('b'), unchecked('c'), unchecked('a'), unchecked('c'), ...FINDINGS];
    deepEqual(reasonsOf(findings), [['c', 2], ['a', 1], ['b', 1], ['no usable identifier', 1]]);
  });

  test('the three numbers add up to the rows', () => {
    const [exposed, not, unchecked, rows] = summaryNumbers(countsOf(FINDINGS));
    equal(exposed + not + unchecked, rows);
    equal(rows, TABLE.rows.length);
  });
});

describe('how long it will take', () => {
  test('is told from the pace, and not before there is one', () => {
    const pace = new Pace();
    pace.restart(0, 0);
    pace.mark(1, 10);
    equal(pace.left(100), null);
    pace.mark(10, 100);
    equal(pace.perSecond, 10);
    deepEqual(pace.left(500), { unit: 'soon', count: 1 });
    deepEqual(pace.left(6000), { unit: 'minutes', count: 10 });
    deepEqual(pace.left(72_000), { unit: 'hours', count: 2 });
  });

  test('is of the last minutes, and a pause is no part of it', () => {
    const pace = new Pace();
    pace.restart(0, 0);
    for (let second = 1; second <= 1000; second += 1) {
      pace.mark(second, second <= 500 ? second : 500 + (second - 500) * 2);
    }
    equal(pace.perSecond, 2);
    pace.restart(5000, 1500);
    equal(pace.perSecond, null);
  });

  test('standing still is no pace', () => {
    const pace = new Pace();
    pace.restart(0, 5);
    pace.mark(10, 5);
    equal(pace.left(1), null);
  });
});

describe('a credential', () => {
  // Of the bytes 0 to 31, by the Python twin.
  const given = 'concerne_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9RiNZW';

  test('that was copied to the letter is one', () => ok(isCredential(given)));

  test('with any letter changed, left out or added is none', () => {
    for (let at = 0; at < given.length; at += 1) {
      const letter = given[at] === 'x' ? 'y' : 'x';
      ok(!isCredential(given.slice(0, at) + letter + given.slice(at + 1)), String(at));
      ok(!isCredential(given.slice(0, at) + given.slice(at + 1)), String(at));
    }
    for (const text of ['', 'concerne_', `${given}A`, ` ${given}`, 'é'.repeat(57)]) {
      ok(!isCredential(text));
    }
  });
});

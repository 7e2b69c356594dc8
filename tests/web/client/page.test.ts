// The parts of the page that need no page: how a number is grouped, and what a question came to.

import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as errors from '../../../app/web/client/errors.ts';
import { cursorAfter, grouped, significant } from '../../../app/web/client/page/grouping.ts';
import { remarkOn } from '../../../app/web/client/page/numberfield.ts';
import {
  type Cause,
  outcomeOf,
  outcomeOfError,
  waitOf,
} from '../../../app/web/client/page/outcome.ts';

describe('a number in its groups', () => {
  for (const [typed, shown] of [
    ['', ''],
    ['1', '1'],
    ['185', '1 85'],
    ['185055695004846', '1 85 05 56 950 048 46'],
    ['1-85.05\u00a02a_950\u202f048', '1 85 05 2A 950 048'],
    ['1850556950048461234', '1 85 05 56 950 048 46 1234'],
    ['1 85 O5', '1 85 O5'],
    ['1 85 05 é', '1 85 05 é'],
  ] as const) {
    test(`${JSON.stringify(typed)} is ${JSON.stringify(shown)}`, () => {
      equal(grouped(typed), shown);
      equal(grouped(shown), shown);
      equal(significant(grouped(typed)), significant(typed));
    });
  }

  test('the cursor stays behind the same character', () => {
    const text = '1 85 05 56 950 048 46';
    for (let characters = 0; characters <= 15; characters += 1) {
      equal(significant(text.slice(0, cursorAfter(text, characters))).length, characters);
    }
    equal(cursorAfter('1 8', 99), 3);
  });
});

describe('what is said of a number', () => {
  for (const [text, typing, left] of [
    ['', null, null],
    ['1 85 05', null, 'fault-nir-length'],
    ['1 85 05 56 950 048', null, 'text-nir-without-key'],
    ['1 85 05 56 950 048 4', null, 'fault-nir-length'],
    ['1 85 05 56 950 048 46', 'text-nir-complete', 'text-nir-complete'],
    ['1 85 05 56 950 048 47', 'fault-nir-key', 'fault-nir-key'],
    ['1 85 05 56 950 048 46 1', 'fault-nir-length', 'fault-nir-length'],
    ['9 85 05 56 950 048 46', 'fault-nir-format', 'fault-nir-format'],
  ] as const) {
    test(JSON.stringify(text), () => {
      equal(remarkOn(text, false), typing);
      equal(remarkOn(text, true), left);
    });
  }
});

describe('what a question came to', () => {
  test('one yes is a yes, and a no is a no of all', () => {
    deepEqual(outcomeOf(['exposed', 'not exposed']), { page: 'yes' });
    deepEqual(outcomeOf(['not exposed', 'exposed']), { page: 'yes' });
    deepEqual(outcomeOf(['not exposed', 'not exposed']), { page: 'no' });
  });

  test('nothing asked is no answer', () => {
    equal(outcomeOf([]).page, 'unknown');
  });

  const cases: readonly [unknown, Cause, number | null][] = [
    [new errors.ServerRefused(429, 'limit-exceeded', 1800), 'busy', 1800],
    [new errors.ServerRefused(503, 'busy', 2), 'busy', 2],
    [new errors.ServerRefused(503, '', null), 'failing', null],
    [new errors.ServerRefused(500, '', 5), 'failing', null],
    [new errors.ServerUnreachable(''), 'unreachable', null],
    [new errors.StretchFailed(''), 'device', null],
    [new errors.EpochGone(''), 'failing', null],
    [new errors.SchemeNotOffered(''), 'failing', null],
    [new errors.InternalFault(''), 'failing', null],
    [new errors.ProofMismatch(''), 'untrusted', null],
    [new errors.WrongRangeLength(''), 'untrusted', null],
    [new errors.InvalidMessage(''), 'untrusted', null],
    [new errors.InvalidField('nir', 'length', ''), 'failing', null],
    [new TypeError('x'), 'failing', null],
    [null, 'failing', null],
    ['exposed', 'failing', null],
  ];
  for (const [error, cause, waitSeconds] of cases) {
    test(`${String(error)} is ${cause}`, () => {
      deepEqual(outcomeOfError(error), { page: 'unknown', cause, waitSeconds });
    });
  }

  test('no error of any kind is an answer', () => {
    for (const error of Object.values(errors)) {
      const thrown = Object.create(error.prototype as object) as object;
      for (const kind of [undefined, 'refused', 'whatever']) {
        notEqual(outcomeOfError(Object.assign(thrown, { kind })).page, 'yes');
        equal(outcomeOfError(thrown).page, 'unknown');
      }
    }
  });

  test('waiting is told in one unit, rounded up', () => {
    deepEqual(waitOf(1), { unit: 'seconds', count: 1 });
    deepEqual(waitOf(60), { unit: 'seconds', count: 60 });
    deepEqual(waitOf(61), { unit: 'minutes', count: 2 });
    deepEqual(waitOf(5400), { unit: 'minutes', count: 90 });
    deepEqual(waitOf(5401), { unit: 'hours', count: 2 });
  });
});

// A laboratory's file as the page reads it: no row lost, no digit guessed, no number rounded.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

import { InvalidField } from '../../../app/web/client/errors.ts';
import { DATE_FORMATS, possibleBirthDates } from '../../../app/web/client/reading/dates.ts';
import { RecordReader, ROW_INPUTS_MAXIMUM } from '../../../app/web/client/reading/records.ts';
import { dayText, isDayFormat, numberText } from '../../../app/web/client/reading/sources/cells.ts';
import { openTable } from '../../../app/web/client/reading/sources/opening.ts';
import { InvalidSource, type Table } from '../../../app/web/client/reading/sources/rows.ts';
import { chosenFormats, lookAt, orderOf } from '../../../app/web/client/reading/suggestion/recognition.ts';
import { suggestRoles } from '../../../app/web/client/reading/suggestion/roles.ts';
import { decodedOnce } from '../../../app/web/client/reading/variants/redecoding.ts';
import { workbookOf } from './workbooks.ts';

const NIR = '185055695004846';

const csv = (text: string): Table => openTable(strToU8(text));
const cells = (table: Table): (readonly string[])[] => table.rows.map((row) => row.cells);
const refusal = (fault: string) => (error: unknown) =>
  error instanceof InvalidSource && error.fault === fault;

describe('delimited text', () => {
  for (const delimiter of [';', ',', '\t', '|']) {
    test(`${JSON.stringify(delimiter)} is found out`, () => {
      const lines = ['A B C', '1 2 3', '4 5 6'].map((line) => line.split(' ').join(delimiter));
      deepEqual(csv(lines.join('\n')).header, ['A', 'B', 'C']);
      deepEqual(cells(csv(lines.join('\r\n'))), [
        ['1', '2', '3'],
        ['4', '5', '6'],
      ]);
    });
  }

  test('quotes hold delimiters, quotes and line ends', () => {
    deepEqual(cells(csv('A;B\n"x;""y""";"1\n2"\nu;v\n')), [
      ['x;"y"', '1\n2'],
      ['u', 'v'],
    ]);
  });

  test('a stray quote costs one line, and no row', () => {
    const lines = Array.from({ length: 100 }, (_, n) => (n === 3 ? `"a${n};b${n}` : `a${n};b${n}`));
    const table = csv(['A;B', ...lines].join('\n'));
    equal(table.rows.length, 100);
    deepEqual(table.rows[3]?.cells, ['"a3', 'b3']);
    deepEqual(table.rows[99]?.cells, ['a99', 'b99']);
  });

  test('two stray quotes near each other do not swallow what is between them', () => {
    equal(csv('A;B\nx;"y\nu;v\nw";z\n').rows.length, 3);
  });

  test('a row with other columns than the header is there, and says so', () => {
    const table = csv('A;B\n1;2;3\n1\n1;2\n');
    deepEqual(
      table.rows.map(({ line, isRagged }) => [line, isRagged]),
      [
        [2, true],
        [3, true],
        [4, false],
      ],
    );
  });

  test('blank lines and a header that comes again are no rows', () => {
    equal(csv('\n\nA;B\n1;2\n\nA;B\n  \n3;4').rows.length, 2);
    throws(() => csv('A;B\n1;2\nB;A\n3;4'), refusal('header-twice'));
  });

  test('what a spreadsheet writes first is believed', () => {
    deepEqual(csv('sep=,\nA,B\n1;5,2').rows[0]?.cells, ['1;5', '2']);
  });

  test('every field in quotes, as the header has it', () => {
    deepEqual(cells(csv('"A";"B"\n"1";"x "y" z"\n')), [['1', 'x "y" z']]);
  });

  test('a first line that may be a patient’s is not taken for names', () => {
    for (const first of [`${NIR};LE GOFF`, 'a@x.example;LE GOFF', 'x;12/05/1985']) {
      throws(() => csv(`${first}\n1;2`), refusal('no-header'));
    }
  });

  test('an empty file, a PDF and an old workbook are refused by name', () => {
    throws(() => csv(''), refusal('empty'));
    throws(() => csv('NIR;NOM\n\n'), refusal('empty'));
    throws(() => csv('%PDF-1.7\n'), refusal('not-a-list'));
    throws(() => openTable(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2)), refusal('old-workbook'));
    throws(() => openTable(Uint8Array.of(0x50, 0x4b, 3, 4, 5, 6)), refusal('damaged'));
  });
});

describe('encodings', () => {
  const text = 'NOM;PRENOM\nLEFÈVRE;Éléonore\nŒUVRARD;Gaëlle\n';
  const expected = [
    ['LEFÈVRE', 'Éléonore'],
    ['ŒUVRARD', 'Gaëlle'],
  ];
  const LATIN: Record<string, number> = { È: 0xc8, É: 0xc9, é: 0xe9, ë: 0xeb, Œ: 0x8c };
  const oneByte = (letters: string): Uint8Array =>
    Uint8Array.from(letters, (letter) => LATIN[letter] ?? letter.charCodeAt(0));
  const utf16 = (isLittle: boolean): Uint8Array =>
    Uint8Array.from(
      Array.from(text).flatMap((letter) => {
        const code = letter.charCodeAt(0);
        return isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255];
      }),
    );
  const cases: [string, Uint8Array][] = [
    ['UTF-8', strToU8(text)],
    ['UTF-8 with a mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...strToU8(text))],
    ['Windows-1252', oneByte(text)],
    ['UTF-16, little end first', Uint8Array.of(0xff, 0xfe, ...utf16(true))],
    ['UTF-16, big end first', Uint8Array.of(0xfe, 0xff, ...utf16(false))],
    ['UTF-16 without a mark', utf16(true)],
  ];
  for (const [name, bytes] of cases) {
    test(name, () => {
      const table = openTable(bytes);
      deepEqual(table.header, ['NOM', 'PRENOM']);
      deepEqual(cells(table), expected);
    });
  }

  test('the lines of two programs in one file', () => {
    const [header = '', first = '', second = ''] = text.split('\n');
    const mixed = [strToU8(`${header}\n${first}\n`), oneByte(`${second}\n`)];
    deepEqual(cells(openTable(Uint8Array.from(mixed.flatMap((part) => [...part])))), expected);
  });

  test('what is no text is refused', () => {
    const bytes = Uint8Array.from({ length: 4000 }, (_, at) => (at % 3 === 0 ? 0 : at % 251));
    throws(() => openTable(bytes), refusal('not-a-list'));
  });
});

describe('workbooks', () => {
  test('as Excel writes them: shared strings, days and numbers as numbers', () => {
    const bytes = workbookOf({
      shared:
        '<si><t>NUM_SECU</t></si><si><t>NAISSANCE</t></si><si><r><t>LE </t></r><r><t>GOFF</t></r>' +
        '<rPh sb="0" eb="1"><t>x</t></rPh></si><si><t>NOM</t></si><si><t>1,85058E+14</t></si>',
      rows:
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>3</v></c></row>' +
        '<row r="2"><c r="A2"><v>185055695004846</v></c><c r="B2" s="1"><v>31179</v></c><c r="C2" t="s"><v>2</v></c></row>' +
        '<row r="3"><c r="A3" t="s"><v>4</v></c><c r="B3" s="2"><v>31179.5</v></c></row>' +
        '<row r="5"><c r="A5"><v>1.85055695004846E+14</v></c><c r="C5" s="3"><v>12.5</v></c></row>',
    });
    const table = openTable(bytes);
    deepEqual(table.header, ['NUM_SECU', 'NAISSANCE', 'NOM']);
    deepEqual(cells(table), [
      [NIR, '1985-05-12', 'LE GOFF'],
      ['1,85058E+14', '1985-05-12 12:00:00', ''],
      [NIR, '', '12.5'],
    ]);
    deepEqual(
      table.rows.map(({ line }) => line),
      [2, 3, 5],
    );
  });

  test('as LibreOffice writes them: strings in place, results of formulas, days of a style', () => {
    const bytes = workbookOf({
      rows:
        '<row r="1"><c r="A1" t="inlineStr"><is><t>NIR</t></is></c><c r="B1" t="inlineStr"><is><t>NE_LE</t></is></c></row>' +
        `<row r="2"><c r="A2" t="str"><f>A1&amp;"x"</f><v>${NIR}</v></c><c r="B2" t="d"><v>1985-05-12T00:00:00</v></c></row>` +
        '<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#REF!</v></c></row>',
    });
    deepEqual(cells(openTable(bytes)), [
      [NIR, '1985-05-12'],
      ['true', '#REF!'],
    ]);
  });

  test('days of 1904', () => {
    const rows =
      '<row r="1"><c r="A1" t="inlineStr"><is><t>D</t></is></c></row><row r="2"><c r="A2" s="1"><v>29717</v></c></row>';
    deepEqual(cells(openTable(workbookOf({ rows, is1904: true }))), [['1985-05-12']]);
  });

  test('the first sheet that is shown is read, or the one that is chosen; all are named', () => {
    const rows =
      '<row r="1"><c r="A1" t="inlineStr"><is><t>D</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>';
    const bytes = workbookOf({ rows, sheets: ['-old', 'Liste', 'Autre'] });
    const { found, rows: read } = openTable(bytes);
    deepEqual(found, { format: 'xlsx', sheets: ['old', 'Liste', 'Autre'], sheet: 1 });
    equal(read.length, 1);
    // Those of the example that are not the list hold nothing, and there is no fourth.
    for (const sheet of [2, 3]) {
      throws(() => openTable(bytes, sheet), refusal('empty'));
    }
    equal(openTable(bytes, 1).rows.length, 1);
  });

  test('a note beside the table is a column without a name', () => {
    const rows =
      '<row r="1"><c r="A1" t="inlineStr"><is><t>D</t></is></c></row><row r="2"><c r="C2"><v>1</v></c></row>';
    const table = openTable(workbookOf({ rows }));
    deepEqual(table.header, ['D', '', '']);
    deepEqual(table.rows[0], { line: 2, cells: ['', '', '1'], isRagged: false });
  });

  test('what is cut off is refused, and not read half', () => {
    const whole = workbookOf({
      rows: '<row r="1"><c r="A1" t="inlineStr"><is><t>D</t></is></c></row>'.padEnd(2000, ' '),
    });
    throws(() => openTable(whole.slice(0, -40)), refusal('damaged'));
    const parts = unzipSync(whole);
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
    parts['xl/worksheets/sheet1.xml'] = strToU8(sheet.slice(0, -30));
    throws(() => openTable(zipSync(parts)), refusal('damaged'));
  });

  test('one cell at the far end of the sheet asks for no gigabytes', () => {
    const rows = Array.from(
      { length: 2000 },
      (_, at) => `<row r="${at + 1}"><c r="XFD${at + 1}"><v>1</v></c></row>`,
    );
    throws(() => openTable(workbookOf({ rows: rows.join('') })), refusal('too-large'));
    const far = rows[1999] ?? '';
    const narrow = rows.slice(0, 1999).map((row) => row.replace('XFD', 'A'));
    throws(() => openTable(workbookOf({ rows: [...narrow, far].join('') })), refusal('too-large'));
  });

  test('a number of a spreadsheet has all of its digits, a day is a day', () => {
    equal(numberText('1.85055695004846E+14'), NIR);
    equal(numberText('12.50'), '12.50');
    equal(numberText('1e300'), '1e300');
    equal(dayText(59, false), '1900-02-28');
    equal(dayText(60, false), null);
    equal(dayText(61, false), '1900-03-01');
    equal(dayText(0, false), null);
    equal(dayText(0, true), '1904-01-01');
    equal(dayText(1e9, false), null);
    ok(isDayFormat(14, undefined) && isDayFormat(164, 'dd/mm/yyyy') && isDayFormat(164, 'd.m.yy'));
    ok(!isDayFormat(0, undefined) && !isDayFormat(164, '0.00 "days"') && !isDayFormat(164, '[h]:mm'));
  });
});

describe('dates of a file', () => {
  for (const [text, dates] of [
    ['12/05/1985', ['1985-05-12']],
    ['2/5/1985', ['1985-05-02']],
    ['1985-05-12', ['1985-05-12']],
    ['19850512', ['1985-05-12']],
    ['12051985', ['1985-05-12']],
    ['12.05.1985', ['1985-05-12']],
    ['12/05/12', ['1912-05-12', '2012-05-12']],
    ['12/05/85', ['1985-05-12']],
    ['29/02/00', ['2000-02-29']],
    ['1985-05-12 00:00:00', ['1985-05-12']],
    ['12/05/1985 8:30', ['1985-05-12']],
  ] as const) {
    test(text, () => deepEqual(possibleBirthDates(text, DATE_FORMATS), [...dates]));
  }

  for (const [text, reason] of [
    ['', 'empty'],
    ['31179', 'format'],
    ['30/02/1985', 'calendar'],
    ['12/05/1785', 'range'],
    ['mai 1985', 'format'],
  ] as const) {
    test(`${text} is refused: ${reason}`, () => {
      throws(
        () => possibleBirthDates(text, ['%d/%m/%Y', '%Y-%m-%d']),
        (error) => error instanceof InvalidField && error.reason === reason,
      );
    });
  }
});

describe('what a row asks', () => {
  const fields = new Map([
    ['nir', [0]],
    ['birth_date', [1]],
    ['surname', [2, 3]],
    ['given_name', [4]],
    ['phone', [5]],
  ]);
  const reader = new RecordReader({ fields, formats: ['%d/%m/%Y'] }, [
    'nir-dob',
    'nir',
    'name-dob',
    'phone',
  ]);
  const read = (...row: string[]) => reader.read({ line: 2, cells: row, isRagged: false });
  const asked = (...row: string[]): string[] => read(...row).inputs.map(({ scheme }) => scheme);

  test('both surnames, and both ways to write a given name', () => {
    const row = [NIR, '12/05/1985', 'LE GOFF', 'MARTIN', 'MARIE ANNE', '01 99 00 12 34'];
    deepEqual(asked(...row), ['nir-dob', 'nir', 'name-dob', 'name-dob', 'name-dob', 'name-dob', 'phone']);
  });

  for (const [cell, reason] of [
    ['1,85058E+14', 'rounded by a spreadsheet'],
    ['1.85058E+12', 'rounded by a spreadsheet'],
    ['1850580000000', 'rounded by a spreadsheet'],
    ['185055695004847', 'key'],
    ['1850556950', 'length'],
  ] as const) {
    test(`${cell} is no number, and never a guess`, () => {
      const { inputs, faults } = read(cell, '12/05/1985', '', '', '', '');
      deepEqual(inputs, []);
      deepEqual(faults, { values: [['nir', reason]], row: '' });
    });
  }

  test('what a spreadsheet shows in full is read', () => {
    deepEqual(asked('1,85055695004846E+14', '', '', '', '', ''), ['nir']);
    deepEqual(asked(`${NIR}.0`, '', '', '', '', ''), ['nir']);
    deepEqual(asked('I85O55695OO4846', '', '', '', '', ''), []);
    deepEqual(asked('185O55695OO4846', '', '', '', '', ''), ['nir']);
  });

  test('several telephones in one cell, and none where digits are left over', () => {
    deepEqual(asked('', '', '', '', '', '01 99 00 00 01 / 06 39 98 00 01'), ['phone', 'phone']);
    deepEqual(read('', '', '', '', '', '01 99 00 00 01 poste 12').inputs, []);
  });

  for (const [damaged, meant] of [
    ['LefÃ¨vre', 'Lefèvre'],
    ['Ã‰lÃ©onore', 'Éléonore'],
    ['Lâ€™Helgouac’h'.replace('’', 'â€™'), 'L’Helgouac’h'],
    ['√âl√©onore', 'Éléonore'],
    ['├ël├®onore', 'Éléonore'],
    ['\u00c3\u008ele', 'Îl'.concat('e')],
  ] as const) {
    test(`${damaged} was ${meant}`, () => deepEqual(decodedOnce(damaged), [meant]));
  }

  for (const text of ['Éléonore', 'São', 'SÃO', 'LEFEVRE', 'É’', 'Œuvrard']) {
    test(`${text} is taken for nothing else`, () => deepEqual(decodedOnce(text), []));
  }

  test('a row with too many readings says so, and asks as it stands', () => {
    const names = new Map([
      ['surname', [0, 1, 2, 3]],
      ['given_name', [4, 5, 6]],
      ['birth_date', [7, 8]],
    ]);
    const many = new RecordReader({ fields: names, formats: ['%d/%m/%y'] }, ['name-dob']);
    const row = ['AAA-BBB EP CCC-DDD', 'EEE-FFF', 'GGG-HHH', 'III-JJJ', 'MARIE ANNE', 'ZOE LEA', 'EVE'];
    const crowded = many.read({ line: 2, cells: [...row, '01/02/03', '05/06/07'], isRagged: false });
    deepEqual(crowded.faults, { values: [], row: 'too many other readings' });
    equal(crowded.inputs.length, 4 * 3 * 4);
    ok(crowded.inputs.length <= ROW_INPUTS_MAXIMUM);
  });

  test('a cell that is longer than any identifier is searched by no rule', () => {
    const cell = Array.from({ length: 20 }, () => '01 99 00 00 01').join('/');
    const { inputs, faults } = read('', '', '', '', '', cell);
    deepEqual([inputs, faults.values], [[], [['phone', 'length']]]);
  });

  test('a ragged row asks nothing', () => {
    deepEqual(reader.read({ line: 2, cells: [NIR], isRagged: true }), {
      inputs: [],
      faults: { values: [], row: 'columns' },
    });
  });
});

describe('what columns are for', () => {
  test('by their cells, and by their names', () => {
    const header = 'ID;N° Sécu;Né(e) le;Date examen;Nom;Nom JF;Prénom;Médecin;Tél.;E-mail;Adresse;CP;Ville';
    const rows = Array.from({ length: 30 }, (_, n) => {
      const month = String((n % 12) + 1).padStart(2, '0');
      const body = `185${month}569500${String(n + 10)}`.slice(0, 13).padEnd(13, '1');
      const nir = body + String(97 - (Number(body) % 97)).padStart(2, '0');
      return `${n};${nir};12/${month}/1985;03/02/2019;LE GOFF;MARTIN;Zoé;Dr LE BRAS;01 99 00 00 ${String(n + 10)};a${n}@x.example;1 rue X;56000;Vannes`;
    });
    deepEqual(
      suggestRoles(csv([header, ...rows].join('\n'))).map(({ role }) => role),
      [
        'none', 'nir', 'birth_date', 'none', 'surname', 'surname', 'given_name', 'none', 'phone',
        'email', 'address', 'postcode', 'town',
      ],
    );
  });

  test('which of day and month is first, where any date tells', () => {
    const facts = (dates: string[]) => lookAt(dates);
    equal(orderOf(facts(['01/02/1985', '03/04/1985'])), 'day');
    equal(orderOf(facts(['01/02/1985', '12/31/1985'])), 'month');
    deepEqual(chosenFormats(facts(['01/02/1985', '12/31/1985']), 'month'), ['%m/%d/%Y']);
    deepEqual(chosenFormats(facts(['01/02/1985', '1985-05-12']), 'day'), ['%d/%m/%Y', '%Y-%m-%d']);
  });
});

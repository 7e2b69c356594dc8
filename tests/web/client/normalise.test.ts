// The rules for identifiers: the shared vectors, and what the Python twin's tests found worth a
// case.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';

import { InvalidField, UnknownScheme } from '../../../app/web/client/errors.ts';
import {
  APOSTROPHES,
  HYPHENS,
  SPACES,
  stripSpaces,
} from '../../../app/web/client/identity/characters.ts';
import { normaliseBirthDate } from '../../../app/web/client/identity/dates.ts';
import {
  FIELD_NAMES,
  normaliseField,
  normaliseFields,
  SCHEMES,
  schemeInput,
  schemeNamed,
} from '../../../app/web/client/identity/schemes.ts';
import { NORMALISE, PROTOCOL, toHex } from './vectors.ts';

/** The result, or the reason of the refusal in brackets. */
function outcome(field: string, raw: string): string {
  try {
    return normaliseField(field, raw);
  } catch (error) {
    ok(error instanceof InvalidField);
    equal(error.field, field);
    equal(error.cause, undefined);
    return `[${error.reason}]`;
  }
}

function each(field: string, outcomes: Readonly<Record<string, string>>): void {
  for (const [raw, expected] of Object.entries(outcomes)) {
    equal(outcome(field, raw), expected, `${field} ${JSON.stringify(raw)}`);
  }
}

describe('the shared vectors', () => {
  for (const [index, { field, raw, result, error }] of NORMALISE.entries()) {
    test(`normalise ${index}: ${field}`, () => {
      ok((result === undefined) !== (error === undefined));
      equal(outcome(field, raw), result ?? `[${error}]`);
    });
  }

  for (const { scheme, fields, input } of PROTOCOL.cases) {
    test(`the fields of ${scheme} are normal already, and encode to the input`, () => {
      const named = schemeNamed(scheme);
      named.fields.forEach((field, index) => {
        equal(outcome(field, fields[index] ?? ''), fields[index]);
      });
      equal(toHex(schemeInput(named, fields)), input);
    });
  }
});

describe('characters', () => {
  const all = SPACES + HYPHENS + APOSTROPHES;

  test('no set names a character twice, or has one in common with another', () => {
    equal(new Set(all).size, Array.from(all).length);
  });

  test('spaces are Unicode’s, not those of `trim`', () => {
    ok(Array.from(SPACES).every((space) => /\p{White_Space}/u.test(space)));
    equal(Array.from(SPACES).length, 25);
    equal(stripSpaces('\u0085 x \u3000'), 'x');
    equal(stripSpaces('\ufeffx'), '\ufeffx');
  });

  test('every dash that this platform knows is a hyphen', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (/\p{Pd}/u.test(character)) {
        ok(HYPHENS.includes(character), code.toString(16));
      }
    }
  });

  test('256 code points are accepted, whatever their UTF-16 units, and 257 are not', () => {
    for (const field of FIELD_NAMES) {
      equal(outcome(field, ' '.repeat(257)), '[length]');
      equal(outcome(field, '\u{1d7cf}'.repeat(257)), '[length]');
      equal(outcome(field, 'x'.repeat(100_000)), '[length]');
    }
    equal(outcome('surname', '\u{1d400}'.repeat(256)), 'A'.repeat(256));
  });
});

describe('nir', () => {
  test('digits, key and place of the letter', () => {
    each('nir', {
      '285052b004111': '285052B004111',
      '28505A2004111': '[format]',
      '2850520A04111': '[format]',
      '285051A004111': '[format]',
      A850578006048: '[format]',
      '18505780060 4O': '[format]',
      '1.85057801E+12': '[format]',
      '1.85058E+12': '[length]',
      '185057800600000': '[key]',
      '185057800604800': '[key]',
      '185057800604898': '[key]',
      '18505780060483A': '[format]',
      '١٨٥٠٥٧٨٠٠٦٠٤٨': '[format]',
      '１８５０５７８００６０４８３０': '1850578006048',
      '1850578006048\n': '1850578006048',
      '1\u200b850578006048': '[length]',
      '1\u{1d7d8}50578006048': '1050578006048',
    });
    for (const first of '12345678') {
      equal(outcome('nir', `${first}850578006048`), `${first}850578006048`);
    }
    equal(outcome('nir', '9850578006048'), '[format]');
  });

  test('what counts is characters, not UTF-16 units', () => {
    equal(outcome('nir', `1${'\u{10000}'.repeat(6)}`), '[length]');
    equal(outcome('nir', `1${'\u{10000}'.repeat(12)}`), '[format]');
  });

  test('with the key, every single wrong digit is noticed', () => {
    const right = '185057800604830';
    for (let position = 0; position < right.length; position += 1) {
      for (const digit of '0123456789') {
        const wrong = right.slice(0, position) + digit + right.slice(position + 1);
        ok(wrong === right || outcome('nir', wrong).startsWith('['));
      }
    }
  });
});

describe('names', () => {
  test('letters, marks and ligatures', () => {
    each('surname', {
      Æbelø: 'AEBELO',
      cœur: 'COEUR',
      GROẞ: 'GROSS',
      małek: 'MALEK',
      Đorđević: 'DORDEVIC',
      þór: 'THOR',
      İpekçi: 'IPEKCI',
      yıldız: 'YILDIZ',
      ﬁlippi: 'FILIPPI',
      ǆ: 'DZ',
      Ⅳ: 'IV',
      ŉ: 'N',
      ſ: 'S',
      'Mar\u00adtin': 'MARTIN',
      'Mar\ud800tin': '[characters]',
      'Mar\u200btin': '[characters]',
      Иванов: '[characters]',
      Маrtin: '[characters]',
      Maħtin: '[characters]',
      '\u0301': '[empty]',
      '...': '[empty]',
    });
    equal(outcome('surname', 'ﬃ'.repeat(256)), '[length]');
    for (const removed of SPACES + HYPHENS + APOSTROPHES + '.') {
      equal(outcome('surname', `Le${removed}Goff`), 'LEGOFF');
    }
  });

  test('a space, a comma or a semicolon ends the first given name', () => {
    for (const end of `${SPACES},;`) {
      equal(outcome('given_name', `Anne${end}Marie`), 'ANNE');
    }
    for (const joint of `${HYPHENS}${APOSTROPHES}.`) {
      equal(outcome('given_name', `Jean${joint}Pierre`), 'JEANPIERRE');
    }
    each('given_name', {
      'Jean 2 李': 'JEAN',
      ', Marie': '[empty]',
      '- Marie': '[empty]',
      'Anne，Marie': '[characters]',
      '\u00a0\t Zoé \u3000': 'ZOE',
    });
  });
});

describe('birth dates', () => {
  const today = '2026-03-01';

  function dateOutcome(raw: string): string {
    try {
      return normaliseBirthDate(raw, today);
    } catch (error) {
      ok(error instanceof InvalidField);
      return error.reason;
    }
  }

  test('four, two and two digits of a day that exists, not before 1870 and not to come', () => {
    const outcomes: Record<string, string> = {
      ' 1985-05-12\u0085': '1985-05-12',
      '1984-02-29': '1984-02-29',
      '2000-02-29': '2000-02-29',
      '1870-01-01': '1870-01-01',
      [today]: today,
      '2026-03-02': 'range',
      '1869-12-31': 'range',
      '9999-12-31': 'range',
      '0000-01-01': 'calendar',
      '1985-02-29': 'calendar',
      '1900-02-29': 'calendar',
      '1985-04-31': 'calendar',
      '1985-13-01': 'format',
      '1985-01-32': 'format',
      '1985-5-12': 'format',
      '1985-05-1２': 'format',
      '19850512': 'format',
      '1985-05-12T00:00:00': 'format',
      '\u00a0': 'empty',
    };
    for (const [raw, expected] of Object.entries(outcomes)) {
      equal(dateOutcome(raw), expected, raw);
    }
  });

  test('without a given today, the clock decides', () => {
    const far = (days: number): string =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    equal(outcome('birth_date', far(-2)), far(-2));
    equal(outcome('birth_date', far(2)), '[range]');
  });
});

describe('e-mail addresses', () => {
  test('the local part is kept, the domain becomes A-labels', () => {
    each('email', {
      'Claire.Martin+Labo@Clinique.Example': 'claire.martin+labo@clinique.example',
      "o'brien@clinique.example": "o'brien@clinique.example",
      'a@b_c.example': 'a@b_c.example',
      'a@1.example': 'a@1.example',
      'a@192.0.2.1': 'a@192.0.2.1',
      'a@0x7f.1': 'a@0x7f.1',
      'a@xn--bcher-kva.example': 'a@xn--bcher-kva.example',
      'É@clinique.example': 'é@clinique.example',
      'H\u0331@b.example': 'ẖ@b.example',
      'ΑΣ@b.example': 'ας@b.example',
      'a@CAFÉ.example': 'a@xn--caf-dma.example',
      'a@cafe\u0301.example': 'a@xn--caf-dma.example',
      'a@ｃｌｉｎｉｑｕｅ.example': 'a@clinique.example',
      'a@clinique。example': 'a@clinique.example',
      'a@straße.example': 'a@xn--strae-oqa.example',
      'a@exa\u00admple.example': 'a@example.example',
      'a@é.123': 'a@xn--9ca.123',
      'a@１９２.0.2.1': 'a@192.0.2.1',
      'a@אב-1\u05b0.example': 'a@xn---1-5id9jf.example',
      'a@ب٠.example': 'a@xn--ngb6i.example',
      'a@۰.example': 'a@xn--dmb.example',
      'a@Ꭰ.example': 'a@xn--58d.example',
      'a@col·legi.example': 'a@xn--collegi-xma.example',
    });
  });

  test('what is no address or no domain is refused', () => {
    each('email', {
      '': '[empty]',
      'a＠b.example': '[format]',
      'a@@b.example': '[format]',
      '@b.example': '[format]',
      'a b@b.example': '[characters]',
      '\u200ba@b.example': '[characters]',
      '\ud800a@b.example': '[characters]',
      '“a”@b.example': '[characters]',
      'a@localhost': '[format]',
      'a@b.example.': '[format]',
      'a@é.example.': '[format]',
      'a@b..é.example': '[format]',
      'a@-b.example': '[format]',
      'a@-é.example': '[format]',
      'a@éé--é.example': '[format]',
      'a@\u0301.example': '[format]',
      'a@xn--a.bücher.example': '[format]',
      'a@xn--abc-.bücher.example': '[format]',
      'a@b_c.bücher.example': '[format]',
      'a@☃.example': '[format]',
      'a@a·b.example': '[format]',
      'a@٠۰.example': '[format]',
      'a@é.bא.example': '[format]',
      'a@אb.example': '[format]',
      'a@1א.example': '[format]',
      'a@א٠۰.example': '[format]',
      'a@é\u094d\u200c\u200cx.example': '[format]',
      'a@é.example/x': '[format]',
      'a@é.example:80': '[format]',
      'a@é.exa\tmple': '[format]',
      'a@é.exa%6dple': '[format]',
      'a@é.exa％6dple': '[format]',
      'a@é.exa！mple': '[format]',
      'a@é.example?x': '[format]',
      'a@é.example#x': '[format]',
      'a@é\\x.example': '[format]',
      'a@\ud800.example': '[format]',
      [`a@${'é'.repeat(60)}.example`]: '[format]',
      [`a@${'b'.repeat(64)}.example`]: '[format]',
      [`${'a'.repeat(245)}@é.example`]: '[length]',
    });
  });

  test('a browser that still makes ss of ß is not believed', () => {
    const platform = globalThis.URL;
    class Transitional extends platform {
      constructor(url: string) {
        super(url.replace('ß', 'ss'));
      }
    }
    globalThis.URL = Transitional as typeof URL;
    try {
      equal(outcome('email', 'a@straße.example'), '[format]');
      equal(outcome('email', 'a@bücher.example'), 'a@xn--bcher-kva.example');
    } finally {
      globalThis.URL = platform;
    }
  });
});

describe('telephone numbers', () => {
  test('the ways to write a number give one result', () => {
    each('phone', {
      '33199001234': '+33199001234',
      '+33 (0)1 99 00 12 34': '+33199001234',
      '0033(0)199001234': '+33199001234',
      '(01) 99/00_12.34': '+33199001234',
      '＋３３１９９００１２３４': '+33199001234',
      '06 39 98 12 34': '+262639981234',
      '0508000001': '+508508000001',
      '0595000001': '+33595000001',
      '+590690000001': '+590690000001',
      '+44 (0)20 7946 0018': '+442079460018',
      '+32000000': '+32000000',
      '+320000000000001': '+320000000000001',
      '+3200000': '[format]',
      '+3200000000000001': '[format]',
      '+330199001234': '[format]',
      '+0199001234': '[format]',
      '000199001234': '[format]',
      '٠١٩٩٠٠١٢٣٤': '[format]',
      '01\u201399\u201300\u201312\u201334': '[format]',
      '00': '[format]',
      '(0)': '[empty]',
      '\u3000./_': '[empty]',
    });
    for (const start of ['262', '263', '269', '639', '692', '693']) {
      equal(outcome('phone', `0${start}000001`), `+262${start}000001`);
    }
  });
});

describe('schemes', () => {
  test('are those of the protocol, in its order', () => {
    deepEqual(
      [...SCHEMES.values()].map(({ name, fields }) => [name, fields]),
      [
        ['nir-dob', ['nir', 'birth_date']],
        ['nir', ['nir']],
        ['name-dob', ['surname', 'given_name', 'birth_date']],
        ['email', ['email']],
        ['phone', ['phone']],
      ],
    );
    deepEqual(FIELD_NAMES, ['nir', 'birth_date', 'surname', 'given_name', 'email', 'phone']);
  });

  test('an unknown one is not shown', () => {
    throws(
      () => schemeNamed('1850578006048'),
      (error) => error instanceof UnknownScheme && !error.message.includes('1850578006048'),
    );
  });

  function refusal(scheme: string, fields: Record<string, string>): string {
    try {
      normaliseFields(schemeNamed(scheme), fields);
      return 'accepted';
    } catch (error) {
      ok(error instanceof InvalidField);
      ok(!error.message.includes('1850578006048'));
      return `${error.field} ${error.reason}`;
    }
  }

  test('take exactly their fields', () => {
    const nir = '1850578006048';
    equal(refusal('nir', { nir }), 'accepted');
    equal(refusal('nir-dob', { nir }), 'birth_date missing');
    equal(refusal('nir', { nir, birth_date: '1985-05-12' }), 'birth_date unexpected');
    equal(refusal('nir', { nir, [nir]: 'nir' }), 'unknown unexpected');
    equal(refusal('nir', { nir, constructor: 'x' }), 'unknown unexpected');
    throws(() => normaliseField(nir, 'x'), InvalidField);
    throws(() => schemeInput(schemeNamed('nir'), [nir, nir]), RangeError);
  });

  test('results are their own results, and refusals never hold the value', () => {
    for (const { field, raw } of NORMALISE) {
      for (const extra of ['', '\u0301', '\u{1f600}', '٣', '\ud800', ' ']) {
        const once = outcome(field, raw + extra);
        ok(once.startsWith('[') || outcome(field, once) === once);
        try {
          normaliseField(field, `${raw}zzzzz${extra}`);
        } catch (error) {
          ok(error instanceof Error && !`${error.stack}`.includes('zzzzz'));
        }
      }
    }
  });
});

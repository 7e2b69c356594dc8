// Domain names in other letters than ASCII, as A-labels.
//
// The protocol asks for UTS 46, non-transitional. That mapping is a table of some 9,000 rows, which
// every browser has already: the URL standard's "domain to ASCII" is UTS 46 ToASCII with
// Transitional_Processing false (https://url.spec.whatwg.org/#concept-domain-to-ascii). So a
// hostname is parsed, and what the standard does differently from the Python twin's IDNA 2008 is
// checked here, label by label, in the letters that the result stands for:
//
// - it lets through what is no letter, digit or mark (☃.example), hyphens anywhere and labels of
//   any length (CheckHyphens, UseSTD3ASCIIRules and VerifyDnsLength are false);
// - it asks for CheckBidi, which not every platform does;
// - a parser of URLs reads ports, paths and percent signs, drops tabs, and takes a name that ends
//   in a number for an IPv4 address: only characters of domain names get to it, with a label added
//   at the end;
// - browsers before 2023 were transitional, and made ss of ß: they are probed, and refused.
//
// What is left is on the safe side: a platform with an older table, or one that checks the
// direction of every label where IDNA 2008 checks those with right-to-left letters, refuses a few
// odd names that the twin accepts. None gets another result: a test compares the two.

const ADDED = '.x';
const ACE_PREFIX = 'xn--';
// What transitional processing would replace or drop: ß, final sigma, the two joiners.
const DEVIATIONS = /[\u00df\u03c2\u200c\u200d]/;

// RFC 5892 §2: PVALID, given that UTS 46 has already mapped away what is not stable. Capitals that
// it leaves are Cherokee's.
const LETTER_DIGIT = /^[-\p{Lu}\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\u06fd\u06fe\u0f0b\u3007]$/u;
const EXCLUDED = new RegExp(
  '[\\u0640\\u07fa\\u302e\\u302f\\u3031-\\u3035\\u303b' + // §2.6, exceptions
    '\\u20d0-\\u20ff\\u{1d100}-\\u{1d24f}' + // §2.4, blocks of marks for symbols and music
    '\\u1100-\\u11ff\\ua960-\\ua97f\\ud7b0-\\ud7ff]', // §2.9, old Hangul
  'u',
);

// Where Unicode keeps the letters, marks and digits of right-to-left scripts.
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
// Bidi classes EN (European numbers) and, in those places, AN (Arabic numbers): the digits of N'Ko
// and Adlam have their letters' class.
const EUROPEAN_NUMBER = /[0-9\u06f0-\u06f9]/;
const ARABIC_NUMBER = /[\u0660-\u0669\u{10d30}-\u{10d39}\u{10d40}-\u{10d49}]/u;
const MARK_OR_JOINER = /[\p{Mn}\u200c\u200d]/u;

/** The domain as A-labels by UTS 46, non-transitional, and IDNA 2008; empty where it has none. */
export function toALabels(domain: string): string {
  if (!/^[-a-z0-9.\u{80}-\u{10ffff}]+$/u.test(domain)) {
    return '';
  }
  if (DEVIATIONS.test(domain) && hostnameOf('\u00df.example') !== 'xn--zca.example') {
    return '';
  }
  const hostname = hostnameOf(domain + ADDED);
  const aLabels = hostname.slice(0, -ADDED.length);
  return aLabels.split('.').every(isLabel) ? aLabels : '';
}

/** The platform's own reading; empty where it refuses. Its error is dropped, as it quotes. */
function hostnameOf(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
}

function isLabel(aLabel: string): boolean {
  if (!aLabel.startsWith(ACE_PREFIX)) {
    return /^[a-z0-9-]+$/.test(aLabel) && hasGoodHyphens(Array.from(aLabel));
  }
  const characters = decodePunycode(aLabel.slice(ACE_PREFIX.length));
  return (
    characters.some((character) => character > '\x7f') &&
    !/^\p{M}/u.test(characters.join('')) &&
    hasGoodHyphens(characters) &&
    hasGoodDirections(characters) &&
    characters.every((_, position) => isValid(characters, position))
  );
}

/** RFC 5891 §4.2.3.1. */
function hasGoodHyphens(characters: readonly string[]): boolean {
  return (
    characters[0] !== '-' &&
    characters[characters.length - 1] !== '-' &&
    !(characters[2] === '-' && characters[3] === '-')
  );
}

/** RFC 5893 §2, for labels with right-to-left letters, of characters that RFC 5892 allows. */
function hasGoodDirections(characters: readonly string[]): boolean {
  const directed = characters.filter((character) => !MARK_OR_JOINER.test(character));
  const turns = (character: string): boolean =>
    RIGHT_TO_LEFT.test(character) && !EUROPEAN_NUMBER.test(character);
  if (!directed.some(turns)) {
    return true;
  }
  const first = directed[0] ?? '';
  const holds = (kind: RegExp): boolean => directed.some((character) => kind.test(character));
  return (
    turns(first) &&
    !ARABIC_NUMBER.test(first) &&
    directed.every((character) => RIGHT_TO_LEFT.test(character) || /[-0-9]/.test(character)) &&
    !(holds(EUROPEAN_NUMBER) && holds(ARABIC_NUMBER))
  );
}

/** RFC 5892: a character that is valid by itself, or where it stands (appendix A). */
function isValid(characters: readonly string[], position: number): boolean {
  const character = characters[position] ?? '';
  const before = characters[position - 1] ?? '';
  const after = characters[position + 1] ?? '';
  switch (character) {
    case '\u200c': // The rest of their rules needs tables, and is the platform's.
    case '\u200d':
      return !/[\u200c\u200d]/.test(before);
    case '\u00b7': // as in Catalan
      return before === 'l' && after === 'l';
    case '\u0375':
      return /\p{Script=Greek}/u.test(after);
    case '\u05f3':
    case '\u05f4':
      return /\p{Script=Hebrew}/u.test(before);
    case '\u30fb':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(
        characters.filter((other) => other !== character).join(''),
      );
  }
  return LETTER_DIGIT.test(character) && !EXCLUDED.test(character);
}

/** RFC 3492 §6.2, of what a URL parser has itself encoded or checked; empty for anything else. */
function decodePunycode(encoded: string): string[] {
  const lastHyphen = encoded.lastIndexOf('-');
  const decoded = Array.from(encoded.slice(0, Math.max(lastHyphen, 0)));
  const basicLength = decoded.length;
  let codePoint = 128;
  let index = 0;
  let bias = 72;
  let position = lastHyphen + 1;
  while (position < encoded.length) {
    const start = index;
    let weight = 1;
    for (let k = 36; ; k += 36) {
      const digit = '0123456789'.includes(encoded.charAt(position))
        ? encoded.charCodeAt(position) - 22
        : encoded.charCodeAt(position) - 97;
      if (!(digit >= 0 && digit < 36)) {
        return []; // also past the end, where there is no digit
      }
      position += 1;
      index += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) {
        break;
      }
      weight *= 36 - threshold;
    }
    const count = decoded.length + 1;
    bias = adapted(index - start, count, decoded.length === basicLength);
    codePoint += Math.floor(index / count);
    if (codePoint > 0x10ffff) {
      return [];
    }
    index %= count;
    decoded.splice(index, 0, String.fromCodePoint(codePoint));
    index += 1;
  }
  return decoded;
}

/** RFC 3492 §6.1. */
function adapted(difference: number, count: number, isFirst: boolean): number {
  let delta = Math.floor(difference / (isFirst ? 700 : 2));
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > 455; k += 36) {
    delta = Math.floor(delta / 35);
  }
  return k + Math.floor((36 * delta) / (delta + 38));
}

// What a name's cell holds besides one name: titles, a second surname, several given names.
//
// Why each reading is worth its cost is told in the Python twin.

import { HYPHENS, SPACES } from '../../identity/characters.ts';

/** More names than this in one cell are a sentence. */
const PARTS_MAXIMUM = 4;

const TITLES = allOf(`
    M MR MME MLLE MONSIEUR MADAME MADEMOISELLE DR DOCTEUR PR PROFESSEUR
    ENFANT ENF BEBE BÉBÉ BB
`);
const TITLE = `(?:${[...TITLES].sort().join('|')})`;
const APART = `[${SPACES}.]+`;
// BEBE DE MME DUPONT is Dupont, but BEBE DE LA TOUR is De La Tour.
const LEADING_TITLES = new RegExp(`^(?:${TITLE}${APART}(?:DE${APART}(?=${TITLE}${APART}))?)+`, 'i');
const TRAILING_TITLE = new RegExp(
  `(?:${APART}|[${SPACES}]*\\((?=[^()]*\\)$))${TITLE}\\.?\\)?$`,
  'i',
);
const MARKERS = allOf(`
    EP EPS EPSE EPOUSE NEE VVE VEUVE DIV DIVORCEE DIT DITE
    ÉP ÉPS ÉPSE ÉPOUSE NÉE DIVORCÉE
`);
const PARTING = '/()';
const WORDS = new RegExp(`[/()]|[^${SPACES}.,;:/()]+`, 'g');
const BETWEEN_WORDS = new RegExp(`[${SPACES}.,;:/()]`);
const SPACE = new RegExp(`[${SPACES}]+`);
const AROUND = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, 'g');
const HYPHEN = new RegExp(`[${HYPHENS.replace('-', '\\-')}]`, 'u');
// What stands before a hyphen and is no surname by itself.
const PARTICLES = allOf(`
    ABD ABDEL ABDOUL ABDUL AIT AÏT BEN BENT BOU DER DES LES MAC NOTRE SAINT SAINTE STE VAN VON
`);
const HALF_LETTERS_MINIMUM = 3;
const GIVEN_LETTERS_MINIMUM = 2;

/** Read MME DUPONT, DUPONT (ENFANT) and BEBE DE MME DUPONT as DUPONT. */
export function withoutTitles(text: string): string[] {
  if (!words(text).some((word) => TITLES.has(word))) {
    return [];
  }
  const bare = stripped(text.replace(TRAILING_TITLE, '').replace(LEADING_TITLES, ''));
  // A title alone is left: there are people called Bébé.
  return bare !== '' && bare !== stripped(text) ? [bare] : [];
}

/** Read DUPONT EP MARTIN, MARTIN NÉE DUPONT and MARTIN (DUPONT) as two names each. */
export function marriedNames(text: string): string[] {
  const isParted = [...PARTING].some((sign) => text.includes(sign));
  if (!isParted && !words(text).some((word) => MARKERS.has(word))) {
    return [];
  }
  const parts: string[] = [];
  let name: string[] = [];
  for (const word of [...(text.normalize('NFC').match(WORDS) ?? []), '/']) {
    if (!PARTING.includes(word) && !MARKERS.has(word.toUpperCase())) {
      name.push(word);
    } else if (name.length > 0) {
      parts.push(name.join(' '));
      name = [];
    }
  }
  return parts.length <= PARTS_MAXIMUM ? parts : [];
}

/** Read DUPONT-MARTIN as it stands, as DUPONT and as MARTIN. */
export function doubleNames(text: string): string[] {
  const halves = text.split(HYPHEN).map(stripped);
  if (halves.length !== 2 || PARTICLES.has(halves[0]?.toUpperCase() ?? '')) {
    return [];
  }
  return halves.some((half) => letters(half) < HALF_LETTERS_MINIMUM) ? [] : [text, ...halves];
}

/** Read MARIE ANNE SOPHIE also as MARIE-ANNE, and MARIE-ANNE also as MARIE. */
export function severalGivenNames(text: string): string[] {
  const [beginning = ''] = text.split(/[,;]/, 1);
  const [first = '', second] = stripped(beginning).split(SPACE);
  if (HYPHEN.test(first)) {
    const [half = ''] = first.split(HYPHEN, 1);
    return half.length >= GIVEN_LETTERS_MINIMUM ? [text, half] : [];
  }
  if (second === undefined || HYPHEN.test(second)) {
    return [];
  }
  const areNames = [first, second].every((name) => letters(name) >= GIVEN_LETTERS_MINIMUM);
  return areNames ? [text, `${first}-${second}`] : [];
}

function allOf(listed: string): ReadonlySet<string> {
  return new Set(listed.trim().split(/\s+/));
}

function words(text: string): string[] {
  return text.normalize('NFC').toUpperCase().split(BETWEEN_WORDS);
}

function stripped(text: string): string {
  return text.replace(AROUND, '');
}

function letters(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

// From a file's bytes to its physical lines of text, none lost and none changed in silence.
//
// A browser knows the encodings by other names, and has no code page 850, which a list that a
// program of today writes is not in.

import { InvalidSource } from './rows.ts';

/** One physical line. */
export interface Line {
  /** From 1, as an editor counts. */
  readonly number: number;
  readonly text: string;
}

const NUL_SAMPLE_BYTES = 4096;
// Text that is padded has some zero bytes; a file of which an eighth are is no such text.
const NUL_SHARE = 8;
const SAMPLE_BYTES = 256 * 1024;
const ONE_BYTE_ENCODINGS = ['windows-1252', 'iso-8859-15', 'macintosh'] as const;
// How frequent letters and signs are in French, in three steps, and what any other counts.
const FRENCH_WEIGHTS = new Map<string, number>([
  ...Array.from('äöÿæÄÖÙÛÜŸÆÇ«»°\u00a0', (letter): [string, number] => [letter, 1]),
  ...Array.from('âëîïôùûüœÀÂÈÊËÎÏÔŒ’€', (letter): [string, number] => [letter, 2]),
  ...Array.from('àèêçÉ', (letter): [string, number] => [letter, 4]),
  ['é', 8],
]);
const NOT_FRENCH_WEIGHT = -3;
const SMALL = '[a-zß-öø-ÿœ]';
const CAPITAL = '[A-ZÀ-ÖØ-ÞŒŸ]';
// A capital inside a word of small letters, or the other way round, is some other letter.
const MIXED_CASES = new RegExp(
  `${SMALL}(?=[À-ÖØ-ÞŒŸ])|${CAPITAL}[À-ÖØ-ÞŒŸ](?=${SMALL})|${CAPITAL}${CAPITAL}(?=[ß-öø-ÿœ])`,
  'g',
);
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * The lines of a file of text.
 *
 * A byte order mark decides; without one, UTF-16 shows in its zero bytes. Otherwise each line is
 * UTF-8 if it can be, and else in the old encoding in which those that cannot be are most French:
 * one file can hold the lines of two programs.
 *
 * @throws InvalidSource it is no text.
 */
export function linesOf(bytes: Uint8Array): Line[] {
  const utf16 = utf16Of(bytes);
  if (utf16 !== null) {
    return numbered(new TextDecoder(utf16).decode(bytes).split(/\r\n|\n|\r/));
  }
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const raw = split(bytes.subarray(start));
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let old: TextDecoder | null = null;
  return numbered(
    raw.map((line) => {
      try {
        return utf8.decode(line);
      } catch {
        old ??= new TextDecoder(oldEncoding(raw, utf8));
        return old.decode(line);
      }
    }),
  );
}

function numbered(texts: readonly string[]): Line[] {
  const lines = texts.map((text, index) => ({
    number: index + 1,
    text: text.endsWith('\r') ? text.slice(0, -1) : text,
  }));
  // What follows the last line's end is no line.
  return lines.at(-1)?.text === '' ? lines.slice(0, -1) : lines;
}

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return 'utf-16le';
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return 'utf-16be';
  }
  const sample = bytes.subarray(0, NUL_SAMPLE_BYTES);
  const nuls = [0, 0] as [number, number];
  sample.forEach((byte, index) => {
    nuls[index % 2 === 0 ? 0 : 1] += Number(byte === 0);
  });
  const [even, odd] = nuls;
  if ((even + odd) * NUL_SHARE <= sample.length) {
    return null;
  }
  // Latin letters are a zero byte and another, always on the same side.
  if (Math.min(even, odd) * NUL_SHARE > Math.max(even, odd)) {
    throw new InvalidSource('not-a-list');
  }
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Physical lines, without their line ends; old Macintoshes end theirs with a return alone. */
function split(bytes: Uint8Array): Uint8Array[] {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const isMacintosh = sample.includes(CARRIAGE_RETURN) && !sample.includes(LINE_FEED);
  const end = isMacintosh ? CARRIAGE_RETURN : LINE_FEED;
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  lines.push(bytes.subarray(from));
  return lines;
}

function oldEncoding(lines: readonly Uint8Array[], utf8: TextDecoder): string {
  let sampled = 0;
  const others = lines.filter((line) => {
    if (sampled > SAMPLE_BYTES) {
      return false;
    }
    try {
      utf8.decode(line);
      return false;
    } catch {
      sampled += line.length;
      return true;
    }
  });
  const scores = ONE_BYTE_ENCODINGS.map((name) => {
    const decoder = new TextDecoder(name);
    return others.reduce((total, line) => total + frenchScore(decoder.decode(line)), 0);
  });
  return ONE_BYTE_ENCODINGS[scores.indexOf(Math.max(...scores))] ?? 'windows-1252';
}

/** Weigh what is French in a text against what is not. */
function frenchScore(text: string): number {
  const letters = text.match(/[^\x00-\x7f]/gu) ?? [];
  const mixed = text.match(MIXED_CASES)?.length ?? 0;
  return letters.reduce(
    (total, letter) => total + (FRENCH_WEIGHTS.get(letter) ?? NOT_FRENCH_WEIGHT),
    NOT_FRENCH_WEIGHT * mixed,
  );
}

// Text that was decoded twice: UTF-8 that some program took for an old encoding.
//
// Ã‰lÃ©onore was Éléonore: its two bytes for É were read as two characters. The way back is exact,
// or it is not taken: every character must be a byte in one old encoding, all bytes together must
// be UTF-8, and what comes out must be letters and signs of names.

import { CODE_PAGES, type CodePage, encodeIn, withoutControls } from '../sources/codepages.ts';

// A character of UTF-8 that is no ASCII has two bytes at least, and none of them is ASCII.
const TWO_BYTES = /[^\x00-\x7f]{2}/u;
// Letters of Latin-1 and Latin Extended-A, and what stands between names.
const OF_NAMES = /^[\x20-\x7eÀ-ÖØ-öø-ſ’‘–—\u00a0]+$/;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undo the second decoding, if there is exactly one way to. */
export function decodedOnce(text: string): string[] {
  if (!TWO_BYTES.test(text)) {
    return [];
  }
  const repaired = new Set(CODE_PAGES.flatMap((page) => undone(text, page)));
  return repaired.size === 1 ? [...repaired] : [];
}

/** What the text was, or nothing where it cannot have been read in this code page. */
function undone(text: string, page: CodePage): string[] {
  // Programs put control characters where Windows-1252 has no sign: Í is C3 8D.
  const bytes = encodeIn(page, page === 'windows-1252' ? withoutControls(text) : text);
  if (bytes === null) {
    return [];
  }
  try {
    const again = UTF_8.decode(bytes);
    return OF_NAMES.test(again) ? [again] : [];
  } catch {
    return [];
  }
}

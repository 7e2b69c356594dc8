// Old encodings of one byte a character, from 0x80 on: what runtimes decode wrongly or not at all.

/**
 * Windows-1252. Some runtimes take it for Latin-1 from 0x80 to 0x9f, which has control characters
 * there. Where the encoding has none, programs put that control character.
 */
const WINDOWS_1252_BEGINNING =
  '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Code page 850, which no browser knows. */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤' +
  'ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

const FIRST = 0x80;
const BYTES = Uint8Array.from({ length: 0x100 - FIRST }, (_, index) => FIRST + index);

/** In the order in which they are asked. */
export const CODE_PAGES = ['windows-1252', 'iso-8859-15', 'macintosh', 'cp850'] as const;
export type CodePage = (typeof CODE_PAGES)[number];

const TABLES = new Map<CodePage, ReadonlyMap<string, number>>();

/** What stands for Latin-1's control characters in Windows-1252; other characters are kept. */
export function withoutControls(text: string): string {
  return text.replace(
    /[\u0080-\u009f]/g,
    (letter) => WINDOWS_1252_BEGINNING[letter.charCodeAt(0) - FIRST] ?? letter,
  );
}

/** The bytes of a text in a code page, or null where it has none for some character. */
export function encodeIn(page: CodePage, text: string): Uint8Array | null {
  const table = tableOf(page);
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.charCodeAt(0);
    const byte = code < FIRST ? code : table.get(letter);
    if (byte === undefined) {
      return null;
    }
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function tableOf(page: CodePage): ReadonlyMap<string, number> {
  let table = TABLES.get(page);
  if (table === undefined) {
    table = new Map(Array.from(upperHalf(page), (letter, index) => [letter, FIRST + index]));
    TABLES.set(page, table);
  }
  return table;
}

function upperHalf(page: CodePage): string {
  if (page === 'cp850') {
    return CP850;
  }
  const text = new TextDecoder(page).decode(BYTES);
  return page === 'windows-1252' ? withoutControls(text) : text;
}

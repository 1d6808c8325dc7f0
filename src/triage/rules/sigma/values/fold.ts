// Comparison without regard to case: every code point is folded by itself, whatever stands beside it, so that an index
// over parts of a text and a comparison of the whole agree. `toLowerCase` does neither: it looks at the end of a word
// for the final sigma, and turns one character into two for the dotted capital I.

/** Code units that are looked at together. */
const BLOCK = 256;
/** Folded code unit of each code unit; surrogates stand for themselves here. */
const FOLDED = foldTable();

function foldTable(): Uint16Array {
  const table = new Uint16Array(65536);
  for (let code = 0; code < 65536; code++) table[code] = code;
  for (let start = 0; start < 65536; start += BLOCK) {
    const block = String.fromCharCode(...table.subarray(start, start + BLOCK));
    // most scripts have no case: their blocks are passed over whole
    if (block.toLowerCase() === block && block.toUpperCase() === block) continue;
    for (let code = start; code < start + BLOCK; code++) {
      if (code < 0xd800 || code >= 0xe000) table[code] = foldedCodePoint(code);
    }
  }
  return table;
}

/**
 * Simple case folding of a code point: the lower case of its upper case, where each is one character.
 *
 * The dotless i keeps apart, as its capital is the ordinary I; so does the long s, which is no other writing of s.
 *
 * @see Unicode 16, CaseFolding.txt, status C and S
 */
function foldedCodePoint(code: number): number {
  // dotless i and long s
  if (code === 0x131 || code === 0x17f) return code;
  const upper = single(String.fromCodePoint(code).toUpperCase(), code);
  const lower = single(String.fromCodePoint(upper).toLowerCase(), upper);
  // a capital without its own counterpart, such as the capital sharp s, still has a lower case
  return lower === code ? single(String.fromCodePoint(code).toLowerCase(), code) : lower;
}

function single(text: string, otherwise: number): number {
  const code = text.codePointAt(0)!;
  return String.fromCodePoint(code).length === text.length ? code : otherwise;
}

/** Folded code unit of each code unit, as a table of the caller's own. */
export const foldedUnits = (): Uint16Array => FOLDED.slice();

const NON_ASCII = /[^\0-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;

/** Texts whose folded form is remembered, and the longest of them: a value stands in several fields of an event. */
const REMEMBERED = 64;
const MAX_REMEMBERED_CHARS = 4096;
const lastTexts = new Array<string>(REMEMBERED).fill('');
const lastFolded = new Array<string>(REMEMBERED).fill('');

/** `text` as it is compared without regard to case. */
export function folded(text: string): string {
  const { length } = text;
  if (length > MAX_REMEMBERED_CHARS) return foldedText(text);
  // the middle and the end tell texts of one length apart: paths and command lines start alike
  const place =
    (length * 31 + (text.charCodeAt(length >> 1) << 3) + text.charCodeAt(length - 1)) & (REMEMBERED - 1);
  if (lastTexts[place] === text) return lastFolded[place]!;
  const low = foldedText(text);
  lastTexts[place] = text;
  lastFolded[place] = low;
  return low;
}

function foldedText(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase();
  if (SURROGATE.test(text)) {
    let out = '';
    for (const character of text) out += String.fromCodePoint(foldedPoint(character.codePointAt(0)!));
    return out;
  }
  let out = '';
  for (let i = 0; i < text.length; i++) out += String.fromCharCode(FOLDED[text.charCodeAt(i)]!);
  return out;
}

const foldedPoint = (code: number): number => (code < 65536 ? FOLDED[code]! : foldedCodePoint(code));

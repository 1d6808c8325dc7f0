/** What is looked through for names, characters and values: a name that stands further on is told in its normal form. */
const MAX_CHARACTERS = 131_072;
const MAX_VALUES = 5_000;
/** Longest name told whole. */
const MAX_NAME = 80;

/**
 * Entities are kept in one normal form, in lower case; an analyst looks for the name that the product shows. Finds it in
 * the payload: `WS-17` for `ws-17`.
 */
export class NamesAsSent {
  readonly #payload: unknown;
  #texts: readonly { readonly text: string; readonly low: string }[] | undefined;

  constructor(payload: unknown) {
    this.#payload = payload;
  }

  /** @param value in the normal form of its kind */
  of(value: string): string {
    this.#texts ??= textsOf(this.#payload);
    for (const { text, low } of this.#texts) {
      // where letters change their length in lower case, places do not tell
      if (low.length !== text.length) continue;
      const at = wordAt(low, value);
      if (at >= 0) return shown(text.slice(at, at + value.length));
    }
    return shown(value);
  }
}

/** Place of `word` in `text` where it is no part of a longer word; -1 for none. */
function wordAt(text: string, word: string): number {
  if (word === '') return -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + word.length])) return at;
  }
  return -1;
}

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** One line of bounded length, without characters that reorder or hide text. */
function shown(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trim();
  return plain.length > MAX_NAME ? `${plain.slice(0, MAX_NAME)}…` : plain;
}

function textsOf(payload: unknown): { text: string; low: string }[] {
  const texts: { text: string; low: string }[] = [];
  const open: unknown[] = [payload];
  let nCharacters = 0;
  for (let n = 0; open.length > 0 && n < MAX_VALUES && nCharacters < MAX_CHARACTERS; n++) {
    const value = open.pop();
    if (typeof value === 'string') {
      const text = value.slice(0, MAX_CHARACTERS - nCharacters);
      nCharacters += text.length;
      texts.push({ text, low: text.toLowerCase() });
    } else if (typeof value === 'object' && value !== null) {
      // the last in is the first out: what stands first is looked at first
      for (const member of Object.values(value).reverse()) open.push(member);
    }
  }
  return texts;
}

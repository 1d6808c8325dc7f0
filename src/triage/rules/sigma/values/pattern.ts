import { folded } from './fold.ts';

/** Any number of characters, none included. */
export const ANY = 0;
/** Exactly one code point. */
export const ONE = 1;
/** A dash or slash as Windows programs take it before an option: `-`, `/`, en dash, em dash or horizontal bar. */
export const DASH = 2;

/** Literal text or one of `ANY`, `ONE` and `DASH`. */
export type Token = string | typeof ANY | typeof ONE | typeof DASH;

/**
 * Tokens of a text with wildcards: `*`, `?`, and a backslash that escapes these two and itself only.
 *
 * @see Sigma rules specification 2.1, "Escaping"
 */
export function parsePattern(text: string): Token[] {
  if (!text.includes('*') && !text.includes('?') && !text.includes('\\\\')) return text === '' ? [] : [text];
  const tokens: Token[] = [];
  let literal = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const next = text[i + 1];
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      i++;
    } else if (character === '*' || character === '?') {
      if (literal !== '') tokens.push(literal);
      literal = '';
      tokens.push(character === '*' ? ANY : ONE);
    } else {
      literal += character;
    }
  }
  if (literal !== '') tokens.push(literal);
  return tokens;
}

/** Text that tokens without wildcards stand for; undefined with wildcards. */
export function literalOf(tokens: readonly Token[]): string | undefined {
  if (tokens.some((token) => typeof token !== 'string')) return undefined;
  return tokens.join('');
}

const WORD = /[\p{L}\p{N}_]/u;

/**
 * Tokens in which each dash or slash that starts a word matches any of the five.
 *
 * A dash starts a word when no letter, digit or underscore stands before it and one behind it.
 */
export function withDashes(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    if (typeof token !== 'string') return [token];
    const parts: Token[] = [];
    let literal = '';
    for (let i = 0; i < token.length; i++) {
      const isDash = isDashCode(token.charCodeAt(i));
      const isStart = (i === 0 || !WORD.test(token[i - 1]!)) && WORD.test(token[i + 1] ?? '');
      if (isDash && isStart) {
        if (literal !== '') parts.push(literal);
        literal = '';
        parts.push(DASH);
      } else {
        literal += token[i];
      }
    }
    if (literal !== '') parts.push(literal);
    return parts;
  });
}

/** Code units of the five. */
export const DASH_CODES = [0x2d, 0x2f, 0x2013, 0x2014, 0x2015] as const;

export const isDashCode = (code: number): boolean =>
  code === 0x2d || code === 0x2f || (code >= 0x2013 && code <= 0x2015);

export const foldedTokens = (tokens: readonly Token[]): Token[] =>
  tokens.map((token) => (typeof token === 'string' ? folded(token) : token));

/** Tokens with neighbouring literals joined and `ANY` never twice in a row. */
export function joinedTokens(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (typeof token === 'string' && typeof last === 'string') joined[joined.length - 1] = last + token;
    else if (!(token === ANY && last === ANY) && token !== '') joined.push(token);
  }
  return joined;
}

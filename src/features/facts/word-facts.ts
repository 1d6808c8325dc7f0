import type { Alert } from '../../alert/alert.ts';
import { hashText, lastHash } from '../hash64.ts';

// Hashed buckets per kind of word; powers of two.
export const N_SOURCE_BUCKETS = 8;
export const N_CATEGORY_BUCKETS = 8;
export const N_TOKEN_BUCKETS = 16;
export const N_TECHNIQUE_BUCKETS = 8;

/** How many words fell into each bucket. */
export class WordFacts {
  /** (8,) one 1. */
  readonly source = new Uint32Array(N_SOURCE_BUCKETS);
  /** (8,) */
  readonly category = new Uint32Array(N_CATEGORY_BUCKETS);
  /** (16,) of title and rule name. */
  readonly token = new Uint32Array(N_TOKEN_BUCKETS);
  /** (8,) */
  readonly technique = new Uint32Array(N_TECHNIQUE_BUCKETS);
  nSubtechniques = 0;

  read({ source, techniques, title, rule_name, category }: Alert): void {
    this.source.fill(0);
    this.category.fill(0);
    this.token.fill(0);
    this.technique.fill(0);
    hashText(source, 0);
    this.source[lastHash[1]! & (N_SOURCE_BUCKETS - 1)] = 1;

    this.nSubtechniques = 0;
    for (const id of techniques) {
      const dot = id.indexOf('.');
      if (dot >= 0) this.nSubtechniques++;
      hashText(dot < 0 ? id : id.slice(0, dot), 0);
      this.technique[lastHash[1]! & (N_TECHNIQUE_BUCKETS - 1)]! += 1;
    }

    hashWords(title, this.token);
    if (rule_name !== undefined && rule_name !== title) hashWords(rule_name, this.token);
    if (category !== undefined) hashWords(category, this.category);
  }
}

/**
 * Adds one to the bucket of every word of `text`. A word is a run of letters and digits, compared without ASCII
 * case; long numbers (ids, times) are all the same word, short ones (ports, event ids) each a word.
 *
 * @param buckets (a power of two,)
 */
function hashWords(text: string, buckets: Uint32Array): void {
  const mask = buckets.length - 1;
  let hash = 0;
  let wordLength = 0;
  let nDigits = 0;
  for (let at = 0; at <= text.length; at++) {
    let unit = at < text.length ? text.charCodeAt(at) : 32;
    if (unit >= 65 && unit <= 90) unit += 32;
    const isDigit = unit >= 48 && unit <= 57;
    if (isDigit || (unit >= 97 && unit <= 122) || unit >= 128) {
      hash = Math.imul(hash ^ unit, 0x9e3779b1);
      hash ^= hash >>> 15;
      wordLength++;
      if (isDigit) nDigits++;
    } else if (wordLength > 0) {
      if (nDigits === wordLength && nDigits > 5) hash = 0x23;
      const spread = Math.imul(hash ^ (hash >>> 16), 0x846ca68b);
      buckets[(spread >>> 16) & mask]! += 1;
      hash = 0;
      wordLength = 0;
      nDigits = 0;
    }
  }
}

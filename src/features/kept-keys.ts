import { hash64Hex } from './hash64.ts';

/** Keys and scopes that are kept at most, 4.4 MB where every alert has a rule of its own; then all are forgotten. A long text counts for several. */
const MAX_KEPT = 20_000;
const TEXT_LENGTH = 64;

let nKept = 0;

/**
 * Hashed keys of one rule, one tenant or the like by family and the part that comes last: from alert to alert most of
 * them come again, and looking one up takes a tenth of the time of making it.
 */
export class KeyScope {
  readonly #seed: number;
  // made when first needed: where every alert has a rule of its own, most scopes stay empty
  #keys: Map<number | string, string>[] | undefined;
  #scopes: Map<string, KeyScope> | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * 16 hex digits.
   *
   * @param family place in RECORD_FAMILIES
   * @param lastPart tells the keys of a family in this scope apart
   * @param hashed what the key is the hash of
   */
  keyOf(family: number, lastPart: number | string, hashed: readonly (number | string)[]): string {
    const found = this.#keys?.[family]?.get(lastPart);
    if (found !== undefined) return found;
    nKept += 1 + (typeof lastPart === 'string' ? Math.floor(lastPart.length / TEXT_LENGTH) : 0);
    const key = hash64Hex(hashed.map(String), this.#seed);
    this.#keys ??= [];
    this.#keys[family] ??= new Map();
    this.#keys[family].set(lastPart, key);
    return key;
  }

  /** The scope of one more part. */
  within(part: string): KeyScope {
    let scope = this.#scopes?.get(part);
    if (scope === undefined) {
      nKept += 1 + Math.floor(part.length / TEXT_LENGTH);
      scope = new KeyScope(this.#seed);
      this.#scopes ??= new Map();
      this.#scopes.set(part, scope);
    }
    return scope;
  }
}

/** What is kept for one salt. */
export class KeptKeys {
  readonly rules: KeyScope;
  readonly tenants: KeyScope;
  readonly tactics: KeyScope;

  constructor(seed: number) {
    this.rules = new KeyScope(seed);
    this.tenants = new KeyScope(seed);
    this.tactics = new KeyScope(seed);
  }
}

const bySalt = new Map<string, KeptKeys>();

/** @param seedOf called for a salt that is met the first time */
export function keptKeys(salt: string, seedOf: (salt: string) => number): KeptKeys {
  if (nKept > MAX_KEPT) {
    nKept = 0;
    bySalt.clear();
  }
  let kept = bySalt.get(salt);
  if (kept === undefined) {
    kept = new KeptKeys(seedOf(salt));
    bySalt.set(salt, kept);
  }
  return kept;
}

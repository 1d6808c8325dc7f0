/** Keys and scopes that are kept at most, 4.4 MB where every alert has a rule of its own; then all are forgotten. A long text counts for several. */
const MAX_KEPT = 20_000;
const TEXT_LENGTH = 64;

let nKept = 0;

/**
 * Hashed keys of one rule, one tenant or the like by family and the part that comes last: from alert to alert most of
 * them come again, and looking one up takes a tenth of the time of making it.
 */
export class KeyScope {
  // made when first needed: where every alert has a rule of its own, most scopes stay empty
  #keys: Map<number | string, string>[] | undefined;
  #scopes: Map<string, KeyScope> | undefined;

  /** @param family place in RECORD_FAMILIES */
  find(family: number, lastPart: number | string): string | undefined {
    return this.#keys?.[family]?.get(lastPart);
  }

  /** Gives `key` back. */
  keep(family: number, lastPart: number | string, key: string): string {
    nKept += 1 + (typeof lastPart === 'string' ? Math.floor(lastPart.length / TEXT_LENGTH) : 0);
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
      scope = new KeyScope();
      this.#scopes ??= new Map();
      this.#scopes.set(part, scope);
    }
    return scope;
  }
}

/** What is kept for one salt. */
export class KeptKeys {
  readonly seed: number;
  readonly rules = new KeyScope();
  readonly tenants = new KeyScope();
  readonly tactics = new KeyScope();

  constructor(seed: number) {
    this.seed = seed;
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

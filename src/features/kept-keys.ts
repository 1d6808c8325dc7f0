import { hash64Hex } from './hash64.ts';

/** Keys and scopes that are kept at most, 4.4 MB where every alert has a rule of its own; then all are forgotten. A long text counts for several. */
const MAX_KEPT = 20_000;
const TEXT_LENGTH = 64;

type Part = number | string;

let nKept = 0;

/** Keys of one family by the part that comes last. */
interface FamilyKeys {
  /** The one asked for last: alerts of a batch come by their time, so that days and hours repeat. */
  lastPart: Part;
  lastKey: string;
  /** All of them, where there are several. */
  keys: Map<Part, string> | undefined;
}

/**
 * Hashed keys of one rule, one tenant or the like by family and the part that comes last: from alert to alert most of
 * them come again, and looking one up takes a tenth of the time of making it.
 */
export class KeyScope {
  readonly #seed: number;
  // made when first needed: where every alert has a rule of its own, most scopes stay empty
  #families: FamilyKeys[] | undefined;
  #scopes: Map<string, KeyScope> | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * 16 hex digits. What the key is the hash of comes part by part: a list of the parts would be made for every key that
   * is known.
   *
   * @param family place in RECORD_FAMILIES
   * @param lastPart tells the keys of a family in this scope apart
   * @param name of the first definition of the family
   */
  keyOf(family: number, lastPart: Part, name: string, b: Part, c?: Part, d?: Part, e?: Part): string {
    const known = this.#families?.[family];
    if (known !== undefined && known.lastPart === lastPart) return known.lastKey;
    const key = known?.keys?.get(lastPart) ?? this.#newKey(family, lastPart, [name, b, c, d, e]);
    if (known !== undefined) {
      known.lastPart = lastPart;
      known.lastKey = key;
    }
    return key;
  }

  #newKey(family: number, lastPart: Part, parts: readonly (Part | undefined)[]): string {
    nKept += 1 + (typeof lastPart === 'string' ? Math.floor(lastPart.length / TEXT_LENGTH) : 0);
    const lastKey = hash64Hex(parts.filter((part) => part !== undefined).map(String), this.#seed);
    this.#families ??= [];
    const known = this.#families[family];
    if (known === undefined) this.#families[family] = { lastPart, lastKey, keys: undefined };
    else {
      known.keys ??= new Map([[known.lastPart, known.lastKey]]);
      known.keys.set(lastPart, lastKey);
    }
    return lastKey;
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

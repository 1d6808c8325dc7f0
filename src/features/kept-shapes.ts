import { ShapeKeys } from './shape-keys.ts';

/** Shapes that are kept at most, 5 MB where every alert has a rule of its own; then all are forgotten. A long text counts for several. */
const MAX_KEPT = 5_000;
const LONG_TEXT = 256;

let nKept = 0;

/** Keys by shape for one salt: from alert to alert most shapes come again. */
class KeptShapes {
  readonly #seed: number;
  readonly #shapes = new Map<string, ShapeKeys>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Parameters as in AlertShape. One look-up finds what all keys of an alert have in common. */
  shapeOf(
    tenant: string | undefined,
    source: string,
    rule: string,
    tactics: string,
    parts: number,
  ): ShapeKeys {
    // the lengths of all texts but the last say where each begins: no two shapes have the same name
    const lengths = String.fromCharCode(
      tenant === undefined ? 0 : tenant.length + 1,
      source.length,
      tactics.length,
      parts >>> 12,
      parts & 0xfff,
    );
    const name = lengths + (tenant ?? '') + source + tactics + rule;
    let shape = this.#shapes.get(name);
    if (shape === undefined) {
      nKept += 1 + Math.floor(name.length / LONG_TEXT);
      shape = new ShapeKeys({ tenant, source, rule, tactics, parts }, this.#seed);
      this.#shapes.set(name, shape);
    }
    return shape;
  }
}

const bySalt = new Map<string, KeptShapes>();

/** @param seedOf called for a salt that is met the first time */
export function keptShapes(salt: string, seedOf: (salt: string) => number): KeptShapes {
  if (nKept > MAX_KEPT) {
    nKept = 0;
    bySalt.clear();
  }
  let kept = bySalt.get(salt);
  if (kept === undefined) {
    kept = new KeptShapes(seedOf(salt));
    bySalt.set(salt, kept);
  }
  return kept;
}

import type { Matrix } from '../matrix.ts';
import { createRandom, deriveSeed } from '../random.ts';
import { contentOrder } from './row-order.ts';

/** Draws a share of the rows for each round of boosting, without replacement; all of them when the share is 1. */
export class RowSampler {
  readonly #nSamples: number;
  readonly #nDrawn: number;
  readonly #seed: number;
  readonly #order: Int32Array | undefined;
  readonly #isDrawn: Uint8Array;

  /** `labels` or `targets` tell rows apart that hold the same values. */
  constructor(
    X: Matrix,
    columns: Int16Array,
    share: number,
    seed: number,
    labels?: Int32Array,
    targets?: Float64Array,
  ) {
    this.#nSamples = X.nSamples;
    this.#nDrawn = Math.max(1, Math.round(share * X.nSamples));
    this.#seed = seed;
    this.#order = this.#nDrawn < X.nSamples ? contentOrder(X, columns, labels, targets) : undefined;
    this.#isDrawn = new Uint8Array(this.#order === undefined ? 0 : X.nSamples);
  }

  /** Fills the front of `index` with the rows of `round`, ascending; returns how many. */
  draw(index: Int32Array, round: number): number {
    const nSamples = this.#nSamples;
    const nDrawn = this.#nDrawn;
    const order = this.#order;
    if (order === undefined) {
      for (let i = 0; i < nSamples; i++) index[i] = i;
      return nSamples;
    }
    // Knuth's selection sampling: a row is taken with probability (still wanted) / (still to come).
    const random = createRandom(deriveSeed(this.#seed, round));
    const isDrawn = this.#isDrawn.fill(0);
    let taken = 0;
    for (let k = 0; taken < nDrawn; k++) {
      if (random.next() * (nSamples - k) < nDrawn - taken) {
        isDrawn[order[k]] = 1;
        taken++;
      }
    }
    let n = 0;
    for (let i = 0; i < nSamples; i++) if (isDrawn[i] === 1) index[n++] = i;
    return nDrawn;
  }
}

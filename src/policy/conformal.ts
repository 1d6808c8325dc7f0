import { DISPOSITIONS, type Disposition } from '../alert/alert.ts';
import type { ConformalScores } from '../models/conformal-scores.ts';

/**
 * Class-conditional (Mondrian) conformal sets: of the alerts of a class, at most about `alpha` get a set that
 * leaves their class out, whatever the model, as long as future alerts of the class are like the judged ones.
 *
 * A class with fewer than ceil(1 / alpha) judged alerts carries no such promise: it takes no part in any set and is
 * listed in `uncovered`.
 *
 * @see Vovk, Gammerman, Shafer. Algorithmic Learning in a Random World, 2005, ch. 4.5.
 */
export class ConformalSets {
  readonly alpha: number;
  readonly uncovered: readonly Disposition[];
  /** (nClasses,) lowest probability with which a class enters a set; infinite where it is uncovered. */
  readonly #lowest: readonly number[];

  /** @param alpha in (0, 1) */
  constructor(scores: ConformalScores, alpha: number) {
    if (!(alpha > 0 && alpha < 1)) throw new RangeError(`Expected \`alpha\` in (0, 1), got ${alpha}.`);
    this.alpha = alpha;
    const needed = Math.ceil(1 / alpha);
    this.#lowest = DISPOSITIONS.map((_, c) => {
      const n = scores.counts[c]!;
      if (n < needed) return Number.POSITIVE_INFINITY;
      const sorted = scores.scores[c]!;
      // the ceil((n + 1)(1 - alpha))-th smallest of n scores; of thinned ones, the first at or past that rank
      const rank = Math.ceil((n + 1) * (1 - alpha) - 1e-9);
      const position = Math.min(sorted.length, Math.ceil((rank * sorted.length) / n)) - 1;
      // scores are float32 of 1 - p: a hair of slack keeps a p equal to the quantile inside
      return 1 - sorted[position]! - 1e-6;
    });
    this.uncovered = DISPOSITIONS.filter((_, c) => this.#lowest[c] === Number.POSITIVE_INFINITY);
  }

  /** Bit c is set where class c is in the set. `probabilities`: (nClasses,). */
  maskOf(probabilities: ArrayLike<number>): number {
    let mask = 0;
    for (let c = 0; c < DISPOSITIONS.length; c++) if (probabilities[c]! >= this.#lowest[c]!) mask |= 1 << c;
    return mask;
  }

  isCovered(disposition: Disposition): boolean {
    return !this.uncovered.includes(disposition);
  }
}

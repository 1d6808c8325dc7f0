/** Entities followed between two moments at which the others were heard; what is beyond counts as seen here alone. */
const MAX_KEYS = 20_000;

/**
 * What is seen here counts for a third with each of the others: an estimate from few alerts is noisy, and the largest value
 * of a line decides its rank. In full shaw loses what santos gains (docs/context.md).
 */
const CERTAINTY = 1 / 3;

/**
 * What the other instances must have seen and not told yet. Alerts are spread over the instances at random, so of what
 * happens between two looks each sees an equal share: the novelty seen here, beside that of the alert asked about, stands for
 * some with each of the others. A lone alert stands for nothing.
 */
export class UnheardMasses {
  #nOthers = 0;
  readonly #seen = new Map<number, number>();

  /** The others were heard just now. @param nOthers instances that count beside this one */
  heard(nOthers: number): void {
    this.#nOthers = nOthers;
    this.#seen.clear();
  }

  /** Novelty around `key` that the others must have seen since. */
  at(key: number): number {
    return this.#nOthers === 0 ? 0 : CERTAINTY * this.#nOthers * (this.#seen.get(key) ?? 0);
  }

  /** Novelty was seen here. */
  add(key: number, novelty: number): void {
    if (this.#nOthers === 0) return;
    const seen = this.#seen.get(key);
    if (seen === undefined && this.#seen.size >= MAX_KEYS) return;
    this.#seen.set(key, (seen ?? 0) + novelty);
  }
}

import type { Random } from './random.ts';

/**
 * Fills the first `n` places of `index` with rows of 0 .. nSamples - 1 drawn without replacement, in ascending order.
 *
 * One pass, Knuth's selection sampling: row i is taken with probability (still wanted) / (still to come).
 */
export function drawRows(index: Int32Array, nSamples: number, n: number, random: Random): void {
  if (n === nSamples) {
    for (let i = 0; i < nSamples; i++) index[i] = i;
    return;
  }
  let taken = 0;
  for (let i = 0; taken < n; i++) {
    if (random.next() * (nSamples - i) < n - taken) index[taken++] = i;
  }
}

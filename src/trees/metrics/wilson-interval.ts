/** Quantile of the normal distribution that leaves 2.5 % on either side. */
const Z_95 = 1.959963984540054;

/**
 * Wilson score interval of k in n trials, in [0, 1]. Both may be fractions, as where trials depend on each other and count
 * for less.
 *
 * @param n > 0
 * @param z quantile of the normal distribution at either end. @default 95 % of the mass between the ends
 * @see Wilson. Probable inference, the law of succession, and statistical inference. JASA 22, 1927.
 */
export function wilson(k: number, n: number, z = Z_95): { readonly low: number; readonly high: number } {
  const p = k / n;
  const z2 = z * z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

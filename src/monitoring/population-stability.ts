/** Least share a bin counts as in the stability index, so that an empty bin does not make it infinite. */
export const LEAST_SHARE = 1e-3;

/**
 * Population stability index of two distributions over the same bins, in natural logarithms: the sum of
 * (now - before) ln(now / before), 0 for equal ones. Below 0.1 counts as stable, above 0.25 as shifted; unlike a
 * p-value it does not grow with the sample. A bin counts as {@link LEAST_SHARE} at least, so one that was empty adds
 * at most 6.9 times its share.
 *
 * @see Yurdakul. Statistical Properties of Population Stability Index. Western Michigan University, 2018.
 */
export function populationStability(baseline: ArrayLike<number>, current: ArrayLike<number>): number {
  let index = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const before = Math.max(LEAST_SHARE, baseline[bin] as number);
    const now = Math.max(LEAST_SHARE, current[bin] as number);
    index += (now - before) * Math.log(now / before);
  }
  return index;
}

/**
 * Jensen-Shannon distance of two distributions over the same bins, base 2: the square root of the divergence, 0 for
 * equal ones and 1 where no bin is shared. No floor is needed. As `scipy.spatial.distance.jensenshannon(p, q, base=2)`.
 */
export function jensenShannonDistance(baseline: ArrayLike<number>, current: ArrayLike<number>): number {
  let divergence = 0;
  for (let bin = 0; bin < baseline.length; bin++) {
    const before = baseline[bin] as number;
    const now = current[bin] as number;
    const middle = (before + now) / 2;
    if (before > 0) divergence += before * Math.log2(before / middle);
    if (now > 0) divergence += now * Math.log2(now / middle);
  }
  // Rounding can leave a hair below 0 for equal distributions, or above 1.
  return Math.sqrt(Math.min(1, Math.max(0, divergence / 2)));
}

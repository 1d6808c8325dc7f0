/** A non-decreasing map of the line to itself, linear between its knots and flat outside them. */
export interface IsotonicCurve {
  /** (nKnots,) rising. */
  readonly x: Float64Array;
  /** (nKnots,) not falling. */
  readonly y: Float64Array;
}

/**
 * Non-decreasing curve nearest to the points (x[i], y[i]) in weighted least squares, by pooling neighbours that
 * are out of order (PAVA). Points with equal x count as one, at their mean. O(n log n).
 *
 * Rows with a weight of 0 take no part; `x` and `y` are finite.
 *
 * @throws RangeError when no row carries weight
 * @see Best, Chakravarti. Active set algorithms for isotonic regression. Mathematical Programming 47, 1990.
 */
export function fitIsotonic(x: Float64Array, y: Float64Array, weights?: ArrayLike<number>): IsotonicCurve {
  const { nBlocks, first, last, mean } = pooledBlocks(x, y, weights);
  const knotX: number[] = [];
  const knotY: number[] = [];
  for (let block = 0; block < nBlocks; block++) {
    knotX.push(first[block]);
    knotY.push(mean[block]);
    if (last[block] > first[block]) {
      knotX.push(last[block]);
      knotY.push(mean[block]);
    }
  }
  return { x: Float64Array.from(knotX), y: Float64Array.from(knotY) };
}

/**
 * As {@link fitIsotonic}, with one knot for each run of pooled points, at their mean x: rising from knot to knot,
 * where the curve above is a staircase. A run's mean is then said of its middle alone, and an end of it, which only
 * pooling has put there, takes part of its neighbour's. Flat outside the outer knots.
 *
 * @throws RangeError when no row carries weight
 * @see Oron, Flournoy. Centered Isotonic Regression: Point and Interval Estimation for Dose-Response Studies.
 * Statistics in Biopharmaceutical Research 9, 2017. https://doi.org/10.1080/19466315.2017.1286256
 */
export function fitCentredIsotonic(
  x: Float64Array,
  y: Float64Array,
  weights?: ArrayLike<number>,
): IsotonicCurve {
  const { nBlocks, centre, mean } = pooledBlocks(x, y, weights);
  return { x: centre.slice(0, nBlocks), y: mean.slice(0, nBlocks) };
}

/** Runs of neighbouring points whose means rise strictly from run to run; of each array the first nBlocks values count. */
interface PooledBlocks {
  readonly nBlocks: number;
  /** Smallest x of the run. */
  readonly first: Float64Array;
  /** Largest x. */
  readonly last: Float64Array;
  /** Weighted mean of x; rises strictly too. */
  readonly centre: Float64Array;
  /** Weighted mean of y. */
  readonly mean: Float64Array;
}

function pooledBlocks(x: Float64Array, y: Float64Array, weights?: ArrayLike<number>): PooledBlocks {
  const order = Uint32Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => weights === undefined || weights[i] > 0)
    .sort((a, b) => x[a] - x[b] || a - b);
  if (order.length === 0) throw new RangeError('Expected at least one sample with weight, got 0.');

  // A stack of blocks. Invariant: means rise strictly from block to block; a new point joins the top block while
  // that would not hold.
  const first = new Float64Array(order.length);
  const last = new Float64Array(order.length);
  const sumX = new Float64Array(order.length); // weighted
  const sumY = new Float64Array(order.length);
  const weight = new Float64Array(order.length);
  let top = -1;
  for (let p = 0; p < order.length; ) {
    top++;
    const at = x[order[p]];
    first[top] = at;
    last[top] = at;
    sumY[top] = 0;
    weight[top] = 0;
    for (; p < order.length && x[order[p]] === at; p++) {
      const own = weights === undefined ? 1 : weights[order[p]];
      sumY[top] += own * y[order[p]];
      weight[top] += own;
    }
    sumX[top] = weight[top] * at;
    while (top > 0 && sumY[top - 1] / weight[top - 1] >= sumY[top] / weight[top]) {
      top--;
      last[top] = last[top + 1];
      sumX[top] += sumX[top + 1];
      sumY[top] += sumY[top + 1];
      weight[top] += weight[top + 1];
    }
  }
  const nBlocks = top + 1;
  // Rounding must not carry a mean out of its run, or knots could meet.
  const centre = sumX.map((sum, block) =>
    block > top ? 0 : Math.min(last[block], Math.max(first[block], sum / weight[block])),
  );
  const mean = sumY.map((sum, block) => (block > top ? 0 : sum / weight[block]));
  return { nBlocks, first, last, centre, mean };
}

/** Value of the curve at `at`. */
export function evaluateIsotonic({ x, y }: IsotonicCurve, at: number): number {
  const end = x.length - 1;
  if (at <= x[0]) return y[0];
  if (at >= x[end]) return y[end];
  let below = 0;
  let above = end;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (x[middle] <= at) below = middle;
    else above = middle;
  }
  return y[below] + ((at - x[below]) / (x[above] - x[below])) * (y[above] - y[below]);
}

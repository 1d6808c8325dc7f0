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
  const order = Uint32Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => weights === undefined || weights[i] > 0)
    .sort((a, b) => x[a] - x[b] || a - b);
  if (order.length === 0) throw new RangeError('Expected at least one sample with weight, got 0.');

  // A stack of blocks. Invariant: means rise strictly from block to block; a new point joins the top block while
  // that would not hold.
  const first = new Float64Array(order.length); // smallest x of the block
  const last = new Float64Array(order.length); // largest x
  const sum = new Float64Array(order.length); // weighted sum of y
  const weight = new Float64Array(order.length);
  let top = -1;
  for (let p = 0; p < order.length; ) {
    top++;
    const at = x[order[p]];
    first[top] = at;
    last[top] = at;
    sum[top] = 0;
    weight[top] = 0;
    for (; p < order.length && x[order[p]] === at; p++) {
      const own = weights === undefined ? 1 : weights[order[p]];
      sum[top] += own * y[order[p]];
      weight[top] += own;
    }
    while (top > 0 && sum[top - 1] / weight[top - 1] >= sum[top] / weight[top]) {
      top--;
      last[top] = last[top + 1];
      sum[top] += sum[top + 1];
      weight[top] += weight[top + 1];
    }
  }

  const knotX: number[] = [];
  const knotY: number[] = [];
  for (let block = 0; block <= top; block++) {
    const mean = sum[block] / weight[block];
    knotX.push(first[block]);
    knotY.push(mean);
    if (last[block] > first[block]) {
      knotX.push(last[block]);
      knotY.push(mean);
    }
  }
  return { x: Float64Array.from(knotX), y: Float64Array.from(knotY) };
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

/** Points and weights on (0, 1): the weighted sum of a polynomial at the points is its integral from 0 to 1. */
export interface Quadrature {
  /** (nPoints,) rising. */
  readonly points: Float64Array;
  /** (nPoints,) all above 0; they sum to 1. */
  readonly weights: Float64Array;
}

/**
 * Gauss-Legendre rule on (0, 1), exact for polynomials of degree up to 2 nPoints - 1.
 *
 * The points are the zeros of the Legendre polynomial, found by Newton's method from their asymptotic places.
 *
 * @see https://dlmf.nist.gov/3.5#v
 */
export function gaussLegendre(nPoints: number): Quadrature {
  if (!Number.isInteger(nPoints) || nPoints < 1) {
    throw new RangeError(`Expected \`nPoints\` to be an integer >= 1, got ${nPoints}.`);
  }
  const points = new Float64Array(nPoints);
  const weights = new Float64Array(nPoints);
  for (let k = 0; k < nPoints; k++) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (nPoints + 0.5));
    let slope = 1;
    // Converges quadratically from here for every k; the bound only guards against a step that oscillates in the
    // last bit.
    for (let step = 0; step < 20; step++) {
      let previous = 1;
      let value = x;
      for (let degree = 2; degree <= nPoints; degree++) {
        const next = ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree;
        previous = value;
        value = next;
      }
      slope = (nPoints * (previous - x * value)) / (1 - x * x);
      const change = value / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    points[k] = (1 + x) / 2;
    weights[k] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

const MAX_FLOAT32 = 3.4028234663852886e38;

const asFloat = new Float32Array(1);
const asBits = new Int32Array(asFloat.buffer);

/** Largest float32 below `value`, a float32 above -Infinity. */
export function previousFloat32(value: number): number {
  asFloat[0] = value;
  // Zero of either sign: the next one down is the smallest negative denormal.
  if (asFloat[0] === 0) return -1.401298464324817e-45;
  asBits[0] += asFloat[0] > 0 ? -1 : 1;
  return asFloat[0];
}

/**
 * The float32 threshold t for which `x <= t` holds for the same float32 values as `x <= threshold`: the largest
 * float32 not above the given double. Reads libraries that split on `<=` and hold doubles (scikit-learn).
 */
export function float32AtMost(threshold: number): number {
  const rounded = Math.fround(threshold);
  return rounded > threshold ? previousFloat32(rounded) : clampInfinite(rounded);
}

/**
 * The float32 threshold t for which `x <= t` holds for the same finite float32 values as `x < threshold`: the
 * largest float32 below the given double. Reads libraries that split on `<` (XGBoost, ml-cart).
 */
export function float32Below(threshold: number): number {
  const rounded = Math.fround(threshold);
  return rounded >= threshold ? previousFloat32(rounded) : clampInfinite(rounded);
}

/**
 * Threshold between two float32 neighbours `leftMax < rightMin` of a split: the midpoint, rounded down to a float32
 * that keeps both on their side.
 */
export function float32Between(leftMax: number, rightMin: number): number {
  const middle = Math.fround(leftMax / 2 + rightMin / 2);
  if (middle >= rightMin) return previousFloat32(rightMin);
  return middle < leftMax ? leftMax : middle;
}

/** Above the range of float32 every finite value lies left; below it none does, which -Infinity says. */
function clampInfinite(value: number): number {
  return value > MAX_FLOAT32 ? MAX_FLOAT32 : value;
}

/** Powers of ten by their exponent: what is rounded here is rounded a dozen times an alert. */
const SCALES = [1, 10, 100, 1_000, 10_000];

/** Rounds half away from zero to `digits` decimals; the only place where scores lose digits. */
export function roundTo(value: number, digits: number): number {
  const scale = SCALES[digits] ?? 10 ** digits;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale + Number.EPSILON)) / scale;
}

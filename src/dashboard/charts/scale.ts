/** Maps `from` linearly onto `to`; a range without width maps onto the middle. */
export function scale(
  [low, high]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const width = high - low;
  return (value) => (width === 0 ? (start + end) / 2 : start + ((value - low) / width) * (end - start));
}

/** Round numbers from 0 up to the first that is not below `high`, about `n` of them. */
export function ticks(high: number, n = 4): number[] {
  if (!(high > 0)) return [0, 1];
  const rough = high / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const all: number[] = [0];
  while ((all.at(-1) as number) < high - step * 1e-9) all.push(all.length * step);
  return all;
}

/** Points as the path of an SVG line. */
export const line = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

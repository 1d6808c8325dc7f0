import type { WorkSlices } from '../../../reading/work-slices.ts';

/** Positions sorted at once before runs are merged. */
const RUN = 256;
/** What a comparison costs, in bytes of {@link WorkSlices}: some hundred nanoseconds. */
const COMPARISON_BYTES = 4;

/**
 * The order of positions under `isLess`, stable, by merging runs; pauses between slices, so that sorting a million rows
 * never holds the event loop.
 *
 * @param positions taken over as scratch space
 */
export async function sortInSlices(
  positions: Uint32Array,
  compare: (a: number, b: number) => number,
  slices: WorkSlices,
): Promise<Uint32Array> {
  const n = positions.length;
  for (let from = 0; from < n; from += RUN) {
    positions.subarray(from, Math.min(n, from + RUN)).sort(compare);
    await slices.spend(RUN * Math.log2(RUN) * COMPARISON_BYTES);
  }
  let source = positions;
  let target = new Uint32Array(n);
  for (let width = RUN; width < n; width *= 2) {
    for (let from = 0; from < n; from += 2 * width) {
      const middle = Math.min(n, from + width);
      const end = Math.min(n, from + 2 * width);
      let left = from;
      let right = middle;
      let spent = 0;
      for (let at = from; at < end; at++) {
        const isLeft =
          left < middle && (right >= end || compare(source[left] as number, source[right] as number) <= 0);
        target[at] = source[isLeft ? left++ : right++] as number;
        if (++spent === 16_384) {
          await slices.spend(spent * COMPARISON_BYTES);
          spent = 0;
        }
      }
      await slices.spend(spent * COMPARISON_BYTES);
    }
    [source, target] = [target, source as Uint32Array<ArrayBuffer>];
  }
  return source;
}

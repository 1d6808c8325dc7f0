/** One comparison: medians of rounds, ours and the peer's in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number | null;
  /** Null where there is no peer, or where it is not installed; the note says which. */
  readonly peer: number | null;
  /** How many times better ours is; above 1 is in our favour. */
  readonly ratio: number | null;
  /** @default 'ms' */
  readonly unit?: string;
  readonly note?: string;
}

/** What a file in bench/suites exports as `suite`. */
export interface BenchSuite {
  readonly name: string;
  run(): Promise<readonly BenchRow[]>;
}

/** Row of two times (or sizes), lower is better. */
export function compare(
  name: string,
  unit: string,
  ours: number,
  peer: number | null,
  note?: string,
): BenchRow {
  return { name, ours, peer, ratio: peer === null ? null : peer / ours, unit, note };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median milliseconds of `rounds` calls. */
export function timeMs(rounds: number, call: () => unknown): number {
  return median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      call();
      return performance.now() - start;
    }),
  );
}

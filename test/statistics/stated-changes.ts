type Values = readonly number[];
/** A reference and the window compared with it. */
export type Change = readonly [before: Values, now: Values];

/** `counts[k]` times the value `values[k]`. */
export function repeated(values: Values, counts: Values): number[] {
  return values.flatMap((value, k) => new Array<number>(counts[k] ?? 0).fill(value));
}

const upTo = (first: number): number[] => Array.from({ length: 10 }, (_, i) => first + i);
const flagOf = (ones: number): number[] => repeated([0, 1], [100 - ones, ones]);
const severityOf = (...shares: number[]): number[] => repeated([1, 2, 3], shares);

/** The inputs that libraries of drift were asked, of a hundred values each but for the first. */
export const changes = {
  /** 1..10 against 6..15. */
  steps: [upTo(1), upTo(6)],
  /** 5 to 80 %. */
  flag: [flagOf(5), flagOf(80)],
  constant: [repeated([0], [100]), repeated([5], [100])],
  /** 60/35/5 against 5/60/35. */
  severity: [severityOf(60, 35, 5), severityOf(5, 60, 35)],
  /** 60/35/5 against 60/5/35. */
  swapped: [severityOf(60, 35, 5), severityOf(60, 5, 35)],
  /** 9 to 100 %. */
  rare: [flagOf(9), flagOf(100)],
  disjoint: [repeated([0], [100]), repeated([1], [100])],
} as const satisfies Record<string, Change>;

export interface PartitionFigures {
  /** Adjusted Rand index, 1 for equal partitions, 0 for what chance gives. */
  readonly ari: number;
  /** 1 where every found group holds alerts of one true group only. */
  readonly homogeneity: number;
  /** 1 where all alerts of a true group are in one found group. */
  readonly completeness: number;
  /** Harmonic mean of precision and recall over pairs of alerts in one group. */
  readonly pair_f1: number;
}

/**
 * How far a found partition agrees with the true one; definitions as in scikit-learn.
 *
 * @param truth (n,) name of the true group of each alert
 * @param found (n,) name of the found group
 */
export function partitionFigures(truth: readonly string[], found: readonly string[]): PartitionFigures {
  const n = truth.length;
  const perTrue = new Map<string, number>();
  const perFound = new Map<string, number>();
  const both = new Map<string, { t: string; f: string; n: number }>();
  for (let i = 0; i < n; i++) {
    const t = truth[i]!;
    const f = found[i]!;
    perTrue.set(t, (perTrue.get(t) ?? 0) + 1);
    perFound.set(f, (perFound.get(f) ?? 0) + 1);
    const key = `${t}\u0000${f}`;
    const cell = both.get(key);
    if (cell === undefined) both.set(key, { t, f, n: 1 });
    else cell.n++;
  }
  const pairs = (counts: Iterable<number>): number => {
    let sum = 0;
    for (const count of counts) sum += (count * (count - 1)) / 2;
    return sum;
  };
  const together = pairs([...both.values()].map((cell) => cell.n));
  const inTrue = pairs(perTrue.values());
  const inFound = pairs(perFound.values());
  const expected = (inTrue * inFound) / Math.max(1, (n * (n - 1)) / 2);
  const most = (inTrue + inFound) / 2;
  const entropy = (counts: Iterable<number>): number => {
    let sum = 0;
    for (const count of counts) sum -= (count / n) * Math.log(count / n);
    return sum;
  };
  let trueGivenFound = 0;
  let foundGivenTrue = 0;
  for (const { t, f, n: count } of both.values()) {
    trueGivenFound -= (count / n) * Math.log(count / perFound.get(f)!);
    foundGivenTrue -= (count / n) * Math.log(count / perTrue.get(t)!);
  }
  const ofTrue = entropy(perTrue.values());
  const ofFound = entropy(perFound.values());
  return {
    ari: most === expected ? 1 : (together - expected) / (most - expected),
    homogeneity: ofTrue === 0 ? 1 : 1 - trueGivenFound / ofTrue,
    completeness: ofFound === 0 ? 1 : 1 - foundGivenTrue / ofFound,
    pair_f1: inTrue + inFound === 0 ? 1 : (2 * together) / (inTrue + inFound),
  };
}

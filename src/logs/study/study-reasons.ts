import type { Matrix } from '../../trees/matrix.ts';
import { permutationImportance } from '../../trees/metrics/permutation-importance.ts';
import { averagePrecision } from '../../trees/metrics/ranking-metrics.ts';
import { deriveSeed } from '../../trees/random.ts';
import { attackScores, type RowModel, rowsOf } from './row-model.ts';
import { RowReasons } from './row-reasons.ts';
import type { StudyResult } from './study-result.ts';

const MAX_IMPORTANCES = 25;
const MAX_TOP = 10;
const MAX_REASONS = 8;
/** Test rows that importances are measured on at most. */
const MAX_MEASURED = 20_000;

export function importancesOf(
  model: RowModel,
  testX: Matrix,
  truth: Int32Array,
  names: readonly string[],
  seed: number,
): StudyResult['importances'] {
  const step = Math.ceil(testX.nSamples / MAX_MEASURED);
  const rows = Int32Array.from({ length: Math.ceil(testX.nSamples / step) }, (_, k) => k * step);
  const X = step === 1 ? testX : rowsOf(testX.data, testX.nFeatures, rows);
  const y = step === 1 ? truth : rows.map((at) => truth[at] as number);
  const { mean, sd } = permutationImportance(
    X,
    (shuffled) => averagePrecision(y, attackScores(model, shuffled)),
    {
      nRepeats: 1,
      seed: deriveSeed(seed, 7),
    },
  );
  return names
    .map((feature, f) => ({ feature, importance: mean[f] as number, sd: sd[f] as number }))
    .sort((a, b) => b.importance - a.importance)
    .slice(0, MAX_IMPORTANCES);
}

export function topAttacks(
  { learner }: RowModel,
  testX: Matrix,
  truth: Int32Array,
  scores: Float64Array,
  names: readonly string[],
  said: (at: number) => { readonly line: number; readonly kind: string },
): StudyResult['top_attacks'] {
  const reasons = RowReasons.of(learner);
  if (reasons === undefined) return [];
  const { base } = reasons;
  return Array.from(truth, (_, at) => at)
    .filter((at) => truth[at] === 1)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
    .slice(0, MAX_TOP)
    .map((at) => {
      const { top, others } = reasons.explained(testX.data, at * testX.nFeatures, names, MAX_REASONS);
      const contributions = top.map(({ column: feature, value, adds }) => ({ feature, value, adds }));
      return { ...said(at), score: scores[at] as number, base, contributions, others };
    });
}

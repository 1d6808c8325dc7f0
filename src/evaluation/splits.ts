import { createRandom } from '../trees/random.ts';
import type { EvaluationSet } from './evaluation-set.ts';

/** One way to cut a set in two. */
export interface Split {
  readonly name: string;
  readonly fit: readonly number[];
  readonly test: readonly number[];
}

/** Positions by fold, 0 to nFolds - 1: names are shuffled by the seed and dealt in turn, so folds are of equal size. */
export function dealtFolds(names: readonly string[], nFolds: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const distinct = [...new Set(names)].sort();
  for (let i = distinct.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [distinct[i], distinct[j]] = [distinct[j] as string, distinct[i] as string];
  }
  const foldOf = new Map(distinct.map((name, at) => [name, at % nFolds]));
  return Int32Array.from(names, (name) => foldOf.get(name) as number);
}

/** Splits of a kind: `k` folds that never part the alerts of one name. */
export function foldSplits(kind: string, names: readonly string[], nFolds: number, seed: number): Split[] {
  const folds = dealtFolds(names, nFolds, seed);
  return Array.from({ length: nFolds }, (_, fold) => ({
    name: `${kind} ${fold + 1}/${nFolds}`,
    fit: positions(folds, (own) => own !== fold),
    test: positions(folds, (own) => own === fold),
  })).filter(({ fit, test }) => fit.length > 0 && test.length > 0);
}

/** Rows at random, incidents torn apart: the optimistic figure that others quote. */
export function randomSplits(set: EvaluationSet, nFolds: number, seed: number): Split[] {
  return foldSplits(
    'random',
    set.rows.groups.map((_, i) => String(i)),
    nFolds,
    seed,
  );
}

export function groupSplits(set: EvaluationSet, nFolds: number, seed: number): Split[] {
  return foldSplits('by incident', set.rows.groups, nFolds, seed);
}

export function tenantSplits(set: EvaluationSet, nFolds: number, seed: number): Split[] {
  return new Set(set.tenants).size < nFolds ? [] : foldSplits('tenant held out', set.tenants, nFolds, seed);
}

/** Rules held out: alerts of a rule without a judgement. */
export function ruleSplits(set: EvaluationSet, nFolds: number, seed: number): Split[] {
  return new Set(set.rules).size < nFolds ? [] : foldSplits('rule held out', set.rules, nFolds, seed);
}

/**
 * The past fits, the last quarter of the days is tested, as if the service had stood still at the cut: every alert
 * from then on is scored, and only what people had judged by then teaches. An incident is judged when it is over, so
 * one that was still open at the cut teaches nothing, and its alerts from before the cut are not tested either.
 */
export function timeSplit(set: EvaluationSet): Split[] {
  const { occurredAtMs, groups } = set.rows;
  const dayOf = (i: number): number => Math.floor((occurredAtMs[i] as number) / 86_400_000);
  const days = [...new Set(groups.map((_, i) => dayOf(i)))].sort((a, b) => a - b);
  const firstTestDay = days[Math.floor(days.length * 0.75)];
  if (days.length < 4 || firstTestDay === undefined) return [];
  const stillOpen = new Set(groups.filter((_, i) => dayOf(i) >= firstTestDay));
  const all = groups.map((_, i) => i);
  return [
    {
      name: 'time ordered',
      fit: all.filter((i) => !stillOpen.has(groups[i] as string)),
      test: all.filter((i) => dayOf(i) >= firstTestDay),
    },
  ].filter(({ fit, test }) => fit.length > 0 && test.length > 0);
}

function positions(folds: Int32Array, keep: (fold: number) => boolean): number[] {
  const kept: number[] = [];
  for (let i = 0; i < folds.length; i++) if (keep(folds[i] as number)) kept.push(i);
  return kept;
}

import { attackProbabilities, truePositiveFlags } from '../../alert/disposition.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import { averagePrecision, rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import type { TimeOrdered } from './lab-result.ts';
import type { CleanLog } from './log-cleaning.ts';

/** Share of the logs, in order of time, that is learned from. */
const FIT_SHARE = 2 / 3;
/** Logs of a label below which a part says nothing. */
const LEAST = 5;

/**
 * How a learner does on what came after everything it learned from.
 *
 * @param rows of `logs`, in their order
 */
export function timeOrderedFigure(
  rows: TrainingRows,
  logs: readonly CleanLog[],
  algorithm: AlertClassifier['algorithm'],
  seed: number,
): TimeOrdered | null {
  const order = logs
    .map((_, i) => i)
    .sort((a, b) => compare(logs[a] as CleanLog, logs[b] as CleanLog) || a - b);
  const cut = Math.floor(FIT_SHARE * order.length);
  const fit = subsetRows(rows, Int32Array.from(order.slice(0, cut)));
  const test = subsetRows(rows, Int32Array.from(order.slice(cut)));
  const truth = truePositiveFlags(test.labels);
  const attacks = truth.reduce((sum, flag) => sum + flag, 0);
  const learned = truePositiveFlags(fit.labels).reduce((sum, flag) => sum + flag, 0);
  const counts = [attacks, truth.length - attacks, learned, cut - learned];
  if (counts.some((count) => count < LEAST)) return null;
  const classifier = AlertClassifier.fit(fit, { seed, algorithm, calibrator: 'none' });
  const scores = attackProbabilities(classifier.probabilitiesOfRows(test));
  return {
    from: (logs[order[cut] as number] as CleanLog).timestamp,
    rows: truth.length,
    attacks,
    roc_auc: rocAuc(truth, scores),
    average_precision: averagePrecision(truth, scores),
  };
}

const compare = (a: CleanLog, b: CleanLog): number =>
  a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0;

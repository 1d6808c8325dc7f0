import { DISPOSITIONS } from '../../alert/alert.ts';
import { BENIGN, TRUE_POSITIVE, truePositiveFlags } from '../../alert/disposition.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import { expectedCost } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { foldsOf, type LearningSet } from '../../training/dataset/learning-set.ts';
import { brierPerAlert } from '../../training/measures/champion-comparison.ts';
import { averagePrecision, rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import type { LabCandidate } from './lab-result.ts';
import { fitLogistic, type LogisticRows, logisticProbabilities } from './logistic-regression.ts';

const N_CLASSES = DISPOSITIONS.length;
const N_STEPS = 200;
/** Per row: gradients are summed over rows. */
const STEP_SIZE = 2;

/**
 * Logistic regression on the same folds as the forests, for comparison: a linear model shows how much they add. It is
 * no artefact of ours and cannot win.
 */
export function logisticCandidate(
  set: LearningSet,
  test: TrainingRows,
  nFolds: number,
  costs: CostMatrix,
): LabCandidate {
  const { rows } = set;
  const folds = foldsOf(set, nFolds);
  const outOfFold = new Float64Array(rows.labels.length * N_CLASSES);
  for (let fold = 0; fold < nFolds; fold++) {
    const inside = positionsWhere(folds, (own) => own === fold);
    const attack = logisticAttack(
      subsetRows(
        rows,
        positionsWhere(folds, (own) => own !== fold),
      ),
      subsetRows(rows, inside),
    );
    inside.forEach((i, at) => {
      const p = attack[at] as number;
      outOfFold[i * N_CLASSES + TRUE_POSITIVE] = p;
      outOfFold[i * N_CLASSES + BENIGN] = 1 - p;
    });
  }
  const attack = Float64Array.from(rows.labels, (_, i) => outOfFold[i * N_CLASSES + TRUE_POSITIVE] as number);
  const brier = brierPerAlert(outOfFold, rows.labels);
  const onTest = logisticAttack(rows, test);
  const truth = truePositiveFlags(test.labels);
  return {
    name: 'logistic_regression',
    roc_auc: rocAuc(truth, onTest),
    average_precision: averagePrecision(truth, onTest),
    cost: expectedCost({ attack, labels: rows.labels }, costs),
    brier: brier.reduce((sum, loss) => sum + loss, 0) / brier.length,
    folds: nFolds,
    won: false,
  };
}

function positionsWhere(folds: Int32Array, keep: (fold: number) => boolean): number[] {
  return Array.from(folds, (_, i) => i).filter((i) => keep(folds[i] as number));
}

/**
 * Attack probabilities of a logistic regression on the stateless columns. Columns are standardised on the fit rows; a
 * missing value stands at their mean.
 */
function logisticAttack(fit: TrainingRows, test: TrainingRows): Float64Array {
  const nColumns = fit.columnNames.length;
  const { mean, sd } = columnStatistics(fit, nColumns);
  const used = Array.from({ length: nColumns }, (_, f) => f).filter((f) => (sd[f] as number) > 0);
  const standardised = (rows: TrainingRows): LogisticRows => {
    const width = used.length + 1;
    const values = new Float64Array(rows.labels.length * width);
    for (let i = 0, at = 0; i < rows.labels.length; i++) {
      values[at++] = 1;
      for (const f of used) {
        const value = rows.X[i * nColumns + f] as number;
        values[at++] = Number.isNaN(value) ? 0 : (value - (mean[f] as number)) / (sd[f] as number);
      }
    }
    return { values, nColumns: width };
  };
  const attacks = Uint8Array.from(fit.labels, (label) => (label === TRUE_POSITIVE ? 1 : 0));
  const stepSize = STEP_SIZE / fit.labels.length;
  return logisticProbabilities(
    standardised(test),
    fitLogistic(standardised(fit), attacks, { nSteps: N_STEPS, stepSize }),
  );
}

function columnStatistics(
  rows: TrainingRows,
  nColumns: number,
): { readonly mean: Float64Array; readonly sd: Float64Array } {
  const mean = new Float64Array(nColumns);
  const sd = new Float64Array(nColumns);
  for (let f = 0; f < nColumns; f++) {
    let n = 0;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < rows.labels.length; i++) {
      const value = rows.X[i * nColumns + f] as number;
      if (Number.isNaN(value)) continue;
      n++;
      sum += value;
      squares += value * value;
    }
    mean[f] = n === 0 ? 0 : sum / n;
    sd[f] = n === 0 ? 0 : Math.sqrt(Math.max(0, squares / n - (mean[f] as number) ** 2));
  }
  return { mean, sd };
}

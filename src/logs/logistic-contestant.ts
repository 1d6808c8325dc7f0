import LogisticRegression from 'ml-logistic-regression';
import { Matrix as MlMatrix } from 'ml-matrix';
import { DISPOSITIONS } from '../alert/alert.ts';
import type { TrainingRows } from '../models/training-rows.ts';

const TRUE_POSITIVE = DISPOSITIONS.indexOf('true_positive');
const N_STEPS = 200;
/** Per row: the library sums gradients over rows. */
const STEP_SIZE = 2;

/**
 * Attack probabilities of a logistic regression on the stateless columns, for comparison: linear models show how much
 * the forests add. Columns are standardised on the fit rows; a missing value stands at their mean.
 */
export function logisticRegression(fit: TrainingRows, test: TrainingRows): { readonly onTest: Float64Array } {
  const nColumns = fit.columnNames.length;
  const { mean, sd } = columnStatistics(fit, nColumns);
  const used = Array.from({ length: nColumns }, (_, f) => f).filter((f) => (sd[f] as number) > 0);
  const matrix = (rows: TrainingRows): MlMatrix =>
    new MlMatrix(
      Array.from(rows.labels, (_, i) => [
        1,
        ...used.map((f) => {
          const value = rows.X[i * nColumns + f] as number;
          return Number.isNaN(value) ? 0 : (value - (mean[f] as number)) / (sd[f] as number);
        }),
      ]),
    );
  const model = new LogisticRegression({ numSteps: N_STEPS, learningRate: STEP_SIZE / fit.labels.length });
  model.train(
    matrix(fit),
    MlMatrix.columnVector(Array.from(fit.labels, (label) => (label === TRUE_POSITIVE ? 1 : 0))),
  );
  // One class against the rest: the first model gives the probability of not being class 0, that is of an attack.
  const [attackModel] = model.classifiers;
  if (attackModel === undefined) throw new Error('Expected the logistic regression to hold a classifier.');
  return { onTest: Float64Array.from(attackModel.testScores(matrix(test))) };
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

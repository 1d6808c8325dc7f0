import { RECORD_FAMILIES } from '../../features/record-families.ts';
import type { AlertClassifier } from '../../models/alert-classifier.ts';
import { riskTargets } from '../../models/risk-targets.ts';
import type { ThreatScorer } from '../../models/threat-scorer.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import { shuffledDrops } from '../../trees/metrics/permutation-importance.ts';
import { createRandom, deriveSeed } from '../../trees/random.ts';
import { brierPerAlert } from '../measures/champion-comparison.ts';
import type { FeatureImportance } from '../measures/feature-importance.ts';
import type { FitContext } from './fit-context.ts';

/** Rows the importances are measured on: the cost is rows x features. */
const MAX_ROWS = 250;
/** Listed at most, largest first. */
const MAX_LISTED = 40;

/** Rise of the Brier score when a feature is shuffled among the alerts; a record family is shuffled as a whole. */
export function classifierImportances(context: FitContext, classifier: AlertClassifier): FeatureImportance[] {
  const rows = sampleRows(context);
  return shuffledLoss(rows, context.seed, (changed) =>
    mean(brierPerAlert(classifier.probabilitiesOfRows(changed), rows.labels)),
  );
}

/** Rise of the mean squared error of the risk, in points squared. */
export function scorerImportances(context: FitContext, scorer: ThreatScorer): FeatureImportance[] {
  const rows = sampleRows(context);
  const { targets } = riskTargets(rows);
  return shuffledLoss(rows, context.seed, (changed) =>
    mean(scorer.risksOfRows(changed).map((risk, i) => (risk - targets[i]!) ** 2)),
  );
}

/** Held-out rows where there are enough, else those of the fit, else synthetic ones. */
function sampleRows({ set, synthetic, seed }: FitContext): TrainingRows {
  const [from, positions] =
    set.heldOut.length >= 100
      ? [set.rows, set.heldOut]
      : set.fit.length > 0
        ? [set.rows, set.fit]
        : [synthetic, Int32Array.from(synthetic.labels, (_, i) => i)];
  const drawn = createRandom(deriveSeed(seed, 505)).shuffle(Int32Array.from(positions));
  return subsetRows(from, drawn.subarray(0, MAX_ROWS).toSorted());
}

function shuffledLoss(
  rows: TrainingRows,
  seed: number,
  lossOf: (rows: TrainingRows) => number,
): FeatureImportance[] {
  const n = rows.labels.length;
  const nColumns = rows.columnNames.length;
  const base = lossOf(rows);
  const found: FeatureImportance[] = [];
  const shuffle = (feature: string, salt: number, changedBy: (order: Uint32Array) => TrainingRows): void => {
    const [rise = 0] = shuffledDrops(n, (order) => lossOf(changedBy(order)), {
      baseline: base,
      nRepeats: 1,
      seed: deriveSeed(seed, salt),
      greaterIsBetter: false,
    });
    found.push({ feature, importance: Number(rise.toPrecision(6)) });
  };
  rows.columnNames.forEach((feature, f) => {
    const first = rows.X[f];
    // what never varies cannot matter here
    if (rows.labels.every((_, i) => Object.is(rows.X[i * nColumns + f], first))) return;
    shuffle(feature, 10_000 + f, (order) => {
      const X = rows.X.slice();
      for (let i = 0; i < n; i++) X[i * nColumns + f] = rows.X[order[i]! * nColumns + f]!;
      return { ...rows, X };
    });
  });
  RECORD_FAMILIES.forEach((family, at) => {
    shuffle(`record of ${family}`, 20_000 + at, (order) => ({
      ...rows,
      recordKeys: rows.recordKeys.map((keys, i) =>
        keys.map((key, k) => (k === at ? rows.recordKeys[order[i]!]![k]! : key)),
      ),
    }));
  });
  return found
    .filter(({ importance }) => importance > 0)
    .sort((a, b) => b.importance - a.importance || (a.feature < b.feature ? -1 : 1))
    .slice(0, MAX_LISTED);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

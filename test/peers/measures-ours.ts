// Our half of measures-oracle.py: reads cases, answers each, in order. Missing values are null on both ways.
//
//   node test/peers/measures-ours.ts CASES.json ANSWERS.json
import { readFileSync, writeFileSync } from 'node:fs';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { N_RECORD_COLUMNS, N_RECORD_COUNTS, RecordSmoother } from '../../src/features/record-shares.ts';
import { conformalScores } from '../../src/models/conformal-scores.ts';
import { compareValues } from '../../src/monitoring/compare-values.ts';
import { ConformalSets } from '../../src/policy/conformal.ts';
import { evaluateIsotonic, fitIsotonic } from '../../src/trees/calibration/isotonic-regression.ts';
import { readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import { ForestScorer } from '../../src/trees/forest/forest-scorer.ts';
import { IsolationForest } from '../../src/trees/learners/isolation-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import * as classification from '../../src/trees/metrics/classification-metrics.ts';
import * as probability from '../../src/trees/metrics/probability-metrics.ts';
import * as ranking from '../../src/trees/metrics/ranking-metrics.ts';
import * as regression from '../../src/trees/metrics/regression-metrics.ts';
import { treeShapRows } from '../../src/trees/shap/tree-shap.ts';

type Values = (number | null)[];
interface XgbTree {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
  readonly cover: number[];
  readonly missingLeft: number[];
}

const TENANT = RECORD_FAMILIES.indexOf('tenant');

const known = (values: Values): number[] => values.map((value) => value ?? Number.NaN);
const matrixOf = (rows: Values[]): Matrix =>
  Matrix.from(Float32Array.from(known(rows.flat())), rows.length, rows[0]!.length);

/** What each check of the Python half asks for, by its name. */
const ANSWERS: Record<string, (given: never) => unknown> = {
  roc_auc: ({ y, p }: { y: number[]; p: number[] }) => ranking.rocAuc(y, p),
  average_precision: ({ y, p }: { y: number[]; p: number[] }) => ranking.averagePrecision(y, p),
  log_loss: ({ y, table }: { y: number[]; table: number[][] }) => probability.logLoss(y, table.flat()),
  brier: ({ y, table }: { y: number[]; table: number[][] }) => probability.brierScore(y, table.flat()),
  calibration_error: ({ y, p, bins }: { y: number[]; p: number[]; bins: number }) =>
    probability.expectedCalibrationError(y, p, bins),
  macro_f1: ({ y, said }: { y: number[]; said: number[] }) => classification.macroF1(y, said),
  cohen_kappa: ({ y, said }: { y: number[]; said: number[] }) => classification.cohenKappa(y, said),
  matthews: ({ y, said }: { y: number[]; said: number[] }) => classification.matthewsCorrelation(y, said),
  r2: ({ y, p }: { y: number[]; p: number[] }) => regression.r2Score(y, p),
  isotonic: ({ x, y, at }: { x: number[]; y: number[]; at: number[] }) => {
    const curve = fitIsotonic(Float64Array.from(x), Float64Array.from(y));
    return at.map((one) => evaluateIsotonic(curve, one));
  },
  isolation_flat: ({ rows, asked }: { rows: Values[]; asked: Values[] }) => [
    ...IsolationForest.fit(matrixOf(rows), { seed: 1, nEstimators: 20 }).scoreSamples(matrixOf(asked)),
  ],
  target_encoding: ({ counts, overall }: { counts: number[][]; overall: number[] }) => {
    // The tenant family alone: its parent is the overall shares.
    const smoother = new RecordSmoother(Float64Array.from(overall), 2);
    return counts.map((own) => {
      const found = new Float64Array(N_RECORD_COUNTS);
      found.set(own, TENANT * 4);
      const columns = new Float32Array(N_RECORD_COLUMNS);
      smoother.write(found, columns, 0);
      return [...columns.subarray(TENANT * 5, TENANT * 5 + 4)];
    });
  },
  trees: ({ trees, rows }: { trees: XgbTree[]; rows: Values[] }) => {
    const X = matrixOf(rows);
    const forest = readForeignTrees(trees, { nFeatures: X.nFeatures, leftWhen: '<' });
    const margins = new Float64Array(X.nSamples);
    new ForestScorer(forest).addRows(X, margins);
    const { contributions } = treeShapRows(forest, X);
    return { margins: [...margins], contributions: [...contributions] };
  },
  psi: ({ before, now }: { before: Values; now: Values }) => {
    const { psi, jsDistance } = compareValues(known(before), known(now));
    return { psi, jsDistance };
  },
  conformal: ({ own, asked, alpha }: { own: number[]; asked: number[]; alpha: number }) => {
    const row = (p: number): number[] => [p, 1 - p, 0, 0];
    const scores = conformalScores(
      own.flatMap(row),
      own.map(() => 0),
    );
    const sets = new ConformalSets(scores, alpha);
    return {
      covered: sets.isCovered('true_positive'),
      inSet: asked.map((p) => (sets.maskOf(row(p)) & 1) === 1),
    };
  },
};

const [casesFile, answersFile] = process.argv.slice(2);
const cases = JSON.parse(readFileSync(casesFile!, 'utf8')) as { check: string; given: never }[];
const answers = cases.map(({ check, given }) => ANSWERS[check]!(given));
// JSON has no NaN: null, as on the way in.
writeFileSync(answersFile!, JSON.stringify(answers));

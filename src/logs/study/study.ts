import { AlertforestError } from '../../errors.ts';
import { decisionThreshold } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import type { Matrix } from '../../trees/matrix.ts';
import { averagePrecision, rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { deriveSeed } from '../../trees/random.ts';
import type { Reading } from '../reading-tally.ts';
import { deriveFeatures } from '../windows/derive.ts';
import type { FeaturePlan } from '../windows/feature-plan.ts';
import { eventsOf } from '../windows/log-events.ts';
import type { LogTable } from '../windows/log-table.ts';
import { chooseColumns } from './choose-columns.ts';
import { chooseLearner } from './choose-learner.ts';
import { type HoldOut, heldRows, kindsOf, sampled, sortRows, spanMs, sum } from './fit-rows.ts';
import { fitKinds, type KindModel } from './kind-model.ts';
import { detectorScore, plainDetector, withDetector } from './plain-detectors.ts';
import type { RowLabels } from './row-labels.ts';
import { attackScores, type RowModel, rowsOf } from './row-model.ts';
import { importancesOf, topAttacks } from './study-reasons.ts';
import type { StudyResult } from './study-result.ts';
import { cutAt, cutRow, dailyCut, detectorRows, kindRows, withoutDuplicates } from './test-figures.ts';
import { timeSplit } from './time-split.ts';

export interface StudyOptions {
  readonly seed: number;
  readonly costs: CostMatrix;
  readonly labels: RowLabels;
  readonly reading: Reading;
  /** Column that the labels came from. */
  readonly target?: string;
  readonly testFromMs?: number;
  readonly embargoMs: number;
  /** Column and values of what leaves the fit part. */
  readonly holdOut?: HoldOut;
  readonly keep: ReadonlySet<string>;
  readonly alarmsPerDay: number;
  /** Rows to learn from at most; attacks of rare kinds all stay. */
  readonly maxRows: number;
  /** (n,) line of each row. */
  readonly lines: Float64Array;
  readonly onProgress?: (stage: string, progress: number) => void;
}

export interface StudyOutcome {
  readonly result: StudyResult;
  readonly model: RowModel;
  readonly plan: FeaturePlan;
  /** (nFit x width) what was learned from. */
  readonly fit: Matrix;
  /** (nFit,) attack probability by trees that had not seen the row. */
  readonly unseen: Float64Array;
  readonly kinds: KindModel;
  /** Score that a row which meets a plain detector has at least. */
  readonly detectorScore: number;
}

const DAY_MS = 86_400_000;
/**
 * Learns attacks from labelled rows and says how it does on a part that is later than everything it learned from. Same
 * rows, in any order, and seed give the same figures.
 *
 * @throws AlertforestError REQUEST_INVALID where one side has one class only, or there is nothing to learn from
 */
export function runStudy(table: LogTable, options: StudyOptions): StudyOutcome {
  const { seed, costs, labels, reading, onProgress = () => {} } = options;
  const startedAtMs = performance.now();
  const held = heldRows(table, options.holdOut);
  const split = timeSplit(table.time, labels, {
    seed,
    embargoMs: options.embargoMs,
    ...(options.testFromMs === undefined ? {} : { testFromMs: options.testFromMs }),
    ...(held === undefined ? {} : { held }),
  });
  const timeIs = reading.quality.time_is === 'end' ? 'end' : 'start';
  const { plan, leaks } = chooseColumns(table, labels, split.fit, {
    leakColumns: reading.quality.leak_columns,
    keep: options.keep,
    ...(options.target === undefined ? {} : { target: options.target }),
    hasTime: split.fromMs !== undefined,
    fitDays: spanMs(table.time, split.fit) / DAY_MS,
  });
  onProgress('deriving columns', 0.05);
  const events = eventsOf(table, timeIs);
  const derived = deriveFeatures(table, events, plan, (rows) =>
    onProgress('deriving columns', 0.05 + (0.2 * rows) / Math.max(1, table.n)),
  );
  const width = derived.names.length;
  if (width === 0) throw new AlertforestError('REQUEST_INVALID', 'No column is left to learn from.');
  for (const rows of [split.fit, split.test]) sortRows(rows, table.time, labels, derived.X, width);
  const fitRows = sampled(split.fit, labels, options.maxRows, seed);
  const X = rowsOf(derived.X, width, fitRows);
  const y = Int32Array.from(fitRows, (i) => labels.attack[i] as number);
  const testX = rowsOf(derived.X, width, split.test);
  const truth = Int32Array.from(split.test, (i) => labels.attack[i] as number);

  const chosen = chooseLearner(
    X,
    y,
    testX,
    truth,
    table.time,
    fitRows,
    split.fromMs !== undefined,
    seed,
    onProgress,
  );
  const { model, unseen } = chosen;
  onProgress('scoring the test part', 0.75);
  const modelScores = attackScores(model, testX);
  const detector = Array.from(split.test, (i) => plainDetector(derived.detectors, events, i));
  const least = detectorScore(unseen, y);
  const scores = modelScores.map((score, at) => withDetector(score, detector[at], least));
  const days =
    split.fromMs === undefined ? undefined : Math.max(spanMs(table.time, split.test) / DAY_MS, 1e-6);
  const fitDays = spanMs(table.time, fitRows) / DAY_MS;
  const judge = { scores, truth, detector, costs, days };
  const cost = cutRow(judge, 'cost', 'follows from the costs', decisionThreshold(costs), false);
  const perDay = cutRow(
    judge,
    'alarms_per_day',
    `${options.alarmsPerDay} alarms a day by the rows learned from`,
    dailyCut(
      unseen,
      y,
      split.fromMs === undefined ? undefined : fitDays,
      fitRows,
      split.fit,
      options.alarmsPerDay,
    ),
    true,
  );
  const onePercent = cutRow(
    judge,
    'one_percent',
    '1 % false alarms in the test part',
    cutAt(judge, true),
    true,
  );
  const alone = cutAt({ ...judge, scores: modelScores }, false);
  onProgress('measuring importances', 0.8);
  const result: StudyResult = {
    seed,
    costs,
    labels: {
      from: labels.from,
      attacks: labels.attack.filter((value) => value === 1).length,
      rest: labels.attack.filter((value) => value === 0).length,
      none: labels.attack.filter((value) => value === -1).length,
    },
    fit: {
      rows: fitRows.length,
      attacks: sum(y),
      sampled_from: split.fit.length,
      kinds: kindsOf(labels, fitRows),
    },
    features: derived.names,
    leaks,
    contestants: chosen.table,
    test: {
      from: split.fromMs === undefined ? null : new Date(split.fromMs).toISOString(),
      how: split.words,
      rows: truth.length,
      attacks: sum(truth),
      roc_auc: rocAuc(truth, scores),
      model_roc_auc: rocAuc(truth, modelScores),
      average_precision: averagePrecision(truth, scores),
      without_duplicates: withoutDuplicates(events, derived, plan, fitRows, split.test, truth, scores),
      kinds: kindRows(labels, fitRows, split.test, judge, cost.score, onePercent.score, {
        scores: modelScores,
        cut: alone,
      }),
      cuts: [cost, perDay, onePercent],
      detectors: detectorRows(detector, truth),
    },
    importances: importancesOf(model, testX, truth, derived.names, seed),
    top_attacks: topAttacks(model, testX, truth, modelScores, derived.names, (at) => {
      const i = split.test[at] as number;
      return { line: options.lines[i] as number, kind: labels.kinds[labels.kind[i] as number] as string };
    }),
    seconds: (performance.now() - startedAtMs) / 1000,
  };
  onProgress('done', 1);
  const kinds = fitKinds(
    X,
    (at) => (y[at] === 1 ? labels.kinds[labels.kind[fitRows[at] as number] as number] : undefined),
    deriveSeed(seed, 41),
  );
  return { result, model, plan, fit: X, unseen, kinds, detectorScore: least };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { DISPOSITIONS } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import type { ClassifierAlgorithm } from '../models/learners/learners.ts';
import type { FoldPlay } from '../training/fit/fold-plays.ts';
import {
  type CandidateResult,
  type ModelSelection,
  selectionRounds,
} from '../training/fit/model-selection.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../training/training-settings.ts';
import { calibratorFrom } from '../trees/calibration/calibration.ts';
import { type AblationRow, ablationTasks } from './ablation.ts';
import { figuresByRecord, type RecordFigures } from './by-record.ts';
import type { EvaluationSet } from './evaluation-set.ts';
import { canLearn } from './fit-and-score.ts';
import {
  firstDaysOf,
  type KeptPromises,
  keptPromises,
  promisesOf,
  type TestedPart,
} from './known-promises.ts';
import { type AheadTask, LabourThreads } from './labour/labour-threads.ts';
import { type SplitCalibration, type TestScores, Workbench } from './labour/tasks.ts';
import { type Measures, measure } from './measure.ts';
import { SPLIT_KINDS, type SplitKind } from './split-kinds.ts';
import { groupSplits, randomSplits, ruleSplits, type Split, tenantSplits, timeSplit } from './splits.ts';

/** Part of the progress that goes to the selection. */
const SELECTION = 0.3;

/** Figures of one test set, or of one kind of split with its folds put together. */
export interface EvaluatedSplit extends Measures {
  readonly name: string;
  readonly folds: number;
  readonly fit_alerts: number;
  /** At the cut and with the sets that were known before any tested alert. */
  readonly known_before: KeptPromises;
  /**
   * The same of alerts from the first two days tested, where the split is one of time: the split learns nothing after its
   * cut, a service does.
   */
  readonly known_before_two_days?: KeptPromises;
}

export interface Evaluation extends Measures {
  readonly model: string;
  readonly seed: number;
  readonly fit_seconds: number;
  readonly score_us_per_alert: number;
  readonly fit_alerts: number;
  readonly known_before: KeptPromises;
  /** Of the training set by incident: with the record of all other folds, and with that of each alert's day. */
  readonly by_record: readonly RecordFigures[];
  /** Test and training set are one: the figures at the top only say how well it remembers; the splits count. */
  readonly tested_on_training: boolean;
  readonly tournament: readonly CandidateResult[];
  /** Of the training set: at random, by incident, time ordered, tenants held out. */
  readonly splits: readonly EvaluatedSplit[];
  /** Empty unless asked for. */
  readonly ablation: readonly AblationRow[];
}

export interface EvaluateOptions {
  readonly seed: number;
  /** Kinds of splits of the training set. @default all */
  readonly splits?: readonly SplitKind[];
  /** Folds of each kind. @default 4 */
  readonly nFolds?: number;
  /** Fit again without each feature group. @default false */
  readonly withAblation?: boolean;
  /**
   * Threads that fit, without a task yet. They end with the last one; where that never comes, whoever started them ends
   * them. Left out: all is done in this one.
   */
  readonly threads?: LabourThreads | undefined;
  readonly onProgress?: (stage: string, progress: number) => void;
}

/**
 * Trains on `train` as the service would and reports what it says of `test`; then the same on splits of `train`. The
 * figures do not depend on the number of threads.
 *
 * @throws AlertforestError REQUEST_INVALID where the training set cannot be learned from
 */
export async function evaluate(
  train: EvaluationSet,
  test: EvaluationSet,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { seed, nFolds = 4, splits: kinds = SPLIT_KINDS, threads, onProgress = () => {} } = options;
  checkTraining(train);
  const made = kinds.map((kind) => ({ kind, splits: splitsOf(kind, train, nFolds, seed) }));
  const splits = made.flatMap((one) => one.splits);
  const sets = { train: train.rows, test: test.rows, splits, seed };
  const bench = new Workbench(sets);
  const labour = threads ?? new LabourThreads(1);
  labour.give(sets, bench);
  const startedAtMs = performance.now();
  const tasksOf = (algorithm: ClassifierAlgorithm): AheadTask[] => [
    { kind: 'test', algorithm },
    ...splits.flatMap((_, split) => splitTasks(split, algorithm)),
  ];
  const selection = await select(labour, bench, tasksOf, (stage, progress) =>
    onProgress(stage, SELECTION * progress),
  );
  const selectionSeconds = (performance.now() - startedAtMs) / 1000;

  const algorithm = selection.winner;
  const lost = options.withAblation ? ablationTasks(train, seed) : [];
  const nTasks = 1 + splits.length + lost.length;
  let nDone = 0;
  const done = async <Result>(what: string, result: Promise<Result>): Promise<Result> => {
    const answer = await result;
    nDone++;
    // memory of a thread is given back while this one measures and reports
    if (nDone === nTasks) void labour.close();
    onProgress(what, SELECTION + ((1 - SELECTION) * nDone) / nTasks);
    return answer;
  };
  const scoresOf = (split: Split): Promise<SplitScores> =>
    done(split.name, fitSplit(labour, splits.indexOf(split), algorithm));
  // What was done is measured while the rest is being fitted, once the threads have their next task.
  const measured = Promise.all([
    done(`fitting ${algorithm}`, labour.do({ kind: 'test', algorithm })).then(async (scores) => {
      await nextTurn();
      const { labels, groups } = test.rows;
      const { probabilities, seconds } = calibrated(scores, selection);
      const promises = promisesOf(selection.forward, train.rows.labels, train.rows.groups);
      return {
        fitSeconds: scores.fitSeconds,
        usPerAlert: (seconds * 1e6) / labels.length,
        measures: measure(probabilities, labels, groups, seed),
        known: keptPromises([{ promises, probabilities, labels }]),
        byRecord: figuresByRecord(selection, train.rows, seed),
      };
    }),
    Promise.all(
      made
        .filter((one) => one.splits.length > 0)
        .map(async (one) => {
          const scores = await Promise.all(one.splits.map(scoresOf));
          await nextTurn();
          return evaluatedSplit(one.kind, one.splits, scores, train, seed);
        }),
    ),
    Promise.all(
      lost.map((task) =>
        done(
          task.without === null ? 'ablation' : `ablation: without ${task.without}`,
          labour.do({ kind: 'ablation', ...task, algorithm }),
        ),
      ),
    ),
  ]);
  // all is asked for: what was begun for another winner need not go on
  labour.ahead([]);
  const [main, evaluated, ablation] = await measured;
  return {
    model: algorithm,
    seed,
    fit_seconds: selectionSeconds + main.fitSeconds,
    score_us_per_alert: main.usPerAlert,
    fit_alerts: train.rows.labels.length,
    tested_on_training: train === test,
    ...main.measures,
    known_before: main.known,
    by_record: main.byRecord,
    tournament: selection.table,
    splits: evaluated,
    ablation,
  };
}

/** Of the test part of a split, with what promises are made by. */
interface SplitScores extends Pick<SplitCalibration, 'forward'> {
  readonly probabilities: Float64Array;
}

/** The fit on a split and the plays of its folds, the learner alone that won on the whole. */
function splitTasks(split: number, algorithm: ClassifierAlgorithm): AheadTask[] {
  const plays = Array.from({ length: DEFAULT_TRAINING_SETTINGS.nFolds }, (_, fold) => ({
    kind: 'play' as const,
    split,
    play: { algorithm, fold },
  }));
  return [{ kind: 'test', split, algorithm }, ...plays];
}

/** Fits on a split as a retrain does. */
async function fitSplit(
  labour: LabourThreads,
  split: number,
  algorithm: ClassifierAlgorithm,
): Promise<SplitScores> {
  const folds = splitTasks(split, algorithm).filter((task) => task.kind === 'play');
  const [scores, { calibrator, forward }] = await Promise.all([
    labour.do({ kind: 'test', split, algorithm }),
    Promise.all(folds.map((task) => labour.do(task))).then((played) =>
      labour.do({ kind: 'calibrate', split, algorithm, played }),
    ),
  ]);
  return { forward, probabilities: calibrated(scores, { calibrator }).probabilities };
}

/** What a classifier with this calibrator says, and how long that takes in all. */
function calibrated(
  { raw, scoreSeconds }: TestScores,
  { calibrator }: Pick<SplitCalibration, 'calibrator'>,
): { readonly probabilities: Float64Array; readonly seconds: number } {
  const startedAtMs = performance.now();
  const probabilities = calibratorFrom(calibrator).apply(raw);
  return { probabilities, seconds: scoreSeconds + (performance.now() - startedAtMs) / 1000 };
}

/**
 * Plays the rounds of the selection, each play a task.
 *
 * @param tasksOf what will be asked for where this learner wins
 */
async function select(
  labour: LabourThreads,
  bench: Workbench,
  tasksOf: (winner: ClassifierAlgorithm) => readonly AheadTask[],
  onProgress: (stage: string, progress: number) => void,
): Promise<ModelSelection> {
  const { job, plan } = bench.selection();
  const rounds = selectionRounds(job, plan);
  for (let round = rounds.next(); ; ) {
    if (round.done) return round.value;
    const { plays, mayFollow, likeliest, from, to } = round.value;
    let nDone = 0;
    onProgress('tournament', from);
    const asked = plays.map(async (play) => {
      const predicted = await labour.do(taskOf(play));
      nDone++;
      onProgress(`tournament: ${play.algorithm}`, from + ((to - from) * nDone) / plays.length);
      return predicted;
    });
    labour.ahead(likeliest === undefined ? mayFollow.map(taskOf) : tasksOf(likeliest));
    const played = await Promise.all(asked);
    round = rounds.next(played);
  }
}

const taskOf = (play: FoldPlay) => ({ kind: 'play', play }) as const;

/** @throws AlertforestError REQUEST_INVALID in a sentence */
function checkTraining({ rows }: EvaluationSet): void {
  const n = rows.labels.length;
  const [label] = rows.labels;
  if (rows.labels.every((one) => one === label)) {
    const which = DISPOSITIONS[label as number];
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected labelled alerts of at least two dispositions to learn from, got ${n} of one: ${which}.`,
    );
  }
  if (!canLearn(rows.groups)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected labelled alerts of more incidents to learn from: the ${n} here fall into one fold.`,
    );
  }
}

function splitsOf(kind: SplitKind, set: EvaluationSet, nFolds: number, seed: number): Split[] {
  return madeSplits(kind, set, nFolds, seed).filter(({ fit }) =>
    canLearn(fit.map((i) => set.rows.groups[i] as string)),
  );
}

function madeSplits(kind: SplitKind, set: EvaluationSet, nFolds: number, seed: number): Split[] {
  switch (kind) {
    case 'random':
      return randomSplits(set, nFolds, seed);
    case 'incident':
      return groupSplits(set, nFolds, seed);
    case 'time':
      return timeSplit(set);
    case 'rule':
      return ruleSplits(set, nFolds, seed);
    case 'tenant':
      return tenantSplits(set, nFolds, seed);
  }
}

/** Measures the predictions of all folds together: every alert is tested at most once. */
function evaluatedSplit(
  kind: SplitKind,
  splits: readonly Split[],
  scores: readonly SplitScores[],
  { rows }: EvaluationSet,
  seed: number,
): EvaluatedSplit {
  const labelsAt = (positions: readonly number[]): Int32Array =>
    Int32Array.from(positions, (i) => rows.labels[i] as number);
  const groupsAt = (positions: readonly number[]): string[] => positions.map((i) => rows.groups[i] as string);
  const parts = splits.map(({ fit, test }, at): TestedPart => {
    const { forward, probabilities } = scores[at] as SplitScores;
    const promises = promisesOf(forward, labelsAt(fit), groupsAt(fit));
    return { promises, probabilities, labels: labelsAt(test) };
  });
  const tested = splits.flatMap(({ test }) => [...test]);
  const all = new Float64Array(tested.length * DISPOSITIONS.length);
  let at = 0;
  for (const { probabilities } of parts) {
    all.set(probabilities, at);
    at += probabilities.length;
  }
  const occurredAtMs = Float64Array.from(tested, (i) => rows.occurredAtMs[i] as number);
  return {
    name: kind,
    folds: splits.length,
    fit_alerts: Math.round(splits.reduce((sum, { fit }) => sum + fit.length, 0) / splits.length),
    ...measure(all, labelsAt(tested), groupsAt(tested), seed),
    known_before: keptPromises(parts),
    ...(kind === 'time'
      ? { known_before_two_days: keptPromises(parts.map((part) => firstDaysOf(part, occurredAtMs))) }
      : {}),
  };
}

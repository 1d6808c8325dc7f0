import { AlertClassifier } from '../../models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../../models/learners/learners.ts';
import type { TrainingRows } from '../../models/training-rows.ts';
import {
  type FoldPlan,
  type FoldPlay,
  type FoldPredictions,
  planFolds,
  playFold,
  type SelectionJob,
} from '../../training/fit/fold-plays.ts';
import {
  type ForwardPredictions,
  type ModelSelection,
  selectionRounds,
} from '../../training/fit/model-selection.ts';
import type { CalibratorJson } from '../../trees/calibration/calibrator.ts';
import { type AblationRow, type AblationTask, ablationRow } from '../ablation.ts';
import { rowsAt, selectionJobOf } from '../fit-and-score.ts';
import type { Split } from '../splits.ts';

/** Splits that a thread keeps what it has worked out for. */
export const N_RECENT_SPLITS = 2;

/** What every task of an evaluation starts from. */
export interface EvaluationSets {
  readonly train: TrainingRows;
  readonly test: TrainingRows;
  readonly splits: readonly Split[];
  readonly seed: number;
}

/** Parts of an evaluation, none of which depends on another: where they are done changes no byte of them. */
export type Task =
  | { readonly kind: 'play'; readonly split?: number; readonly play: FoldPlay }
  /** A fit on all that a split fits, or on the whole training set, and what it says of the test part. */
  | { readonly kind: 'test'; readonly split?: number; readonly algorithm: ClassifierAlgorithm }
  | {
      readonly kind: 'calibrate';
      readonly split: number;
      readonly algorithm: ClassifierAlgorithm;
      /** Of each fold in turn. */
      readonly played: readonly FoldPredictions[];
    }
  | ({ readonly kind: 'ablation'; readonly algorithm: ClassifierAlgorithm } & AblationTask);

export interface TestScores {
  /** (nTest x nClasses), uncalibrated. */
  readonly raw: Float64Array;
  readonly scoreSeconds: number;
  readonly fitSeconds: number;
}

/** What the folds of a split come to. */
export interface SplitCalibration {
  readonly calibrator: CalibratorJson;
  /** What promises are made by. */
  readonly forward: ForwardPredictions;
}

export interface TaskResults {
  readonly play: FoldPredictions;
  readonly test: TestScores;
  readonly calibrate: SplitCalibration;
  readonly ablation: AblationRow;
}

/** What is selected from, and how its rows are dealt. */
interface Selection {
  readonly job: SelectionJob;
  readonly plan: FoldPlan;
}

/** Does tasks, one after the other; what several need is worked out once. */
export class Workbench {
  readonly #sets: EvaluationSets;
  #whole: Selection | undefined;
  /** Of the splits that were asked for last, the latest first: a thread ends one while it begins with another. */
  #ofSplits: readonly (Selection & { readonly split: number; readonly algorithm: ClassifierAlgorithm })[] =
    [];

  constructor(sets: EvaluationSets) {
    this.#sets = sets;
  }

  do<T extends Task>(task: T): TaskResults[T['kind']];
  do(task: Task): TaskResults[Task['kind']] {
    const { train, test, seed, splits } = this.#sets;
    switch (task.kind) {
      case 'play': {
        const { split, play } = task;
        const { job, plan } =
          split === undefined ? this.selection() : this.#selectionOf(split, play.algorithm);
        return playFold(job, plan, play);
      }
      case 'test': {
        const { split, algorithm } = task;
        const startedAtMs = performance.now();
        const { set } = split === undefined ? this.selection().job : this.#selectionOf(split, algorithm).job;
        // the calibrator comes from the folds, which may be played meanwhile
        const classifier = AlertClassifier.fit(set.rows, { seed, algorithm, calibrator: 'none' });
        const fittedAtMs = performance.now();
        const raw = classifier.rawProbabilitiesOfRows(
          split === undefined ? test : rowsAt(train, splits[split]!.test),
        );
        const scoredAtMs = performance.now();
        return {
          raw,
          fitSeconds: (fittedAtMs - startedAtMs) / 1000,
          scoreSeconds: (scoredAtMs - fittedAtMs) / 1000,
        };
      }
      case 'calibrate': {
        const { split, algorithm, played } = task;
        const { calibrator, forward } = selectionFrom(this.#selectionOf(split, algorithm), played);
        return { calibrator, forward };
      }
      case 'ablation':
        return ablationRow(train, task, task.algorithm, seed);
    }
  }

  /** The selection on the whole training set. */
  selection(): Selection {
    if (this.#whole === undefined) {
      const job = selectionJobOf(this.#sets.train, { seed: this.#sets.seed });
      this.#whole = { job, plan: planFolds(job) };
    }
    return this.#whole;
  }

  /** On the alerts that a split fits, for this learner alone. */
  #selectionOf(split: number, algorithm: ClassifierAlgorithm): Selection {
    const known = this.#ofSplits.find((one) => one.split === split && one.algorithm === algorithm);
    if (known !== undefined) return known;
    const { train, seed, splits } = this.#sets;
    const job = selectionJobOf(rowsAt(train, splits[split]!.fit), { seed, like: algorithm });
    const made = { job, plan: planFolds(job), split, algorithm };
    this.#ofSplits = [made, ...this.#ofSplits.slice(0, N_RECENT_SPLITS - 1)];
    return made;
  }
}

/** The selection of one learner, whose folds were played already. */
function selectionFrom({ job, plan }: Selection, played: readonly FoldPredictions[]): ModelSelection {
  const rounds = selectionRounds(job, plan);
  let round = rounds.next();
  while (!round.done) round = rounds.next(round.value.plays.map(({ fold }) => played[fold]!));
  return round.value;
}

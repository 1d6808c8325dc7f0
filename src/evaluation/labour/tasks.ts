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
import type { ForwardPredictions } from '../../training/fit/model-selection.ts';
import type { CalibratorJson } from '../../trees/calibration/calibrator.ts';
import { type AblationRow, type AblationTask, ablationRow } from '../ablation.ts';
import { fitLikeServing, rowsAt, scoreRows, selectionJobOf } from '../fit-and-score.ts';
import type { Split } from '../splits.ts';

/** What every task of an evaluation starts from. */
export interface EvaluationSets {
  readonly train: TrainingRows;
  readonly test: TrainingRows;
  readonly seed: number;
}

/** Parts of an evaluation, none of which depends on another: where they are done changes no byte of them. */
export type Task =
  | { readonly kind: 'play'; readonly play: FoldPlay }
  | { readonly kind: 'main'; readonly algorithm: ClassifierAlgorithm; readonly calibrator: CalibratorJson }
  | { readonly kind: 'split'; readonly split: Split; readonly algorithm: ClassifierAlgorithm }
  | ({ readonly kind: 'ablation'; readonly algorithm: ClassifierAlgorithm } & AblationTask);

export interface TestScores {
  readonly probabilities: Float64Array;
  readonly usPerAlert: number;
  readonly fitSeconds: number;
}

/** Of the test part of a split, with what promises are made by. */
export interface SplitScores {
  readonly forward: ForwardPredictions;
  readonly probabilities: Float64Array;
}

export interface TaskResults {
  readonly play: FoldPredictions;
  readonly main: TestScores;
  readonly split: SplitScores;
  readonly ablation: AblationRow;
}

/** Does tasks, one after the other; what several need is worked out once. */
export class Workbench {
  readonly #sets: EvaluationSets;
  #selection: { readonly job: SelectionJob; readonly plan: FoldPlan } | undefined;

  constructor(sets: EvaluationSets) {
    this.#sets = sets;
  }

  do<T extends Task>(task: T): TaskResults[T['kind']];
  do(task: Task): TaskResults[Task['kind']] {
    const { train, test, seed } = this.#sets;
    switch (task.kind) {
      case 'play': {
        const { job, plan } = this.selection();
        return playFold(job, plan, task.play);
      }
      case 'main': {
        const startedAtMs = performance.now();
        const { algorithm, calibrator } = task;
        const classifier = AlertClassifier.fit(this.selection().job.set.rows, {
          seed,
          algorithm,
          calibrator,
        });
        const fitSeconds = (performance.now() - startedAtMs) / 1000;
        return { ...scoreRows(classifier, test), fitSeconds };
      }
      case 'split': {
        const { split, algorithm } = task;
        const { classifier, selection } = fitLikeServing(rowsAt(train, split.fit), { seed, like: algorithm });
        const { probabilities } = scoreRows(classifier, rowsAt(train, split.test));
        return { forward: selection.forward, probabilities };
      }
      case 'ablation':
        return ablationRow(train, task, task.algorithm, seed);
    }
  }

  /** The selection on the whole training set, and how its rows are dealt. */
  selection(): { readonly job: SelectionJob; readonly plan: FoldPlan } {
    if (this.#selection === undefined) {
      const job = selectionJobOf(this.#sets.train, { seed: this.#sets.seed });
      this.#selection = { job, plan: planFolds(job) };
    }
    return this.#selection;
  }
}

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
import { rowsAt, scoreRows, selectionJobOf } from '../fit-and-score.ts';
import type { Split } from '../splits.ts';

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
  | { readonly kind: 'main'; readonly algorithm: ClassifierAlgorithm; readonly calibrator: CalibratorJson }
  | {
      readonly kind: 'split';
      readonly split: number;
      readonly algorithm: ClassifierAlgorithm;
      /** Of each fold in turn. */
      readonly played: readonly FoldPredictions[];
    }
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

/** What is selected from, and how its rows are dealt. */
interface Selection {
  readonly job: SelectionJob;
  readonly plan: FoldPlan;
}

/** Does tasks, one after the other; what several need is worked out once. */
export class Workbench {
  readonly #sets: EvaluationSets;
  #whole: Selection | undefined;
  /** Of the split that was asked for last: tasks on one split follow each other. */
  #ofSplit: (Selection & { readonly split: number; readonly algorithm: ClassifierAlgorithm }) | undefined;

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
        const { split, algorithm, played } = task;
        const selection = this.#selectionOf(split, algorithm);
        const { calibrator, forward } = selectionFrom(selection, played);
        const classifier = AlertClassifier.fit(selection.job.set.rows, { seed, algorithm, calibrator });
        const { probabilities } = scoreRows(classifier, rowsAt(train, splits[split]!.test));
        return { forward, probabilities };
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
    const known = this.#ofSplit;
    if (known?.split === split && known.algorithm === algorithm) return known;
    const { train, seed, splits } = this.#sets;
    const job = selectionJobOf(rowsAt(train, splits[split]!.fit), { seed, like: algorithm });
    const made = { job, plan: planFolds(job), split, algorithm };
    this.#ofSplit = made;
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

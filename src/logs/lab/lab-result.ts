import type { AlertClassifier } from '../../models/alert-classifier.ts';
import type { TrainingRows } from '../../models/training-rows.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import type { LogQualityReport } from '../log-quality.ts';
import type { SkippedRow } from '../skip-counts.ts';
import type { CleanedLogs } from './log-cleaning.ts';
import type { ThresholdRow } from './threshold-table.ts';

export interface LabCandidate {
  readonly name: string;
  /** On the held-out quarter, fitted on the rest. */
  readonly roc_auc: number;
  readonly average_precision: number;
  /** Mean cost per log at the cost threshold, of out-of-fold predictions on the training part; a gain is negative. */
  readonly cost: number;
  /** Mean squared error of the probabilities, same predictions. */
  readonly brier: number;
  /** Folds it played: one where it was hopeless after the first. */
  readonly folds: number;
  readonly won: boolean;
}

export interface TimeOrdered {
  /** ISO 8601: when the test part begins. */
  readonly from: string;
  readonly rows: number;
  readonly attacks: number;
  readonly roc_auc: number;
  readonly average_precision: number;
}

export interface LabResult {
  readonly seed: number;
  readonly costs: CostMatrix;
  readonly quality: LogQualityReport;
  /** First lines that could not be read as a row. */
  readonly unreadable: readonly SkippedRow[];
  readonly cleaning: CleanedLogs['steps'];
  readonly fit_rows: number;
  readonly test_rows: number;
  readonly features: number;
  readonly contestants: readonly LabCandidate[];
  readonly winner: string;
  /** On the held-out quarter. */
  readonly test: {
    readonly roc_auc: number;
    readonly average_precision: number;
    readonly ece: number;
    readonly attacks: number;
  };
  /**
   * The winner fitted anew on the first two thirds in time and tested on the rest, beside the random quarter; null where
   * a part has one label only.
   */
  readonly time_ordered: TimeOrdered | null;
  /** Average precision lost on the held-out quarter when a column is shuffled, largest first. */
  readonly importances: readonly {
    readonly feature: string;
    readonly importance: number;
    readonly sd: number;
  }[];
  /** On the held-out quarter. */
  readonly thresholds: readonly ThresholdRow[];
  /** At the threshold that follows from the costs, as the service decides; judged on the held-out quarter. */
  readonly chosen: ThresholdRow;
  /**
   * At the threshold that earned most on the training part, judged on the held-out quarter. A handful of attacks place
   * it, so it is shown and not taken.
   */
  readonly training_best: ThresholdRow;
  readonly critical: {
    readonly attacks: number;
    readonly missed: number;
    readonly failed_logins_from: number;
  };
  /** Model selection and final fit. */
  readonly fit_seconds: number;
}

export interface LabOutcome {
  readonly result: LabResult;
  readonly classifier: AlertClassifier;
  /** The held-out quarter, for scoring it again from the package. */
  readonly test: TrainingRows;
  readonly fit: TrainingRows;
  /** (fit_rows,) attack probability of each training row by models that had not seen it. */
  readonly outOfFold: Float64Array;
}

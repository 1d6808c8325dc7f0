import type { CostMatrix } from '../../policy/policy.ts';
import type { LeakFinding } from './choose-columns.ts';

/** How the test attacks of one kind fared. Shares are 0-1. */
export interface KindRow {
  readonly kind: string;
  readonly n: number;
  /** Whether the fit part had any. */
  readonly seen: boolean;
  /** At the cut by cost. */
  readonly found_at_cut: number;
  /** By model and plain detectors together, at 1 % false alarms in total. */
  readonly found_at_1pct: number;
  /** By the model alone at 1 % false alarms. */
  readonly model_at_1pct: number;
}

/** What alarming from one score on does in the test part. */
export interface CutRow {
  readonly name: 'cost' | 'alarms_per_day' | 'one_percent';
  readonly why: string;
  /** Attack probability from which on a row alarms. */
  readonly score: number;
  /** Plain detectors alarm too. */
  readonly with_detectors: boolean;
  readonly alarms: number;
  /** NaN where rows have no times. */
  readonly alarms_per_day: number | null;
  readonly found: number;
  readonly missed: number;
  readonly false_alarms: number;
  /** In the currency of the costs; positive is a gain. */
  readonly value: number;
}

export interface StudyResult {
  readonly seed: number;
  readonly costs: CostMatrix;
  readonly labels: {
    readonly from: string;
    readonly attacks: number;
    readonly rest: number;
    readonly none: number;
  };
  readonly fit: {
    readonly rows: number;
    readonly attacks: number;
    readonly sampled_from: number;
    readonly kinds: readonly string[];
  };
  readonly features: readonly string[];
  readonly leaks: readonly LeakFinding[];
  readonly contestants: readonly {
    readonly name: string;
    /** On the last part of the fit rows, by a learner of the part before. */
    readonly roc_auc: number;
    /** On the test part. */
    readonly test_roc_auc: number;
    readonly won: boolean;
  }[];
  readonly test: {
    /** ISO 8601; null where it was drawn at random. */
    readonly from: string | null;
    readonly how: string;
    readonly rows: number;
    readonly attacks: number;
    /** Of the score as the package gives it, plain detectors included. */
    readonly roc_auc: number;
    readonly model_roc_auc: number;
    readonly average_precision: number;
    /** Without test rows whose raw columns a fit row has too. */
    readonly without_duplicates: {
      readonly rows: number;
      readonly attacks: number;
      readonly roc_auc: number | null;
    };
    readonly kinds: readonly KindRow[];
    readonly cuts: readonly CutRow[];
    /** Test rows that each plain detector meets. */
    readonly detectors: readonly {
      readonly name: string;
      readonly what: string;
      readonly attacks: number;
      readonly others: number;
    }[];
  };
  /** Average precision lost in the test part when a column is shuffled, largest first. */
  readonly importances: readonly {
    readonly feature: string;
    readonly importance: number;
    readonly sd: number;
  }[];
  /** Why the highest test attacks are so: base + contributions + others = the forest's probability before calibration. */
  readonly top_attacks: readonly {
    readonly line: number;
    readonly kind: string;
    readonly score: number;
    readonly base: number;
    readonly contributions: readonly {
      readonly feature: string;
      readonly value: number | null;
      readonly adds: number;
    }[];
    /** Sum of what the columns beside these add. */
    readonly others: number;
  }[];
  readonly seconds: number;
}

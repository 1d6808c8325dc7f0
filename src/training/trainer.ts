import type { Alert } from '../alert/alert.ts';
import type { ModelName } from '../models/model-name.ts';
import type { Policy } from '../policy/policy.ts';
import type { FeedbackSample } from '../store/feedback-store.ts';
import type { Exclusion } from '../store/release.ts';
import type { RulePrior } from '../triage/rules/rule-weights.ts';
import type { CatalogNames } from './dataset/dataset.ts';
import type { TrafficRow } from './dataset/traffic.ts';
import type { TrainingSettings } from './training-settings.ts';

/** Everything a training run depends on, as plain values: it crosses to a worker thread by structured clone. */
export interface TrainingJob {
  readonly settings: TrainingSettings;
  readonly policy: Policy;
  /** Names the code in the hash of the artefacts. */
  readonly codeVersion: string;
  /** Encoded training set of the release before; `undefined` at the first start. */
  readonly previousDataset: Uint8Array | undefined;
  /** Current state of every alert that was judged since. */
  readonly samples: readonly FeedbackSample[];
  /** Names of catalogues that this build does not know itself. */
  readonly catalogs: Readonly<Record<string, CatalogNames>>;
  /** Alerts on which nothing stands any more. */
  readonly gone?: readonly string[];
  /** Names of groups that are one incident each. */
  readonly merges?: readonly (readonly string[])[];
  readonly exclusions: readonly Exclusion[];
  /** Encoded traffic of the release before. */
  readonly previousTraffic: Uint8Array | undefined;
  /** What was scored since, a bounded draw; empty where nothing is logged. */
  readonly traffic: readonly TrafficRow[];
  /** The rules in force, whose weights are learned; left out: none are. */
  readonly rules?: readonly RulePrior[];
  /** Whether metrics and cards are wanted, which cost as much as the fits of a first start. @default true */
  readonly withMeasures?: boolean;
  readonly nowMs: number;
}

export interface StoredBytes {
  readonly bytes: Uint8Array;
  /** 64 hex digits over `bytes`. */
  readonly sha256: string;
}

export interface TrainedModel extends StoredBytes {
  /** Numbers of the release record: JSON values; none where no measures were wanted. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Model card, markdown; empty where no measures were wanted. */
  readonly card: string;
  /** Of a classifier: what its folds said of judged alerts, encoded; absent at the first start. */
  readonly unseen?: Uint8Array;
  /** Of a classifier: the judged alerts by their leaves, encoded; absent at the first start. */
  readonly neighbours?: Uint8Array;
}

/** Predictions of the challenger for alerts none of its parts had seen, by position in the training set. */
export interface OutOfFold {
  /** (n,) positions in `Dataset.rows`, ascending; hold-out rows are not among them. */
  readonly rows: Int32Array;
  /** (n x 4) calibrated by a calibrator that had not seen the row either. */
  readonly probabilities: Float64Array;
  /** (n,) 0-100. */
  readonly risk: Float64Array;
}

export interface TrainingResult {
  readonly dataset: StoredBytes & { readonly samples: number };
  readonly traffic: (StoredBytes & { readonly rows: number }) | undefined;
  /** Alert key -> reason. */
  readonly quarantined: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Names the run's artefacts: 12 hex digits over data, settings, catalogue and code. */
  readonly hash12: string;
  /** A model that could not be trained is absent; `notTrained` says why. */
  readonly models: Readonly<Partial<Record<ModelName, TrainedModel>>>;
  readonly notTrained: Readonly<Partial<Record<ModelName, string>>>;
  readonly outOfFold: OutOfFold;
}

/** A model as it was released. */
export interface ReleasedModel {
  readonly version: string;
  readonly bytes: Uint8Array;
}

export interface CriticalCase {
  readonly id: string;
  readonly alert: Alert;
}

export interface ComparisonJob {
  readonly settings: TrainingSettings;
  readonly policy: Policy;
  readonly exclusions: readonly Exclusion[];
  readonly dataset: Uint8Array;
  readonly traffic: Uint8Array | undefined;
  readonly challengers: Readonly<Partial<Record<ModelName, Uint8Array>>>;
  readonly outOfFold: OutOfFold;
  /** What serves now, with the training set it was made from; without it where that is no longer stored. */
  readonly champions: Readonly<
    Partial<Record<ModelName, ReleasedModel & { readonly dataset: Uint8Array | undefined }>>
  >;
  /** Earlier releases to match, without the champion. */
  readonly memory: Readonly<Partial<Record<ModelName, readonly ReleasedModel[]>>>;
  readonly criticalCases: readonly CriticalCase[];
  readonly nowMs: number;
}

/** What the gate says of one challenger. */
export interface GateReport {
  readonly passes: boolean;
  /** Decided on little data. */
  readonly provisional: boolean;
  /** Sentences; the first ones say why it failed. */
  readonly reasons: readonly string[];
  /** How good it is where it was held out, lower is better; later challengers are matched with the best ranked. */
  readonly rank: number | undefined;
  /** Numbers behind them: JSON values. */
  readonly measures: Readonly<Record<string, unknown>>;
}

export type ComparisonResult = Readonly<Partial<Record<ModelName, GateReport>>>;

/** `progress` is 0-1 of the call. */
export type OnProgress = (stage: string, progress: number) => void;

/**
 * Does the work that takes long, with no access to storage: what it returns is published by the retrain, or not at
 * all. The same job gives the same bytes on every machine.
 */
export interface Trainer {
  train(job: TrainingJob, onProgress: OnProgress): Promise<TrainingResult>;
  /** Compares trained challengers with what serves; called again when the champion changed meanwhile. */
  compare(job: ComparisonJob, onProgress: OnProgress): Promise<ComparisonResult>;
}

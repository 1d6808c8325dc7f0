import { CLASSIFIER_ALGORITHMS } from '../models/classifier-learner.ts';
import type { ClassifierAlgorithm } from '../models/learners/learners.ts';

/** Limits within which judgements teach without a person looking. Counts are incidents (groups), never alerts. */
export interface GuardSettings {
  /** Incidents one analyst may judge within an hour; all unverified names share one such quota. @default 1000 */
  readonly analystIncidentsPerHour: number;
  /** Largest share of the judged incidents of one disposition that may rest on one analyst alone. @default 0.6 */
  readonly analystShare: number;
  /** The share cap waits until this many analysts have judged `teamIncidents` each. @default 4 */
  readonly teamSize: number;
  /** @default 20 */
  readonly teamIncidents: number;
  /** Incidents of one rule (of one tenant) that may be judged within a day. @default 1000 */
  readonly ruleIncidentsPerDay: number;
  /** Largest share of all judged incidents that one rule may hold... @default 0.6 */
  readonly ruleShare: number;
  /** ...once this many incidents are judged. @default 1000 */
  readonly ruleShareFrom: number;
  /** Judged incidents after which a rule has a record that can be reversed. @default 20 */
  readonly recordIncidents: number;
  /** Share of one side (attack or not) that makes the record firm. @default 0.9 */
  readonly recordShare: number;
  /** A reversal is sudden when at least half of this many latest judgements of the rule contradict it. @default 20 */
  readonly reversalWindow: number;
  /** Analysts whose verified votes are exempt from rate and share caps, for imports of old cases. @default [] */
  readonly trustedAnalysts: readonly string[];
}

/** How a challenger is compared. Margins are in units of the measure. */
export interface GateSettings {
  /** Held-out alerts below which decisions are provisional. @default 200 */
  readonly minHeldOut: number;
  /** True positives among them below which decisions are provisional. @default 30 */
  readonly minHeldOutAttacks: number;
  /** Compared alerts below which nothing can be said and the champion stays. @default 30 */
  readonly minCompared: number;
  /** Resamples of the bootstrap. @default 400 */
  readonly resamples: number;
  /** Worse beyond the margin in at least this share of the resamples is a refusal. @default 0.8 */
  readonly refuseAt: number;
  /** One-sided confidence with which a model must beat knowing the class shares alone. @default 0.99 */
  readonly skillConfidence: number;
  /** Expected cost per alert, as a share of the cost of a false alarm. @default 0.05 */
  readonly costMargin: number;
  /** Brier score over the four classes, 0-2. @default 0.02 */
  readonly brierMargin: number;
  /** Macro-F1; widened by 0.5 / sqrt(compared alerts). @default 0.02 */
  readonly macroF1Margin: number;
  /** Expected calibration error, 0-1; widened by 0.5 / sqrt(compared alerts). @default 0.03 */
  readonly calibrationMargin: number;
  /** R2 of the risk. @default 0.03 */
  readonly r2Margin: number;
  /** Given risk scores below which the scorer is compared by ROC-AUC. @default 50 */
  readonly minGivenRisks: number;
  /** ROC-AUC, of the scorer and the detector. @default 0.02 */
  readonly aucMargin: number;
  /** Days in which an earlier release still counts as the one to match. @default 90 */
  readonly memoryDays: number;
  /** Earlier releases scored again per model, best recorded first. @default 3 */
  readonly memoryReleases: number;
}

/** Everything a retrain depends on beside its data. Part of the hash that names the artefacts. */
export interface TrainingSettings {
  readonly syntheticAlerts: number;
  readonly syntheticSeed: number;
  /** n0 of n0 / (n0 + judged of the class), the weight of a synthetic row. @default 50 */
  readonly syntheticHalfLife: number;
  /** Judged alerts from which on synthetic rows make up at most `syntheticShare` of the weight. @default 500 */
  readonly syntheticCapFrom: number;
  /** @default 0.1 */
  readonly syntheticShare: number;
  /** Judged alerts of a class below which it counts as known from synthetic alerts only. @default 20 */
  readonly minPerClass: number;
  /** Newest judged alerts a training set holds. @default 50000 */
  readonly maxSamples: number;
  /** @default 5 */
  readonly nFolds: number;
  /** Judged alerts outside the hold-out below which no model selection takes place. @default 50 */
  readonly selectFrom: number;
  /** Algorithms that take part. @default all four */
  readonly candidates: readonly ClassifierAlgorithm[];
  /** Logged alerts the detector learns from at most. @default 50000 */
  readonly trafficRows: number;
  /** @default 30 */
  readonly trafficDays: number;
  /** Logged alerts below which the detector is carried on as it is. @default 1000 */
  readonly minTrafficRows: number;
  /** @default 0.05 */
  readonly contamination: number;
  readonly guards: GuardSettings;
  readonly gate: GateSettings;
}

export const DEFAULT_GUARDS: GuardSettings = {
  analystIncidentsPerHour: 1000,
  analystShare: 0.6,
  teamSize: 4,
  teamIncidents: 20,
  ruleIncidentsPerDay: 1000,
  ruleShare: 0.6,
  ruleShareFrom: 1000,
  recordIncidents: 20,
  recordShare: 0.9,
  reversalWindow: 20,
  trustedAnalysts: [],
};

export const DEFAULT_GATE: GateSettings = {
  minHeldOut: 200,
  minHeldOutAttacks: 30,
  minCompared: 30,
  resamples: 400,
  refuseAt: 0.8,
  skillConfidence: 0.99,
  costMargin: 0.05,
  brierMargin: 0.02,
  macroF1Margin: 0.02,
  calibrationMargin: 0.03,
  r2Margin: 0.03,
  minGivenRisks: 50,
  aucMargin: 0.02,
  memoryDays: 90,
  memoryReleases: 3,
};

export const DEFAULT_TRAINING_SETTINGS: TrainingSettings = {
  syntheticAlerts: 2000,
  syntheticSeed: 20_260_101,
  syntheticHalfLife: 50,
  syntheticCapFrom: 500,
  syntheticShare: 0.1,
  minPerClass: 20,
  maxSamples: 50_000,
  nFolds: 5,
  selectFrom: 50,
  candidates: CLASSIFIER_ALGORITHMS,
  trafficRows: 50_000,
  trafficDays: 30,
  minTrafficRows: 1000,
  contamination: 0.05,
  guards: DEFAULT_GUARDS,
  gate: DEFAULT_GATE,
};

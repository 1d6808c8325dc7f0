import { SEVERITIES, type Severity } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { scorableAt } from '../../models/column-layout.ts';
import type { ConformalScores } from '../../models/conformal-scores.ts';
import { subsetRows } from '../../models/training-rows.ts';
import type { Exclusion } from '../../store/release.ts';
import { overlay } from '../dataset/dataset.ts';
import { decodeDataset, sha256Of } from '../dataset/dataset-format.ts';
import { judge } from '../dataset/judgements.ts';
import { learningSetOf, samplingWeightsAt } from '../dataset/learning-set.ts';
import { auditedAlerts } from '../measures/champion-comparison.ts';
import { DEFAULT_GUARDS } from '../training-settings.ts';

/** What the held-out alerts of a release are read from. */
export interface HeldOutJob {
  /** A training set as stored. */
  readonly dataset: Uint8Array;
  /** What its bytes must be, 64 hex digits: hashing 40 MB is work as well. */
  readonly datasetSha256: string;
  readonly exclusions: readonly Exclusion[];
  /** Artefact of the classifier that is asked. */
  readonly classifier: Uint8Array;
}

/** Judged alerts that no fit has seen, with what a classifier says of each; arrays of one length n, no functions. */
export interface HeldOutAlerts {
  /** (n x nClasses) calibrated. */
  readonly probabilities: Float64Array;
  /** (n,) index into DISPOSITIONS. */
  readonly labels: Int32Array;
  /** (n,) */
  readonly severities: readonly Severity[];
  /** (n,) '' where the alert has none. */
  readonly alertKeys: readonly string[];
  /** (n,) judged alerts of the same source, rule and tenant; NaN for an alert that names no tenant. */
  readonly judgedLike: {
    readonly source: Float64Array;
    readonly rule: Float64Array;
    readonly tenant: Float64Array;
  };
  /** (n,) 1 where the alert lies far outside the judged ones. */
  readonly isOutside: Uint8Array;
  /** (n,) how many alerts each stands for, times the weight of its judgement. */
  readonly weights: Float64Array;
  /** How many of them were judged only because the audit sample kept them open. */
  readonly nAudited: number;
  /** Of the classifier that was asked. */
  readonly conformal: ConformalScores;
}

/**
 * Reads the hold-out of a training set and scores it. For 50,000 judged alerts that is seconds of work in one piece:
 * {@link createThreadHeldOut} does it beside the event loop.
 *
 * @throws AlertforestError STORE_CORRUPT, MODEL_CORRUPT, MODEL_FORMAT_UNSUPPORTED
 */
export function readHeldOut(job: HeldOutJob): HeldOutAlerts {
  const { dataset: bytes, datasetSha256, exclusions, classifier: artefact } = job;
  if (sha256Of(bytes) !== datasetSha256)
    throw new AlertforestError('STORE_CORRUPT', 'The training set has other bytes than the release says.');
  const classifier = AlertClassifier.from(artefact);
  const stored = decodeDataset(bytes);
  // Overlaying nothing brings a set of an older build into this build's columns.
  const { dataset } = overlay(stored, [], stored.maxSamples);
  const set = learningSetOf(dataset, judge(dataset.rows, exclusions, DEFAULT_GUARDS));
  const rows = subsetRows(set.rows, set.heldOut);
  const samplingWeights = samplingWeightsAt(set, set.heldOut);
  const n = set.heldOut.length;
  const like = Array.from({ length: n }, (_, i) => classifier.judgedLike(scorableAt(rows, i)));
  return {
    probabilities: n === 0 ? new Float64Array(0) : classifier.probabilitiesOfRows(rows),
    labels: rows.labels,
    severities: Array.from(rows.severity, (severity) => SEVERITIES[severity] as Severity),
    alertKeys: Array.from(set.heldOut, (i) => dataset.rows[set.datasetRows[i] as number]?.alertKey ?? ''),
    judgedLike: {
      source: Float64Array.from(like, ({ source }) => source),
      rule: Float64Array.from(like, ({ rule }) => rule),
      tenant: Float64Array.from(like, ({ tenant }) => tenant ?? Number.NaN),
    },
    isOutside: Uint8Array.from({ length: n }, (_, i) =>
      Number(classifier.support?.isOutside(scorableAt(rows, i)) ?? false),
    ),
    // An audit sample stands for all the alerts that were closed unseen beside it.
    weights: Float64Array.from(rows.weights, (weight, i) => weight * samplingWeights[i]!),
    nAudited: auditedAlerts(samplingWeights),
    conformal: classifier.conformal,
  };
}

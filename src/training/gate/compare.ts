import { DISPOSITIONS } from '../../alert/alert.ts';
import { TRUE_POSITIVE } from '../../alert/disposition.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { ThreatScorer } from '../../models/threat-scorer.ts';
import { subsetRows, type TrainingRows } from '../../models/training-rows.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { decodeDataset, sha256Of } from '../dataset/dataset-format.ts';
import { isHeldOut } from '../dataset/holdout.ts';
import { judge } from '../dataset/judgements.ts';
import { type LearningSet, learningSetOf, samplingWeightsAt } from '../dataset/learning-set.ts';
import { readOrNothing } from '../fit/read-model.ts';
import type { ComparedAlerts } from '../measures/champion-comparison.ts';
import type { ComparisonJob, ComparisonResult, GateReport, OnProgress, ReleasedModel } from '../trainer.ts';
import { closedAlerts } from './closed-alerts.ts';
import { gateDetector } from './detector-gate.ts';
import { wordsOnCases } from './missed-cases.ts';
import { type CriticalOutcome, gateClassifier, gateScorer, type Predicted } from './promotion-gate.ts';

const N_CLASSES = DISPOSITIONS.length;

/**
 * Holds the challengers of a job against what serves. With enough held-out alerts everything is scored on the
 * hold-out, which no version of any model has been fitted on. With fewer, the decision is provisional: alerts judged
 * after the champion's training set, the challenger by its out-of-fold predictions, and the hold-out for both.
 */
export function compare(job: ComparisonJob, onProgress: OnProgress): ComparisonResult {
  const dataset = decodeDataset(job.dataset);
  const set = learningSetOf(dataset, judge(dataset.rows, job.exclusions, job.settings.guards));
  const seed = Number.parseInt(sha256Of(job.dataset).slice(0, 8), 16);
  const reports: { -readonly [name in keyof ComparisonResult]: GateReport } = {};
  onProgress('comparing classifier', 0);
  if (job.challengers.classifier)
    reports.classifier = compareClassifier(job, dataset, set, seed, job.challengers.classifier);
  onProgress('comparing scorer', 0.5);
  if (job.challengers.scorer) reports.scorer = compareScorer(job, dataset, set, seed, job.challengers.scorer);
  onProgress('comparing detector', 0.8);
  if (job.challengers.anomaly) reports.anomaly = gateDetector(job, set, seed, job.challengers.anomaly);
  return reports;
}

/** The alerts to compare over, and which of the challenger's predictions hold for them. */
interface Comparison {
  readonly provisional: boolean;
  readonly rows: TrainingRows;
  readonly alerts: ComparedAlerts;
  /** Per compared alert: position among the out-of-fold predictions, or -1 for a held-out one. */
  readonly outOfFold: Int32Array;
}

function comparisonFor(
  job: ComparisonJob,
  dataset: Dataset,
  set: LearningSet,
  champion: { readonly dataset: Uint8Array | undefined } | undefined,
): Comparison {
  const { gate } = job.settings;
  const heldOutAttacks = set.heldOut.filter((i) => set.rows.labels[i] === TRUE_POSITIVE).length;
  const provisional = set.heldOut.length < gate.minHeldOut || heldOutAttacks < gate.minHeldOutAttacks;
  const positionOfRow = new Map(Array.from(job.outOfFold.rows, (row, at) => [row, at]));
  const isNew = provisional ? newerThan(champion) : () => false;
  const newFit = Array.from(set.fit).filter((i) => {
    const { alertKey, rev } = dataset.rows[set.datasetRows[i]!]!;
    return isNew(alertKey, rev) && positionOfRow.has(set.datasetRows[i]!);
  });
  const positions = [...newFit, ...set.heldOut].sort((a, b) => a - b);
  const rows = subsetRows(set.rows, positions);
  return {
    provisional,
    rows,
    alerts: {
      labels: rows.labels,
      risk: Float64Array.from(rows.risk),
      groups: rows.groups,
      samplingWeights: samplingWeightsAt(set, positions),
    },
    outOfFold: Int32Array.from(positions, (i) =>
      isHeldOut(set.rows.groups[i]!) ? -1 : positionOfRow.get(set.datasetRows[i]!)!,
    ),
  };
}

/**
 * Whether a judgement is not in the training set of what serves, or has been revised since. Where that set is lost nobody
 * can tell, and none counts as new: predictions of alerts that the champion was fitted on would be no comparison.
 */
function newerThan(
  champion: { readonly dataset: Uint8Array | undefined } | undefined,
): (alertKey: string, rev: number) => boolean {
  if (champion !== undefined && champion.dataset === undefined) return () => false;
  const revs = new Map(
    champion?.dataset ? decodeDataset(champion.dataset).rows.map(({ alertKey, rev }) => [alertKey, rev]) : [],
  );
  return (alertKey, rev) => (revs.get(alertKey) ?? 0) < rev;
}

function compareClassifier(
  job: ComparisonJob,
  dataset: Dataset,
  set: LearningSet,
  seed: number,
  bytes: Uint8Array,
): GateReport {
  const champion = job.champions.classifier;
  const { rows, alerts, outOfFold, provisional } = comparisonFor(job, dataset, set, champion);
  const challenger = AlertClassifier.from(bytes);
  const own = rows.labels.length === 0 ? new Float64Array(0) : challenger.probabilitiesOfRows(rows);
  outOfFold.forEach((at, i) => {
    if (at < 0) return;
    own.set(job.outOfFold.probabilities.subarray(at * N_CLASSES, (at + 1) * N_CLASSES), i * N_CLASSES);
  });
  const readable = champion && readOrNothing(() => AlertClassifier.from(champion.bytes));
  const memory = provisional ? [] : (job.memory.classifier ?? []);
  const remembered = memory.flatMap(({ version, bytes: old }) => {
    const model = readOrNothing(() => AlertClassifier.from(old));
    return model ? [{ version, model }] : [];
  });
  const wordsOf = (model: AlertClassifier, probabilities: Float64Array) => ({
    probabilities,
    closed: closedAlerts(model, rows, probabilities, job.policy),
  });
  const others = [...(readable ? [readable] : []), ...remembered.map(({ model }) => model)];
  return gateClassifier({
    alerts,
    challenger: wordsOf(challenger, own),
    champion: readable && {
      version: champion.version,
      ...wordsOf(readable, probabilitiesOf(readable, rows)),
    },
    memory: remembered.map(({ version, model }) => ({
      version,
      ...wordsOf(model, probabilitiesOf(model, rows)),
    })),
    provisional,
    gate: job.settings.gate,
    seed,
    costs: job.policy.costs,
    critical: criticalOutcome(job, challenger, others),
  });
}

function probabilitiesOf(model: AlertClassifier, rows: TrainingRows): Float64Array {
  return rows.labels.length === 0 ? new Float64Array(0) : model.probabilitiesOfRows(rows);
}

/**
 * A case is missed where the model alone would have it closed: surely harmless and cheap to close under the policy,
 * with neither severity nor a want of judgements in the way. What a model guesses beyond that is for the analyst who
 * sees the alert in any case. That the others miss a case as well excuses nothing, it is only said.
 */
function criticalOutcome(
  job: ComparisonJob,
  challenger: AlertClassifier,
  others: readonly AlertClassifier[],
): CriticalOutcome {
  const missedBy = (model: AlertClassifier): Set<string> => {
    const words = wordsOnCases(model, job.criticalCases, job.policy);
    const missed = job.criticalCases.filter((_, i) => words[i]?.decision === 'close');
    return new Set(missed.map(({ id }) => id));
  };
  const missed = [...missedBy(challenger)];
  const byOthers = missed.length === 0 ? [] : others.map(missedBy);
  return {
    checked: job.criticalCases.length,
    missed,
    missedByAll: byOthers.length === 0 ? [] : missed.filter((id) => byOthers.every((other) => other.has(id))),
  };
}

function compareScorer(
  job: ComparisonJob,
  dataset: Dataset,
  set: LearningSet,
  seed: number,
  bytes: Uint8Array,
): GateReport {
  const champion = job.champions.scorer;
  const { rows, alerts, outOfFold, provisional } = comparisonFor(job, dataset, set, champion);
  const risksOf = (model: ThreatScorer): Float64Array =>
    rows.labels.length === 0 ? new Float64Array(0) : model.risksOfRows(rows);
  const own = risksOf(ThreatScorer.from(bytes));
  outOfFold.forEach((at, i) => {
    if (at >= 0) own[i] = job.outOfFold.risk[at]!;
  });
  const predicted = ({ version, bytes: old }: ReleasedModel): Predicted | undefined => {
    const model = readOrNothing(() => ThreatScorer.from(old));
    return model && { version, predictions: risksOf(model) };
  };
  return gateScorer({
    alerts,
    challenger: own,
    champion: champion && predicted(champion),
    memory: provisional ? [] : (job.memory.scorer ?? []).flatMap((one) => predicted(one) ?? []),
    provisional,
    gate: job.settings.gate,
    seed,
  });
}

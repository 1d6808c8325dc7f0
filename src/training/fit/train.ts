import { DISPOSITIONS } from '../../alert/alert.ts';
import { isAttackDisposition } from '../../alert/disposition.ts';
import { CATALOG_ID } from '../../features/feature-catalog.ts';
import { AlertClassifier } from '../../models/alert-classifier.ts';
import { AnomalyDetector, trafficBinsOf } from '../../models/anomaly-detector.ts';
import { conformalScores } from '../../models/conformal-scores.ts';
import { JudgedNeighbours } from '../../models/judged-neighbours.ts';
import { MODEL_NAMES, type ModelName } from '../../models/model-name.ts';
import { ThreatScorer } from '../../models/threat-scorer.ts';
import { subsetRows } from '../../models/training-rows.ts';
import type { JsonObject } from '../../trees/forest/forest-format.ts';
import { deriveSeed } from '../../trees/random.ts';
import { type Dataset, emptyDataset, overlay } from '../dataset/dataset.ts';
import {
  decodeDataset,
  decodeTraffic,
  encodeDataset,
  encodeTraffic,
  sha256Of,
} from '../dataset/dataset-format.ts';
import { isMeasuredOn, trafficRowsOf } from '../dataset/detector-traffic.ts';
import { type Judged, judge } from '../dataset/judgements.ts';
import { fitRows, foldsOf, type LearningSet, learningSetOf, syntheticRows } from '../dataset/learning-set.ts';
import { mergeTraffic, type TrafficRow } from '../dataset/traffic.ts';
import type { OnProgress, OutOfFold, TrainedModel, TrainingJob, TrainingResult } from '../trainer.ts';
import type { FitContext } from './fit-context.ts';
import { positionsWhere } from './fold-plays.ts';
import { type CardFacts, modelCard } from './model-card.ts';
import { classifierMetrics, detectorMetrics, scorerMetrics } from './model-metrics.ts';
import { type ModelSelection, selectModel } from './model-selection.ts';
import { fitRuleWeights } from './rule-weights.ts';
import { encodeUnseen } from './unseen-predictions.ts';

/**
 * Trains the three models of a job. Pure: everything random is seeded from the hash over data, settings, policy,
 * catalogue and code, which also names the artefacts.
 *
 * Without judgements (the first start) a random forest, a scorer and a detector are fitted on synthetic alerts,
 * with no model selection and no folds, so that they are there within seconds.
 */
export function train(job: TrainingJob, onProgress: OnProgress): TrainingResult {
  const { settings, withMeasures = true } = job;
  onProgress('building the training set', 0);
  const previous = job.previousDataset
    ? decodeDataset(job.previousDataset)
    : emptyDataset(settings.maxSamples);
  const { gone = [], merges = [] } = job;
  const { dataset, refusedMerges } = overlay(previous, job.samples, settings.maxSamples, job.catalogs, {
    gone,
    merges,
  });
  const datasetBytes = encodeDataset(dataset);
  const judged = judge(dataset.rows, job.exclusions, settings.guards);
  const set = learningSetOf(dataset, judged);
  const fitted = job.rules && fitRuleWeights({ dataset, judged, rules: job.rules, settings });
  const traffic = trafficOf(job);
  const trafficBytes = traffic && encodeTraffic(traffic);
  const datasetSha = sha256Of(datasetBytes);
  const hash = sha256Of(
    new TextEncoder().encode(
      JSON.stringify({
        dataset: datasetSha,
        traffic: trafficBytes ? sha256Of(trafficBytes) : null,
        exclusions: job.exclusions.map(({ analyst, since }) => ({ analyst, since: since ?? null })),
        settings,
        costs: job.policy.costs,
        catalog: CATALOG_ID,
        code: job.codeVersion,
        ...(fitted === undefined ? {} : { rules: fitted.weights }),
      }),
    ),
  );
  const seed = Number.parseInt(hash.slice(0, 8), 16);
  const info: JsonObject = { dataset: datasetSha, run: hash.slice(0, 12), code: job.codeVersion };
  const ruleWeights = fitted?.weights;
  const context: FitContext = {
    job,
    set,
    seed,
    info,
    ruleWeights,
    synthetic: syntheticRows(settings),
    onProgress,
  };
  const facts: CardFacts = { dataset, datasetSha, set, judged, job, hash12: hash.slice(0, 12), traffic };

  const learned = trainJudged(context);
  const detector = trainDetector(context, dataset, judged, traffic);
  onProgress('measuring', 0.92);
  const models: Partial<Record<ModelName, TrainedModel>> = {};
  const add = (
    name: ModelName,
    bytes: Uint8Array,
    measure: () => Record<string, unknown>,
    beside: Pick<TrainedModel, 'unseen' | 'neighbours'> = {},
  ): void => {
    const metrics = withMeasures ? measure() : {};
    models[name] = {
      ...beside,
      bytes,
      sha256: sha256Of(bytes),
      metrics,
      card: withMeasures ? modelCard(name, facts, metrics, sha256Of(bytes)) : '',
    };
  };
  const { classifier, scorer, selection, outOfFold } = learned;
  add(
    'classifier',
    classifier.toBuffer(),
    () => ({
      ...classifierMetrics(context, classifier, selection, outOfFold),
      ...(fitted === undefined ? {} : { rule_weights: fitted.measures }),
    }),
    selection && {
      unseen: encodeUnseen(set, outOfFold.probabilities, dataset.rows),
      neighbours: neighboursOf(classifier, set, dataset).toBuffer(),
    },
  );
  add('scorer', scorer.toBuffer(), () => scorerMetrics(context, scorer, outOfFold));
  if (detector) add('anomaly', detector.toBuffer(), () => detectorMetrics(context, detector, traffic));
  return {
    dataset: { bytes: datasetBytes, sha256: datasetSha, samples: dataset.rows.length },
    traffic: traffic &&
      trafficBytes && { bytes: trafficBytes, sha256: sha256Of(trafficBytes), rows: traffic.length },
    quarantined: Object.fromEntries(judged.quarantined),
    counts: {
      ...countsOf(dataset, judged, set, settings.minPerClass),
      ...(refusedMerges.length === 0 ? {} : { merges_refused: refusedMerges.length }),
    },
    hash12: hash.slice(0, 12),
    models: Object.fromEntries(MODEL_NAMES.flatMap((name) => (models[name] ? [[name, models[name]]] : []))),
    notTrained: detector
      ? {}
      : { anomaly: `fewer than ${settings.minTrafficRows} logged alerts: the detector goes on as it is` },
    outOfFold: { ...outOfFold, rows: set.fit.map((i) => set.datasetRows[i]!) },
  };
}

interface Learned {
  readonly classifier: AlertClassifier;
  readonly scorer: ThreatScorer;
  readonly selection: ModelSelection | undefined;
  /** By fit position. */
  readonly outOfFold: Omit<OutOfFold, 'rows'>;
}

function trainJudged(context: FitContext): Learned {
  const { job, set, seed, info, ruleWeights, synthetic, onProgress } = context;
  const { settings } = job;
  const rows = fitRows(set, set.fit, synthetic, settings);
  const scorerSeed = deriveSeed(seed, 101);
  const isFirst = set.fit.length === 0;
  const selection = isFirst
    ? undefined
    : selectModel({ set, synthetic, costs: job.policy.costs, settings, seed }, (stage, progress) =>
        onProgress(stage, 0.05 + 0.5 * progress),
      );
  onProgress('training classifier', 0.55);
  const classifier = AlertClassifier.fit(rows, {
    seed,
    info: ruleWeights === undefined ? info : { ...info, rule_weights: { ...ruleWeights } },
    algorithm: selection?.winner ?? 'random_forest',
    withSupport: true,
    ...(selection
      ? {
          calibrator: selection.calibrator,
          conformal: conformalScores(
            selection.forward.probabilities,
            selection.forward.positions.map((at) => set.rows.labels[set.fit[at]!]!),
          ),
        }
      : {}),
    onProgress: (done, total) => onProgress('training classifier', 0.55 + (0.1 * done) / total),
  });
  const risk = isFirst ? new Float64Array(0) : outOfFoldRisk(context, scorerSeed);
  onProgress('training scorer', 0.75);
  const scorer = ThreatScorer.fit(rows, {
    seed: scorerSeed,
    info,
    onProgress: (done, total) => onProgress('training scorer', 0.75 + (0.1 * done) / total),
  });
  return {
    classifier,
    scorer,
    selection,
    outOfFold: { probabilities: selection?.probabilities ?? new Float64Array(0), risk },
  };
}

/** All judged alerts that teach, those held out as well: an analyst asks what was decided, not what was fitted. */
function neighboursOf(classifier: AlertClassifier, set: LearningSet, dataset: Dataset): JudgedNeighbours {
  const keys = Array.from(set.datasetRows, (i) => dataset.rows[i]!.alertKey);
  return JudgedNeighbours.of(classifier, set.rows, keys);
}

/** (nFit,) risk of each row by a scorer that has not seen its group. */
function outOfFoldRisk({ job, set, synthetic, onProgress }: FitContext, seed: number): Float64Array {
  const { settings } = job;
  const folds = foldsOf(set, settings.nFolds);
  const risk = new Float64Array(set.fit.length);
  for (let fold = 0; fold < settings.nFolds; fold++) {
    onProgress('checking scorer', 0.65 + (0.1 * fold) / settings.nFolds);
    const inside = positionsWhere(folds, (own) => own === fold);
    if (inside.length === 0) continue;
    const outside = positionsWhere(folds, (own) => own !== fold);
    const rows = fitRows(
      set,
      outside.map((at) => set.fit[at]!),
      synthetic,
      settings,
    );
    const scorer = ThreatScorer.fit(rows, { seed: deriveSeed(seed, fold) });
    const predicted = scorer.risksOfRows(
      subsetRows(
        set.rows,
        inside.map((at) => set.fit[at]!),
      ),
    );
    inside.forEach((at, i) => {
      risk[at] = predicted[i]!;
    });
  }
  return risk;
}

/** The frozen traffic of this run; `undefined` while too little was logged. */
function trafficOf(job: TrainingJob): TrafficRow[] | undefined {
  const { settings, nowMs } = job;
  const previous = job.previousTraffic ? decodeTraffic(job.previousTraffic) : [];
  const merged = mergeTraffic(previous, job.traffic, {
    nowMs,
    days: settings.trafficDays,
    size: settings.trafficRows,
  });
  return merged.length >= settings.minTrafficRows ? merged : undefined;
}

/** On traffic without judged attacks; on synthetic alerts at the first start; else not at all. */
function trainDetector(
  { job, seed, info, synthetic, onProgress }: FitContext,
  dataset: Dataset,
  judged: Judged,
  traffic: readonly TrafficRow[] | undefined,
): AnomalyDetector | undefined {
  const { settings } = job;
  const isFirst = job.previousDataset === undefined;
  if (traffic === undefined && !isFirst) return undefined;
  onProgress('training detector', 0.85);
  const attacks = new Set(
    judged.taught
      .filter(({ disposition }) => isAttackDisposition(disposition))
      .map(({ index }) => dataset.rows[index]!.alertKey),
  );
  const rows = traffic
    ? trafficRowsOf(
        traffic.filter(({ alertKey }) => !attacks.has(alertKey) && !isMeasuredOn(alertKey)),
        job.catalogs,
      )
    : synthetic;
  return AnomalyDetector.fit(rows, {
    contamination: settings.contamination,
    seed: deriveSeed(seed, 202),
    info,
    // Over all of the traffic, attacks included: it is what the service sees, and drift is counted in.
    ...(traffic ? { trafficBins: trafficBinsOf(trafficRowsOf(traffic, job.catalogs)) } : {}),
    onProgress: (done, total) => onProgress('training detector', 0.85 + (0.05 * done) / total),
  });
}

function countsOf(
  dataset: Dataset,
  judged: Judged,
  set: LearningSet,
  minPerClass: number,
): Record<string, number> {
  const perClass = Object.fromEntries(
    DISPOSITIONS.map((disposition, c) => [`judged_${disposition}`, set.judgedPerClass[c]!]),
  );
  return {
    judged: dataset.rows.length,
    taught: judged.taught.length,
    held_out: set.heldOut.length,
    quarantined: judged.quarantined.size,
    rejected: judged.rejected.length,
    excluded: judged.excluded.length,
    min_per_class: minPerClass,
    ...perClass,
  };
}

import { TRUE_POSITIVE, truePositiveFlags } from '../../alert/disposition.ts';
import { AnomalyDetector, type TrafficRows } from '../../models/anomaly-detector.ts';
import { subsetRows } from '../../models/training-rows.ts';
import { deriveSeed } from '../../trees/random.ts';
import { decodeTraffic } from '../dataset/dataset-format.ts';
import { injectedOutliers, trafficRowsOf } from '../dataset/detector-traffic.ts';
import { type LearningSet, samplingWeightsAt } from '../dataset/learning-set.ts';
import { readOrNothing } from '../fit/read-model.ts';
import { aucOver } from '../measures/champion-comparison.ts';
import type { ComparisonJob, GateReport } from '../trainer.ts';

const DAY_MS = 86_400_000;
/** Rows of the newest day below which the whole traffic stands for it. */
const LEAST_NEWEST = 100;
/** Judged true positives below which an AUC over them says nothing. */
const LEAST_ATTACKS = 10;
const INJECTED = 500;

/**
 * Whether a detector may serve: its flagged share of the newest day lies within half and twice the contamination,
 * and neither its ROC-AUC on judged attacks nor the one on injected outliers is below the champion's by more than
 * the margin. Labels are only looked at, never learned, so every judged alert may be compared over where the
 * hold-out is small.
 */
export function gateDetector(
  job: ComparisonJob,
  set: LearningSet,
  seed: number,
  bytes: Uint8Array,
): GateReport {
  const { gate, contamination } = job.settings;
  const champion = job.champions.anomaly;
  const challenger = AnomalyDetector.from(bytes);
  const before = champion && readOrNothing(() => AnomalyDetector.from(champion.bytes));
  const failures: string[] = [];
  const notes: string[] = [];
  const measures: Record<string, unknown> = { champion: champion?.version ?? null, contamination };

  if (job.traffic === undefined) {
    return {
      passes: false,
      provisional: true,
      reasons: ['there is no logged traffic to compare over'],
      rank: undefined,
      measures,
    };
  }
  const traffic = decodeTraffic(job.traffic);
  const newest = Math.max(...traffic.map(({ scoredAtMs }) => scoredAtMs));
  const ofDay = traffic.filter(({ scoredAtMs }) => scoredAtMs > newest - DAY_MS);
  const day = trafficRowsOf(ofDay.length >= LEAST_NEWEST ? ofDay : traffic);
  const scores = challenger.scoresOfRows(day);
  const flagged = scores.filter((score) => challenger.isAnomaly(score)).length / scores.length;
  measures['flagged_share'] = rounded(flagged);
  measures['newest_day_rows'] = scores.length;
  if (flagged < 0.5 * contamination || flagged > 2 * contamination) {
    failures.push(
      `it flags ${percent(flagged)} of the newest day, expected ${percent(0.5 * contamination)} to ${percent(2 * contamination)}`,
    );
  }

  const compareAuc = (
    name: string,
    aucOf: (detector: AnomalyDetector) => number | undefined,
  ): number | undefined => {
    const own = aucOf(challenger);
    const other = before && aucOf(before);
    if (own === undefined) return undefined;
    measures[name] = {
      challenger: rounded(own),
      champion: other === undefined ? null : rounded(other),
      margin: gate.aucMargin,
    };
    if (other !== undefined && own < other - gate.aucMargin) {
      failures.push(
        `${name} is below the champion's by more than ${gate.aucMargin}: ${rounded(own)} against ${rounded(other)}`,
      );
    }
    return own;
  };
  const all = trafficRowsOf(traffic);
  const outliers = injectedOutliers(all, INJECTED, deriveSeed(seed, 606));
  const onInjected = compareAuc('roc_auc_injected', (detector) => aucApart(detector, all, outliers));

  const attacksHeldOut = set.heldOut.filter((i) => set.rows.labels[i] === TRUE_POSITIVE).length;
  const positions = attacksHeldOut >= LEAST_ATTACKS ? set.heldOut : Int32Array.from(set.rows.labels.keys());
  const judged = subsetRows(set.rows, positions);
  const samplingWeights = samplingWeightsAt(set, positions);
  const flags = truePositiveFlags(judged.labels);
  const nAttacks = flags.reduce((sum, flag) => sum + flag, 0);
  const provisional = attacksHeldOut < LEAST_ATTACKS;
  if (nAttacks >= LEAST_ATTACKS) {
    compareAuc('roc_auc_judged', (detector) =>
      aucOver(flags, detector.scoresOfRows(judged), samplingWeights),
    );
  } else {
    notes.push(`only ${nAttacks} judged attacks: compared on injected outliers alone`);
  }
  const passes = failures.length === 0;
  if (passes && champion) notes.unshift(`not worse than the champion ${champion.version}`);
  return {
    passes,
    provisional,
    reasons: [...failures, ...notes],
    rank: onInjected === undefined ? undefined : -onInjected,
    measures,
  };
}

function aucApart(detector: AnomalyDetector, usual: TrafficRows, outliers: TrafficRows): number | undefined {
  const scores = Float64Array.from([...detector.scoresOfRows(usual), ...detector.scoresOfRows(outliers)]);
  const nUsual = usual.X.length / usual.columnNames.length;
  const flags = Int32Array.from(scores, (_, i) => (i < nUsual ? 0 : 1));
  return aucOver(flags, scores, new Float64Array(scores.length).fill(1));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

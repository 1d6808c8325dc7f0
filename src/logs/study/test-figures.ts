import { outcomeValue } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import type { FeaturePlan } from '../windows/feature-plan.ts';
import type { LogEvents } from '../windows/log-events.ts';
import type { DerivedFeatures } from '../windows/put-history.ts';
import { sum } from './fit-rows.ts';
import { PLAIN_DETECTORS, type PlainDetector } from './plain-detectors.ts';
import type { RowLabels } from './row-labels.ts';
import type { CutRow, KindRow, StudyResult } from './study-result.ts';

const ONE_PERCENT = 0.01;

export interface Judged {
  readonly scores: Float64Array;
  readonly truth: Int32Array;
  readonly detector: readonly (PlainDetector | undefined)[];
  readonly costs: CostMatrix;
  readonly days: number | undefined;
}

/** Score above which, with the plain detectors or without, no more than 1 % of the rows that are no attacks alarm. */
export function cutAt({ scores, truth, detector }: Judged, withDetectors: boolean): number {
  const rest: number[] = [];
  let nNormal = 0;
  let nRule = 0;
  truth.forEach((isAttack, i) => {
    if (isAttack === 1) return;
    nNormal++;
    if (withDetectors && detector[i] !== undefined) nRule++;
    else rest.push(scores[i] as number);
  });
  const sorted = Float64Array.from(rest).sort();
  const allowed = Math.max(0, Math.floor(ONE_PERCENT * nNormal) - nRule);
  const highest = sorted[sorted.length - 1 - allowed] ?? 0;
  return nextAbove(highest);
}

/** The least double above a score: rows that tie with the last one allowed do not alarm. */
function nextAbove(value: number): number {
  return value * (1 + Number.EPSILON) + Number.MIN_VALUE;
}

/** Score that so many rows a day passed among those learned from, by trees that had not seen them. */
export function dailyCut(
  unseen: Float64Array,
  y: Int32Array,
  fitDays: number | undefined,
  fitRows: Int32Array,
  all: Int32Array,
  perDay: number,
): number {
  // of rows without attacks: how many alarms a day a calm day has
  const normal = unseen.filter((score, i) => y[i] === 0 && !Number.isNaN(score)).sort();
  const days = fitDays === undefined || fitDays <= 0 ? 1 : fitDays;
  const share = fitRows.length / Math.max(1, all.length);
  const allowed = Math.floor(perDay * days * share);
  return nextAbove(normal[Math.max(0, normal.length - 1 - allowed)] ?? 0);
}

export function cutRow(
  { scores, truth, detector, costs, days }: Judged,
  name: CutRow['name'],
  why: string,
  score: number,
  withDetectors: boolean,
): CutRow {
  let alarms = 0;
  let found = 0;
  for (let i = 0; i < truth.length; i++) {
    if ((scores[i] as number) < score && !(withDetectors && detector[i] !== undefined)) continue;
    alarms++;
    if (truth[i] === 1) found++;
  }
  const missed = sum(truth) - found;
  const falseAlarms = alarms - found;
  const closed = truth.length - alarms - missed;
  return {
    name,
    why,
    score,
    with_detectors: withDetectors,
    alarms,
    alarms_per_day: days === undefined ? null : alarms / days,
    found,
    missed,
    false_alarms: falseAlarms,
    value: outcomeValue({ correct: closed, missed, falseAlarms }, costs),
  };
}

export function kindRows(
  labels: RowLabels,
  fitRows: Int32Array,
  test: Int32Array,
  { scores, truth, detector }: Judged,
  costCut: number,
  onePercent: number,
  model: { readonly scores: Float64Array; readonly cut: number },
): KindRow[] {
  const seen = new Set<number>();
  for (const i of fitRows) if (labels.attack[i] === 1) seen.add(labels.kind[i] as number);
  const rows = new Map<number, { n: number; atCut: number; at1: number; model: number }>();
  test.forEach((i, at) => {
    if (truth[at] !== 1) return;
    const kind = labels.kind[i] as number;
    const row = rows.get(kind) ?? { n: 0, atCut: 0, at1: 0, model: 0 };
    const score = scores[at] as number;
    row.n++;
    if (score >= costCut) row.atCut++;
    if (score >= onePercent || detector[at] !== undefined) row.at1++;
    if ((model.scores[at] as number) >= model.cut) row.model++;
    rows.set(kind, row);
  });
  return [...rows]
    .map(([kind, { n, atCut, at1, model: byModel }]) => ({
      kind: labels.kinds[kind] as string,
      n,
      seen: seen.has(kind),
      found_at_cut: atCut / n,
      found_at_1pct: at1 / n,
      model_at_1pct: byModel / n,
    }))
    .sort((a, b) => b.n - a.n || (a.kind < b.kind ? -1 : 1));
}

export function detectorRows(
  detector: readonly (PlainDetector | undefined)[],
  truth: Int32Array,
): StudyResult['test']['detectors'] {
  return Object.entries(PLAIN_DETECTORS).map(([name, what]) => {
    const hits = detector.flatMap((one, i) => (one === name ? [truth[i] as number] : []));
    const attacks = hits.filter((value) => value === 1).length;
    return { name, what, attacks, others: hits.length - attacks };
  });
}

/** The figure without test rows that repeat a fit row in every raw column. */
export function withoutDuplicates(
  events: LogEvents,
  { X, names }: DerivedFeatures,
  plan: FeaturePlan,
  fitRows: Int32Array,
  test: Int32Array,
  truth: Int32Array,
  scores: Float64Array,
): StudyResult['test']['without_duplicates'] {
  const nRaw = plan.numbers.length + plan.words.length;
  const width = names.length;
  const keyOf = (i: number): string =>
    nRaw > 0
      ? X.subarray(i * width, i * width + nRaw).join()
      : `${events.port[i]} ${events.bytesOut[i]} ${events.bytesIn[i]}`;
  const known = new Set<string>();
  for (const i of fitRows) known.add(keyOf(i));
  const kept = Int32Array.from(test, (_, at) => at).filter((at) => !known.has(keyOf(test[at] as number)));
  const keptTruth = kept.map((at) => truth[at] as number);
  const nAttacks = sum(keptTruth);
  const isRanked = nAttacks > 0 && nAttacks < kept.length;
  return {
    rows: kept.length,
    attacks: nAttacks,
    roc_auc: isRanked
      ? rocAuc(
          keptTruth,
          Float64Array.from(kept, (at) => scores[at] as number),
        )
      : null,
  };
}

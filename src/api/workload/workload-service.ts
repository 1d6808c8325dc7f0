import { TRUE_POSITIVE } from '../../alert/disposition.ts';
import { AlertforestError } from '../../errors.ts';
import { decisionThreshold } from '../../policy/decision-threshold.ts';
import { type CostMatrix, costMatrixSchema, type Policy } from '../../policy/policy.ts';
import {
  type CutFigures,
  evenCuts,
  type JudgedScores,
  reliabilityOf,
  workloadFigures,
} from '../../policy/workload.ts';
import type { Interval } from '../../policy/workload-curve.ts';
import { LatestByKey } from '../../training/latest-by-key.ts';
import type { Lineage } from '../../training/releases/lineage.ts';
import type { KeptUnseen } from '../../training/runs/read-unseen.ts';
import { roundTo } from '../rounding.ts';
import type { WireWorkload } from './workload.ts';

/** Points of the curve, at most. */
const CURVE_POINTS = 50;
const RELIABILITY_BINS = 10;
const FEW_ALERTS = 200;
const FEW_AUDIT_SAMPLES = 100;

export interface WorkloadServiceDeps {
  readonly unseen: KeptUnseen;
  readonly lineage: Lineage;
  readonly policy: () => Promise<Policy>;
}

interface Asked {
  readonly missed_attack?: number | undefined;
  readonly false_alarm?: number | undefined;
  readonly correct_close?: number | undefined;
}

/** Answers what a cut closes and misses, from what the folds of the serving classifier said of judged alerts. */
export class WorkloadService {
  readonly #deps: WorkloadServiceDeps;
  readonly #latest = new LatestByKey<WireWorkload>();

  constructor(deps: WorkloadServiceDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError REQUEST_INVALID where all costs would be 0, MODEL_NOT_READY, STORE_UNAVAILABLE */
  async report(asked: Asked): Promise<WireWorkload> {
    const [{ head }, policy] = await Promise.all([this.#deps.lineage.requireHead(), this.#deps.policy()]);
    const serving = head.serving['classifier'];
    if (serving === undefined) throw new AlertforestError('MODEL_NOT_READY', 'No classifier serves yet.');
    const proposed = proposedCosts(policy.costs, asked);
    const key = JSON.stringify([serving.path, policy.costs, policy.close_below, proposed ?? null]);
    return this.#latest.get(key, async () =>
      reportOf(await this.#deps.unseen(serving.path), serving.version, policy, proposed),
    );
  }
}

function proposedCosts(now: CostMatrix, asked: Asked): CostMatrix | undefined {
  const { missed_attack, false_alarm, correct_close } = asked;
  if (missed_attack === undefined && false_alarm === undefined && correct_close === undefined)
    return undefined;
  const parsed = costMatrixSchema.safeParse({
    missed_attack: missed_attack ?? now.missed_attack,
    false_alarm: false_alarm ?? now.false_alarm,
    correct_close: correct_close ?? now.correct_close,
  });
  if (parsed.success) return parsed.data;
  throw new AlertforestError('REQUEST_INVALID', 'Expected at least one cost above 0.', {
    issues: [{ path: 'missed_attack', message: 'Expected at least one cost above 0.' }],
  });
}

async function reportOf(
  scores: JudgedScores,
  version: string,
  policy: Policy,
  proposed: CostMatrix | undefined,
): Promise<WireWorkload> {
  const n = scores.attack.length;
  const todayCut = policy.close_below ?? decisionThreshold(policy.costs);
  const [today, ...curve] = await workloadFigures(
    scores,
    [todayCut, ...(n === 0 ? [] : evenCuts(scores.attack, CURVE_POINTS))],
    policy.costs,
  );
  const tried =
    proposed && (await workloadFigures(scores, [todayCut, decisionThreshold(proposed)], proposed))[1];
  const nAudited = scores.weights.reduce((sum, weight) => sum + (weight > 1 ? 1 : 0), 0);
  return {
    model: { name: 'classifier', version },
    judged: n,
    true_positives: scores.labels.reduce((sum, label) => sum + (label === TRUE_POSITIVE ? 1 : 0), 0),
    incidents: new Set(scores.groups).size,
    audit_samples: nAudited,
    split: 'out_of_fold',
    costs: policy.costs,
    curve: curve.map(wireFigures),
    today: n === 0 || today === undefined ? null : wireFigures(today),
    proposed:
      n === 0 || tried === undefined || proposed === undefined
        ? null
        : {
            ...wireFigures(tried),
            costs: proposed,
            change: {
              closed: wireShare(tried.change.closed),
              missed: wireShare(tried.change.missed),
              cost_per_alert: wireShare(tried.change.costPerAlert),
            },
          },
    reliability: (await reliabilityOf(scores, RELIABILITY_BINS)).map(
      ({ n: alerts, predicted, observed }) => ({
        alerts,
        predicted: roundTo(predicted, 4),
        observed: wireShare(observed),
      }),
    ),
    note: noteOf(n, nAudited),
  };
}

function noteOf(n: number, nAudited: number): string {
  if (n === 0)
    return 'The serving classifier has been tried on no judged alert: it was made at the first start, or by a build that did not keep what its folds said.';
  const size = n < FEW_ALERTS ? `Only ${n} judged alerts: a hint, no measurement.` : `On ${n} judged alerts.`;
  return nAudited < FEW_AUDIT_SAMPLES
    ? `${size} What is closed is judged by nobody but for the audit sample: ${nAudited} of them stand behind what is missed, ${FEW_AUDIT_SAMPLES} are needed.`
    : size;
}

function wireFigures({ closeBelow, closed, missed, nMissed, costPerAlert }: CutFigures) {
  return {
    close_below: roundTo(Math.min(closeBelow, 1), 6),
    closed: wireShare(closed),
    missed: wireShare(missed),
    missed_attacks: nMissed,
    cost_per_alert: wireShare(costPerAlert),
  };
}

function wireShare({ value, low, high }: Interval): WireWorkload['curve'][number]['closed'] {
  if (!Number.isFinite(value)) return null;
  const orValue = (bound: number): number => roundTo(Number.isNaN(bound) ? value : bound, 5);
  return { value: roundTo(value, 5), low: orValue(low), high: orValue(high) };
}

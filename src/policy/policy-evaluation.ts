import { setImmediate as nextTurn } from 'node:timers/promises';
import { DISPOSITIONS, type Severity } from '../alert/alert.ts';
import { ATTACK_SHARES, TRUE_POSITIVE } from '../alert/disposition.ts';
import type { ConformalSets } from './conformal.ts';
import { type Decision, decide, type Known } from './decision.ts';
import { outcomeCost } from './decision-threshold.ts';
import type { Policy } from './policy.ts';

/** Judged alerts that a policy is tried on; arrays of one length n. */
export interface JudgedAlerts {
  /** (n x nClasses) calibrated, by a model that was not fitted on these alerts. */
  readonly probabilities: Float64Array;
  /** (n,) index into DISPOSITIONS. */
  readonly labels: ArrayLike<number>;
  /** (n,) */
  readonly severities: readonly Severity[];
  /** (n,) */
  readonly alertKeys: readonly string[];
  /** (n,) what stands behind each verdict. */
  readonly known: readonly Known[];
  /** (n,) >= 0; left out: 1 each. */
  readonly weights?: ArrayLike<number>;
  /** How many of them were judged only because the audit sample kept them open. @default 0 */
  readonly nAudited?: number;
}

/**
 * What a policy would have done, before the audit sample is drawn: an alert that only the sample keeps open counts
 * as closed. The sample measures what closing misses; it is no protection, and counting it as one would hide every
 * miss it was drawn to find. Shares are weighted; counts are alerts as they are.
 */
export interface PolicyOutcome {
  readonly nAlerts: number;
  readonly nTruePositives: number;
  readonly counts: Readonly<Record<Decision, number>>;
  readonly shares: Readonly<Record<Decision, number>>;
  /** True positives that were closed: none is the aim. */
  readonly nMissed: number;
  /** Share of the true positives closed, 0-1; NaN without one. */
  readonly missRate: number;
  /** Of those counted as closed, how many the sample would keep open. */
  readonly nAuditSamples: number;
  /** Mean cost per alert; a gain is negative. */
  readonly costPerAlert: number;
}

/** Alerts that are decided in one go: a few milliseconds. */
const SLICE_ALERTS = 2_000;

/**
 * Runs the decision rule over judged alerts: what it would close and what it would miss. In slices, between which a
 * service can answer others.
 *
 * @param pause lets the others run
 */
export async function evaluatePolicy(
  judged: JudgedAlerts,
  policy: Policy,
  sets: ConformalSets,
  pause: () => Promise<unknown> = nextTurn,
): Promise<PolicyOutcome> {
  const n = judged.labels.length;
  const nClasses = DISPOSITIONS.length;
  const counts: Record<Decision, number> = { close: 0, review: 0, escalate: 0 };
  const weighted: Record<Decision, number> = { close: 0, review: 0, escalate: 0 };
  let nMissed = 0;
  let nTruePositives = 0;
  let nAuditSamples = 0;
  let missedWeight = 0;
  let truePositiveWeight = 0;
  let cost = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0 && i % SLICE_ALERTS === 0) await pause();
    const weight = judged.weights?.[i] ?? 1;
    const { decision, reason } = decide(
      {
        probabilities: judged.probabilities.subarray(i * nClasses, (i + 1) * nClasses),
        severity: judged.severities[i]!,
        alertKey: judged.alertKeys[i]!,
        known: judged.known[i]!,
      },
      policy,
      sets,
    );
    const isAudited = reason === 'audit_sample';
    const isClosed = decision === 'close' || isAudited;
    const done = isAudited ? 'close' : decision;
    counts[done]++;
    weighted[done] += weight;
    if (isAudited) nAuditSamples++;
    if (judged.labels[i] === TRUE_POSITIVE) {
      nTruePositives++;
      truePositiveWeight += weight;
      if (isClosed) {
        nMissed++;
        missedWeight += weight;
      }
    }
    cost += weight * outcomeCost(isClosed, ATTACK_SHARES[judged.labels[i]!]!, policy.costs);
  }
  const total = weighted.close + weighted.review + weighted.escalate;
  return {
    nAlerts: n,
    nTruePositives,
    counts,
    shares: {
      close: weighted.close / total,
      review: weighted.review / total,
      escalate: weighted.escalate / total,
    },
    nMissed,
    missRate: missedWeight / truePositiveWeight,
    nAuditSamples,
    costPerAlert: cost / total,
  };
}

import type { z } from 'zod';
import { ConformalSets } from '../../policy/conformal.ts';
import type { Policy } from '../../policy/policy.ts';
import { evaluatePolicy, type JudgedAlerts, type PolicyOutcome } from '../../policy/policy-evaluation.ts';
import type { PreviewGround } from '../../training/runs/policy-preview.ts';
import type { policyAnswerSchema, policyOutcomeSchema } from './policy.ts';

type Preview = NonNullable<z.infer<typeof policyAnswerSchema>['preview']>;

/** What two policies close and miss of the judged alerts that no fit has seen. */
export async function previewOf(judged: PreviewGround, now: Policy, proposed: Policy): Promise<Preview> {
  const n = judged.labels.length;
  const outcome = async (policy: Policy): Promise<z.infer<typeof policyOutcomeSchema> | null> =>
    n === 0
      ? null
      : wireOutcome(await evaluatePolicy(judged, policy, new ConformalSets(judged.conformal, policy.alpha)));
  return {
    held_out: n,
    now: await outcome(now),
    proposed: await outcome(proposed),
    note: previewNote(n, judged),
  };
}

/** Judged alerts, and judged audit samples, below which a preview is a hint. */
const FEW_ALERTS = 200;
const FEW_AUDIT_SAMPLES = 100;

/**
 * How far the figures can be trusted. Closed alerts are not judged, so what a policy misses is known from the
 * audit samples alone: the note says how many stand behind it until there are enough.
 */
function previewNote(n: number, { nAudited = 0 }: JudgedAlerts): string {
  const size =
    n < FEW_ALERTS
      ? `Only ${n} judged alerts are held out: take the figures as a hint, not as a measurement.`
      : `On ${n} judged alerts that no fit has seen.`;
  return nAudited < FEW_AUDIT_SAMPLES
    ? `${size} ${nAudited} audit samples stand behind the miss rate; ${FEW_AUDIT_SAMPLES} are needed.`
    : size;
}

function wireOutcome(outcome: PolicyOutcome): z.infer<typeof policyOutcomeSchema> {
  const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    alerts: outcome.nAlerts,
    true_positives: outcome.nTruePositives,
    shares: { ...outcome.shares },
    missed: outcome.nMissed,
    miss_rate: orNull(outcome.missRate),
    cost_per_alert: orNull(outcome.costPerAlert),
  };
}

import type { AlertClassifier } from '../../models/alert-classifier.ts';
import { scorableAt } from '../../models/column-layout.ts';
import { severityOf, type TrainingRows } from '../../models/training-rows.ts';
import { ConformalSets } from '../../policy/conformal.ts';
import { decide } from '../../policy/decision.ts';
import type { Policy } from '../../policy/policy.ts';

/**
 * Which alerts a classifier would have closed under the policy, (n,) of 0 and 1: with its own conformal sets, what it
 * has judged of each kind and its own picture of the judged alerts, and without what lies outside of it (context,
 * audit sample, a provisional release).
 *
 * @param probabilities (n x 4) of that classifier for the rows
 */
export function closedAlerts(
  model: AlertClassifier,
  rows: TrainingRows,
  probabilities: Float64Array,
  policy: Policy,
): Uint8Array {
  const sets = new ConformalSets(model.conformal, policy.alpha);
  const unsampled: Policy = { ...policy, audit_share: 0 };
  const nClasses = probabilities.length / Math.max(1, rows.labels.length);
  return Uint8Array.from(rows.labels, (_, i) => {
    const snapshot = scorableAt(rows, i);
    const { decision } = decide(
      {
        probabilities: probabilities.subarray(i * nClasses, (i + 1) * nClasses),
        severity: severityOf(rows, i),
        alertKey: '',
        known: {
          isProvisional: false,
          judged: model.judgedLike(snapshot),
          isOutside: () => model.support?.isOutside(snapshot) ?? false,
        },
      },
      unsampled,
      sets,
    );
    return Number(decision === 'close');
  });
}

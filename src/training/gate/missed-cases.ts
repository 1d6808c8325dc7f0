import { EMPTY_CONTEXT } from '../../alert/context.ts';
import { attackProbability } from '../../alert/disposition.ts';
import { snapshotOf } from '../../features/alert-feature-extractor.ts';
import type { AlertClassifier } from '../../models/alert-classifier.ts';
import { ConformalSets } from '../../policy/conformal.ts';
import { type DecisionOutcome, decide, type Known } from '../../policy/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CriticalCase } from '../trainer.ts';

/** An alert that everything but the model itself would let be closed. */
const NOTHING_IN_THE_WAY: Known = {
  isProvisional: false,
  judged: { source: Number.POSITIVE_INFINITY, rule: Number.POSITIVE_INFINITY, tenant: undefined },
  isOutside: () => false,
};

/** What a classifier says of a critical case. */
export interface CaseWord {
  /** p(true positive) + half of p(suspicious). */
  readonly attack: number;
  readonly decision: DecisionOutcome['decision'];
}

/**
 * What the model alone would do with each case: with neither severity, nor context, nor a want of judgements, nor the
 * audit sample in the way of closing. A case is missed where it would be closed.
 */
export function wordsOnCases(
  model: AlertClassifier,
  cases: readonly CriticalCase[],
  policy: Policy,
): CaseWord[] {
  const sets = new ConformalSets(model.conformal, policy.alpha);
  const unsampled: Policy = { ...policy, audit_share: 0 };
  return cases.map(({ id, alert }) => {
    const probabilities = model.probabilities(snapshotOf(alert, EMPTY_CONTEXT));
    const input = { probabilities, severity: 'unknown', alertKey: id, known: NOTHING_IN_THE_WAY } as const;
    return { attack: attackProbability(probabilities), decision: decide(input, unsampled, sets).decision };
  });
}

import type { Alert, Disposition } from '../alert/alert.ts';
import type { EnsembleVerdict } from '../models/ensemble.ts';
import type { Explanation } from '../models/explanation.ts';
import type { RuleOutcome } from './rules/rule-engine.ts';

const MAX_RULES = 3;

const WORDS: Readonly<Record<Disposition, string>> = {
  true_positive: 'a true positive',
  false_positive: 'a false positive',
  suspicious: 'suspicious',
  benign: 'benign',
};

/**
 * Why the verdict is what it is, in sentences an analyst can read: what the models say, the strongest rules, and, where
 * an explanation was asked for, its largest contributions.
 */
export function reasonsOf(
  alert: Alert,
  verdict: EnsembleVerdict,
  rules: RuleOutcome | undefined,
  explanation: Explanation | undefined,
): string[] {
  const reasons = [
    `The classifier holds it for ${WORDS[verdict.disposition]} (${Math.round(100 * verdict.confidence)} %).`,
  ];
  if (verdict.isAnomaly) {
    reasons.push(`It is unlike the alerts seen so far (anomaly ${verdict.anomalyScore.toFixed(2)}).`);
  }
  if (explanation) reasons.push(...explanation.reasons);
  for (const { title, weight } of rules?.matches.slice(0, MAX_RULES) ?? []) {
    reasons.push(`Rule: ${title}${weight < 0 ? ' (lowers the score)' : ''}.`);
  }
  if (alert.entities.length === 0)
    reasons.push('The alert names no entities yet; send it again when it does.');
  return reasons;
}

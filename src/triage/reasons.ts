import type { Alert, Disposition } from '../alert/alert.ts';
import type { EnsembleVerdict } from '../models/ensemble.ts';
import type { Explanation } from '../models/explanation.ts';
import type { NamesAsSent } from './names-as-sent.ts';
import type { MatchedField } from './rules/sigma/match/plain.ts';
import type { TriageFacts } from './triage-facts.ts';

const MAX_RULES = 3;
const MAX_WORDS = 2;

const WORDS: Readonly<Record<Disposition, string>> = {
  true_positive: 'a true positive',
  false_positive: 'a false positive',
  suspicious: 'suspicious',
  benign: 'benign',
};

const MAX_HITS = 3;
/** From this novelty on a pair of rule and entity is called new. */
const NEW = 0.5;

/** What stands out about the alert, in sentences. */
function contextReasons(
  { entities, intel, behavior, incident }: Readonly<TriageFacts>,
  names: NamesAsSent,
): string[] {
  const reasons = (intel ?? [])
    .slice(0, MAX_HITS)
    .map(
      ({ source, kind, entity, confidence }) =>
        `Threat intelligence: ${names.of(entity)} (${kind}) is named by ${source} (confidence ${Math.round(confidence)}).`,
    );
  if (behavior !== undefined && !Number.isNaN(behavior.score)) {
    if (behavior.novelty >= NEW) {
      const newest = entities?.joining[behavior.newest]?.entity;
      const where = newest === undefined ? 'here' : `on ${names.of(newest.value)}`;
      reasons.push(`This rule is new ${where}.`);
    }
    if (behavior.novelty < NEW && behavior.burst > 0) {
      const times = 2 ** behavior.burst;
      reasons.push(`Many alerts at once: ${times.toFixed(1)} times twice the most seen in a week.`);
    }
  }
  const joined = incident?.incident;
  if (joined !== undefined && joined.nAlerts > 1) {
    const rules = joined.nRules === 1 ? 'one rule' : `${joined.nRules} rules`;
    reasons.push(`Part of an incident of ${joined.nAlerts} alerts of ${rules}.`);
  }
  return reasons;
}

/**
 * Why the verdict is what it is, in sentences an analyst can read: what the models say, the strongest rules, and, where
 * an explanation was asked for, its largest contributions.
 */
export function reasonsOf(
  alert: Alert,
  verdict: EnsembleVerdict,
  facts: Readonly<TriageFacts>,
  explanation: Explanation | undefined,
  names: NamesAsSent,
): string[] {
  const { rules } = facts;
  const reasons = [
    `The classifier holds it for ${WORDS[verdict.disposition]} (${Math.round(100 * verdict.confidence)} %).`,
  ];
  if (verdict.isAnomaly) {
    reasons.push(`It is unlike the alerts seen so far (anomaly ${verdict.anomalyScore.toFixed(2)}).`);
  }
  reasons.push(...contextReasons(facts, names));
  if (explanation) reasons.push(...explanation.reasons);
  for (const { id, title, reason, weight, half, hit } of rules?.matches.slice(0, MAX_RULES) ?? []) {
    const how = [
      ...wordsIn(hit?.matchedFields() ?? [], names),
      weight < 0 ? 'lowers the score' : '',
      half ? 'a field is missing, so it weighs half' : '',
    ];
    const notes = how.filter((note) => note !== '').join('; ');
    reasons.push(`Rule ${id}: ${reason || `${title}.`}${notes === '' ? '' : ` (${notes})`}`);
  }
  if (alert.entities.length === 0)
    reasons.push('The alert names no entities yet; send it again when it does.');
  return reasons;
}

/** Words that a rule found, each with the field it stands in. */
function wordsIn(matched: readonly MatchedField[], names: NamesAsSent): string[] {
  return matched
    .flatMap(({ field, word }) =>
      word === undefined ? [] : [`"${names.of(word)}" in ${field === '' ? 'the payload' : field}`],
    )
    .slice(0, MAX_WORDS);
}

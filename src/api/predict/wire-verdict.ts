import { BENIGN, FALSE_POSITIVE, SUSPICIOUS, TRUE_POSITIVE } from '../../alert/disposition.ts';
import type { NormalizedAlert } from '../../intake/normalize.ts';
import type { ScoredAlert } from '../../triage/alert-scorer.ts';
import { roundTo } from '../rounding.ts';
import type { WireVerdict } from './verdict.ts';
import { wireContext } from './wire-context.ts';
import { wireExplanation } from './wire-explanation.ts';

/** Rules that a verdict names. */
const MAX_RULES = 64;

/** Scores keep one decimal, probabilities three: more digits would promise more than the models know. */
const SCORE_DIGITS = 1;
const PROBABILITY_DIGITS = 3;

const score = (value: number): number => roundTo(value, SCORE_DIGITS);
const probability = (value: number): number => roundTo(value, PROBABILITY_DIGITS);

/** A scored alert as the wire shows it: rounded here and nowhere else. */
export function wireVerdict(scored: ScoredAlert, debugMapping: boolean, rescored: boolean): WireVerdict {
  const { normalized, snapshot, verdict, decision } = scored;
  const of = (label: number): number => probability(verdict.probabilities[label] ?? 0);
  const { context, incident } = wireContext(scored.triage, scored.lead);
  // what is undefined is not in the JSON; put in by spreading it would cost more than all the rest
  return {
    verdict_id: scored.verdictId,
    alert_id: normalized.alert.id,
    alert_key: snapshot.alertKey,
    disposition: verdict.disposition,
    confidence: probability(verdict.confidence),
    probabilities: {
      true_positive: of(TRUE_POSITIVE),
      false_positive: of(FALSE_POSITIVE),
      suspicious: of(SUSPICIOUS),
      benign: of(BENIGN),
    },
    risk_score: score(verdict.riskScore),
    is_anomaly: verdict.isAnomaly,
    anomaly_score: probability(verdict.anomalyScore),
    ml_score: score(verdict.mlScore),
    rule_score: verdict.ruleScore === null ? null : score(verdict.ruleScore),
    rules: ruleHits(scored.rules),
    final_score: score(verdict.finalScore),
    risk_level: scored.riskLevel,
    decision: decision.decision,
    decision_reason: decision.reason,
    policy: scored.isPolicyUnread ? 'default' : undefined,
    context,
    incident,
    reasons: [...scored.reasons],
    intel:
      scored.triage.facts.intel?.map(({ source, kind, confidence }) => ({ source, kind, confidence })) ??
      null,
    versions: { ...scored.versions },
    input: inputOf(scored, debugMapping, rescored),
    scored_at: scored.scoredAt,
    explanation: scored.explanation === undefined ? null : wireExplanation(scored.explanation),
  };
}

const POLICY_UNREAD =
  'The stored policy cannot be read; the built-in one decides and nothing is closed. See GET /health/details.';

function inputOf(scored: ScoredAlert, debugMapping: boolean, rescored: boolean): WireVerdict['input'] {
  const input = wireInput(scored.normalized, debugMapping, rescored);
  return scored.isPolicyUnread ? { ...input, warnings: [...input.warnings, POLICY_UNREAD] } : input;
}

/** How a record was read; `debugMapping` adds the alert and where each of its fields came from. */
export function wireInput(
  normalized: NormalizedAlert,
  debugMapping: boolean,
  rescored: boolean,
): WireVerdict['input'] {
  const { report } = normalized;
  return {
    dialect: report.dialect,
    completeness: roundTo(report.completeness, 2),
    warnings: [...report.warnings],
    fields: debugMapping ? { ...report.fields } : undefined,
    missing: debugMapping ? [...report.missing] : undefined,
    alert: debugMapping ? alertAsRead(normalized) : undefined,
    rescored: rescored || undefined,
  };
}

function ruleHits(rules: ScoredAlert['rules']): WireVerdict['rules'] {
  return (rules?.matches ?? []).slice(0, MAX_RULES).map(({ id, level, weight, half, fields }) => ({
    id,
    level,
    weight: roundTo(weight, 3),
    half,
    ...(fields === undefined
      ? {}
      : {
          fields: fields.map(({ name, values }) => ({
            name,
            ...(values === undefined ? {} : { values: [...values] }),
          })),
        }),
  }));
}

/** The alert as it was read, with the place each entity came from; the payload itself stays out. */
function alertAsRead({
  alert,
  report,
}: ScoredAlert['normalized']): NonNullable<WireVerdict['input']['alert']> {
  const { raw: _raw, entities, ...rest } = alert;
  return {
    ...rest,
    entities: entities.map((entity, at) => ({ ...entity, from: report.entityPaths[at] ?? '' })),
  };
}

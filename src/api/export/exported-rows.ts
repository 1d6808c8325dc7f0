import type { AlertSnapshot } from '../../alert/snapshot.ts';
import type { FeedbackSample } from '../../store/feedback-store.ts';
import type { PredictionEntry } from '../../store/prediction-log.ts';
import type { ExportedVerdict, ExportedVote } from './export.ts';

/** What a row says of the alert that it is about. */
const ofAlert = ({ alertKey, alertId, tenant, source, severity, occurredAt }: AlertSnapshot) => ({
  alert_key: alertKey,
  alert_id: alertId,
  tenant: tenant ?? null,
  source,
  severity,
  occurred_at: occurredAt,
});

/** One row for each vote that stands on an alert, with what all of them amount to. */
export function judgementRows({ snapshot, votes, effective, ruling }: FeedbackSample): ExportedVote[] {
  return votes.map((vote) => ({
    ...ofAlert(snapshot),
    disposition: vote.disposition,
    risk_score: vote.risk_score ?? null,
    analyst: vote.analyst,
    verified: vote.verified,
    from: vote.from ?? 'person',
    at: vote.at,
    incident_id: vote.whole ?? null,
    comment: vote.comment ?? null,
    effective_disposition: effective.disposition,
    agreement: effective.agreement,
    ruling: ruling?.action ?? null,
  }));
}

/** A logged verdict. Columns and hashes of the alert stay where they are. */
export function verdictRow(entry: PredictionEntry): ExportedVerdict {
  const { snapshot, probabilities, versions, ruleHits = [] } = entry;
  const [truePositive = null, falsePositive = null, suspicious = null, benign = null] = probabilities;
  return {
    verdict_id: entry.verdictId ?? null,
    ...ofAlert(snapshot),
    scored_at: entry.scoredAt,
    disposition: entry.disposition,
    decision: entry.decision,
    final_score: entry.finalScore,
    risk_score: entry.riskScore,
    anomaly_score: entry.anomalyScore,
    is_anomaly: entry.isAnomaly,
    probability_true_positive: truePositive,
    probability_false_positive: falsePositive,
    probability_suspicious: suspicious,
    probability_benign: benign,
    audit_sample: entry.auditSample,
    incident_id: entry.incidentId ?? null,
    rules: ruleHits.map(({ id }) => id).join(' '),
    classifier: versions['classifier'] ?? null,
    anomaly: versions['anomaly'] ?? null,
    scorer: versions['scorer'] ?? null,
  };
}

import { countedVotes } from '../../alert/judgement.ts';
import type { RecordState } from '../../alert/record-state.ts';
import type { StandingFeedback } from '../../store/feedback-store.ts';
import {
  type AlertName,
  findTarget,
  type TargetStores,
  unknownAlert,
} from '../../training/feedback/feedback-target.ts';
import type { WireStandingFeedback } from './feedback.ts';

/**
 * What will teach of the alert that is named.
 *
 * @throws AlertforestError ALERT_UNKNOWN where it was neither judged nor scored, ALERT_AMBIGUOUS with the candidates
 */
export async function standingFeedback(name: AlertName, stores: TargetStores): Promise<WireStandingFeedback> {
  const { alertKey, alertId } = await findTarget(name, stores);
  const standing = await stores.feedback.standing(alertKey);
  if (standing !== undefined) return answerOf(alertKey, standing);
  const scored = await stores.predictions.find(alertKey, { alertId });
  if (scored === undefined) throw unknownAlert(`alert_key ${alertKey}`);
  return {
    alert_key: alertKey,
    label: null,
    from: null,
    weight: null,
    record: null,
    snapshot: { severity: scored.snapshot.severity, scored_at: scored.scoredAt, choice: 'last' },
  };
}

function answerOf(
  alertKey: string,
  { sample, snapshot, seen, records }: StandingFeedback,
): WireStandingFeedback {
  const effective = sample?.ruling?.action === 'reject' ? undefined : sample?.effective;
  const agreeing = effective
    ? countedVotes(sample?.votes ?? []).filter(({ disposition }) => disposition === effective.disposition)
    : [];
  const ofRecord =
    agreeing.find(({ from }) => from === 'record') ?? sample?.votes.find(({ from }) => from === 'record');
  const record = records.find(({ id }) => id === ofRecord?.record?.id) ?? records[0];
  return {
    alert_key: alertKey,
    label: effective?.disposition ?? null,
    from:
      effective === undefined ? null : agreeing.some(({ from }) => from === 'record') ? 'record' : 'person',
    weight: effective?.agreement ?? null,
    record: record === undefined ? null : recordOf(record),
    snapshot: {
      severity: snapshot.severity,
      scored_at: seen?.scoredAt ?? null,
      choice: seen?.choice ?? 'first',
    },
  };
}

const recordOf = ({
  id,
  of,
  at,
  revision,
  isClosed,
  disposition,
}: RecordState): WireStandingFeedback['record'] => ({
  id,
  of,
  at,
  revision,
  state: isClosed ? 'closed' : 'open',
  label: disposition ?? null,
});

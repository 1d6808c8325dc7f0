import { type Alert, alertKey, type Disposition } from '../../alert/alert.ts';
import type { FeedbackItem } from '../../alert/feedback-item.ts';
import type { Vote } from '../../alert/judgement.ts';
import { AlertforestError } from '../../errors.ts';
import { findTarget, type Target } from './feedback-target.ts';
import { type IntakeDeps, type IntakeOutcome, refuseFuture, type Sender } from './intake-outcome.ts';
import { formerOf, hintOf, judgedSnapshotOf } from './judged-snapshot.ts';
import type { ReadItem } from './read-item.ts';
import { takeRecord } from './record-intake.ts';

/**
 * Takes one posted judgement: in our own words, or as a vendor's record. Durable when it resolves.
 *
 * @throws AlertforestError FEEDBACK_INVALID, ALERT_INVALID, ALERT_UNKNOWN, ALERT_AMBIGUOUS, STORE_UNAVAILABLE
 */
export async function takeFeedback(item: ReadItem, sender: Sender, deps: IntakeDeps): Promise<IntakeOutcome> {
  return item.kind === 'own' ? takeOwnWords(item, sender, deps) : takeRecord(item.read, sender, deps);
}

async function takeOwnWords(
  { item, sent, whole }: Extract<ReadItem, { kind: 'own' }>,
  sender: Sender,
  deps: IntakeDeps,
): Promise<IntakeOutcome> {
  const nowMs = deps.now();
  const target =
    sent === undefined
      ? await findTarget(
          { alertKey: item.alert_key, alertId: item.alert_id, tenant: item.tenant, source: item.source },
          deps,
        )
      : targetOfSent(item, sent.alert, nowMs);
  const analyst = sender.verified ? sender.name : (item.analyst ?? sender.name);
  const vote = voteOf(nowMs, item.disposition, analyst ?? 'unnamed', sender.verified, { ...item, whole });
  const judgedOf = judgedSnapshotOf(
    target,
    { stateAt: undefined, receivedAt: vote.at },
    sent && (() => deps.snapshotOf(sent.alert)),
    deps,
    deps.found,
    sent && formerOf(sent),
  );
  const hint = hintOf(target.alertKey, sent?.alert, deps);
  const {
    status,
    alertKey: key,
    pending,
  } = await deps.feedback.take(target.alertKey, { vote }, judgedOf, hint);
  return {
    status,
    alertKey: key,
    reason:
      status === 'superseded'
        ? 'a proven vote under this name stands, which a claim does not change'
        : undefined,
    members: [],
    changed: pending ? [key] : [],
    closing: {
      outcome: item.disposition,
      by: 'person',
      analyst: vote.analyst,
      closedAt: vote.at,
      raw: item.disposition,
      memberAlertIds: [],
    },
  };
}

function targetOfSent(item: FeedbackItem, alert: Alert, nowMs: number): Target {
  const key = alertKey(alert);
  const issues = [
    ...(item.alert_key !== undefined && item.alert_key !== key
      ? [{ path: 'alert_key', message: `Expected ${key}, the key of the alert that was sent.` }]
      : []),
    ...(item.alert_id !== undefined && item.alert_id !== alert.id
      ? [{ path: 'alert_id', message: `Expected ${alert.id}, the id of the alert that was sent.` }]
      : []),
  ];
  if (issues.length > 0) {
    throw new AlertforestError(
      'FEEDBACK_INVALID',
      'The alert that was sent is another one than the one named.',
      { issues },
    );
  }
  refuseFuture('alert.occurred_at', alert.occurred_at, nowMs);
  return { alertKey: key, alertId: alert.id };
}

function voteOf(
  nowMs: number,
  disposition: Disposition,
  analyst: string,
  verified: boolean,
  extra: {
    readonly risk_score?: number | undefined;
    readonly comment?: string | undefined;
    readonly whole?: string | undefined;
  },
): Vote {
  return {
    analyst,
    disposition,
    at: new Date(nowMs).toISOString(),
    verified,
    from: 'person',
    ...(extra.risk_score === undefined ? {} : { risk_score: extra.risk_score }),
    ...(extra.comment === undefined ? {} : { comment: extra.comment }),
    ...(extra.whole === undefined ? {} : { whole: extra.whole }),
  };
}

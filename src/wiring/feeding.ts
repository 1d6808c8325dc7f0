import type { WireFeedbackWithdrawn, WireStandingFeedback } from '../api/feedback/feedback.ts';
import {
  answerFeedback,
  type FeedbackAnswer,
  type FeedbackRequest,
  type FeedbackServiceDeps,
} from '../api/feedback/feedback-service.ts';
import { QuarantineService } from '../api/feedback/quarantine-service.ts';
import { standingFeedback } from '../api/feedback/standing-feedback.ts';
import { withdrawFeedback } from '../api/feedback/withdraw-feedback.ts';
import { Quota } from '../api/quota.ts';
import { normalizeAlert } from '../intake/normalize.ts';
import type { BodyBytes } from '../reading/body-bytes.ts';
import type { LatencyRecorder } from '../serving/latency-recorder.ts';
import { FeedbackCounter } from '../training/feedback/feedback-counter.ts';
import type { AlertName } from '../training/feedback/feedback-target.ts';
import type { Sender } from '../training/feedback/intake-outcome.ts';
import { notePending } from '../training/feedback/pending-watch.ts';
import { snapshotOfAlert } from '../triage/alert-scorer.ts';
import type { TriageRoom } from '../triage/triage-room.ts';
import type { Base } from './base.ts';

/** Takes the body of a request with judgements. */
export type TakeFeedback = (
  body: BodyBytes,
  sender: Sender,
  request: FeedbackRequest,
) => Promise<FeedbackAnswer>;

/** Names that are only claimed share one quota. */
const payer = (sender: Sender): string => (sender.verified ? (sender.name ?? '') : '');

/** What taking judgements needs, whatever they are about. */
export function createFeeding(base: Base): FeedbackServiceDeps {
  const { settings, stores, now, elapsed, logEvent } = base;
  const { feedback, predictions, queue } = stores;
  const quota = new Quota(settings.FEEDBACK_RATE_PER_MINUTE, elapsed);
  const counter = new FeedbackCounter({ retrainAfter: settings.RETRAIN_AFTER });
  const onProblem = (error: unknown): void => logEvent('pending_not_counted', { reason: String(error) });
  return {
    feedback,
    predictions,
    normalize: (payload: unknown, tenant?: string) => {
      const receivedAt = new Date(now()).toISOString();
      return normalizeAlert(payload, tenant === undefined ? { receivedAt } : { receivedAt, tenant });
    },
    snapshotOf: snapshotOfAlert,
    now,
    maxItems: settings.MAX_BATCH_ALERTS,
    maxAlertBytes: settings.MAX_ALERT_BYTES,
    retrainAfter: settings.RETRAIN_AFTER,
    takeQuota: (sender: Sender, n: number) => quota.take(payer(sender), n),
    spendQuota: (sender: Sender, n: number) => quota.spend(payer(sender), n),
    noteJudged: (n: number) => notePending(n, { counter, feedback, queue, now, elapsed, onProblem }),
  };
}

export function createFeedback(deps: FeedbackServiceDeps, latency: LatencyRecorder): TakeFeedback {
  return async (body, sender, request) => {
    const startedAtMs = performance.now();
    const answer = await answerFeedback(body, sender, request, deps);
    latency.record('feedback', performance.now() - startedAtMs);
    return answer;
  };
}

/** What the guards hold back. Names of rules and alerts are those that the incidents remember. */
export function createQuarantine(
  { stores: { models, feedback }, lineage, now }: Base,
  triage: Pick<TriageRoom, 'namesOf'>,
): QuarantineService {
  return new QuarantineService({ models, lineage, feedback, now, namesOf: (keys) => triage.namesOf(keys) });
}

/** Takes back the vote of the caller on one alert. */
export const createWithdrawal =
  (deps: FeedbackServiceDeps) =>
  (alertKey: string, analyst: string | undefined, sender: Sender): Promise<WireFeedbackWithdrawn> =>
    withdrawFeedback(alertKey, analyst, sender, deps);

/** What will teach of the alert that is named. */
export const createStandingFeedback =
  ({ stores: { feedback, predictions } }: Base): ((name: AlertName) => Promise<WireStandingFeedback>) =>
  (name) =>
    standingFeedback(name, { feedback, predictions });

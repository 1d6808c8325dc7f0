import { feedbackItemSchema } from '../../alert/feedback-item.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope.ts';
import { readPayload } from '../../intake/read-payload.ts';
import type { BodyBytes } from '../../reading/body-bytes.ts';
import { payloadLimits } from '../../reading/json-limits.ts';
import { UnreadItem } from '../../reading/unread-item.ts';
import {
  type IntakeDeps,
  type IntakeOutcome,
  isOwnWords,
  type Sender,
  takeFeedback,
} from '../../training/feedback/feedback-intake.ts';
import { unknownKeys } from '../known-names.ts';
import { problemOf } from '../problem.ts';
import type { Progress } from '../progress.ts';
import type { WireFeedbackItemResult, WireFeedbackResult } from './feedback.ts';

/** Items of one request that are stored at the same time. */
const CONCURRENCY = 16;

export interface FeedbackServiceDeps extends IntakeDeps {
  readonly maxItems: number;
  readonly maxAlertBytes: number;
  readonly retrainAfter: number;
  /** Takes `n` from the caller's quota; seconds to wait where it is used up, 0 where it is not. */
  readonly takeQuota: (sender: Sender, n: number) => number;
  /** Counts pending judgements when due and asks for a retrain when there are enough. */
  readonly noteJudged: (newlyJudged: number) => Promise<{ pending: number; queued: boolean }>;
}

export interface FeedbackRequest {
  /** Goes into the problem documents of a list. */
  readonly requestId: string;
  readonly progress?: Progress;
}

export interface FeedbackAnswer {
  readonly body: WireFeedbackResult;
  readonly log: Record<string, unknown>;
}

/**
 * Takes the judgements of one request. One alone answers with its own error; many answer item by item.
 *
 * @throws AlertforestError of the one item, REQUEST_INVALID, BATCH_TOO_LARGE, RATE_LIMITED; STORE_UNAVAILABLE when
 * any item could not be stored: sending the whole request again is safe, what was stored counts as duplicate then
 */
export async function answerFeedback(
  posted: BodyBytes,
  sender: Sender,
  { requestId, progress }: FeedbackRequest,
  deps: FeedbackServiceDeps,
): Promise<FeedbackAnswer> {
  const { value: parsed } = await readPayload(posted, payloadLimits(deps.maxItems, deps.maxAlertBytes));
  const isList = Array.isArray(parsed);
  // A vendor's list, or an incident that lists its alerts, is as many judgements as it has records.
  const items = (isList ? parsed : [parsed]).flatMap((item: unknown) =>
    isOwnWords(item) ? [item] : unwrapEnvelope(item, deps.maxItems),
  );
  const isMany = isList || items.length > 1;
  if (items.length === 0) {
    throw new AlertforestError('REQUEST_INVALID', 'Expected at least one judgement, got an empty list.');
  }
  if (items.length > deps.maxItems) {
    throw new AlertforestError(
      'BATCH_TOO_LARGE',
      `Expected at most ${deps.maxItems} judgements, got ${items.length}.`,
    );
  }
  const waitSeconds = deps.takeQuota(sender, items.length);
  if (waitSeconds > 0) {
    throw new AlertforestError('RATE_LIMITED', 'Too much feedback in one minute from this caller.', {
      retryAfterSeconds: waitSeconds,
    });
  }

  const intake: IntakeDeps = { ...deps, found: new Map() };
  const outcomes: (IntakeOutcome | Error)[] = new Array(items.length);
  const lanes = lanesOf(items);
  let next = 0;
  let nStored = 0;
  const take = async (index: number): Promise<void> => {
    try {
      progress?.check();
      if (items[index] instanceof UnreadItem)
        throw new AlertforestError(items[index].code, items[index].problem);
      if (isOwnWords(items[index])) refuseUnknownKeys(items[index]);
      outcomes[index] = await takeFeedback(items[index], sender, intake);
      progress?.say(`${++nStored} of ${items.length} judgements were taken; sending all again is safe.`);
    } catch (error) {
      outcomes[index] = error instanceof Error ? error : new Error(String(error));
    }
  };
  const worker = async (): Promise<void> => {
    for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
      for (const index of lane) await take(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, lanes.length) }, worker));

  const counts = countStatuses(outcomes);
  // What was stored counts even where a neighbour failed.
  const { pending, queued } = await deps.noteJudged(counts.accepted + counts.revised);
  const [only] = outcomes;
  if (!isMany && only instanceof Error) throw only;
  const outage = outcomes.find((outcome) => hasCode(outcome, 'STORE_UNAVAILABLE'));
  if (outage) throw outage;

  return {
    body: {
      ...counts,
      pending,
      retrain_after: deps.retrainAfter,
      retrain_queued: queued,
      ...(isMany ? { results: outcomes.map((outcome, index) => itemResult(outcome, index, requestId)) } : {}),
    },
    log: { items: items.length, ...counts, pending, queued },
  };
}

/** @throws AlertforestError FEEDBACK_INVALID: a key that is dropped would look like one that was taken */
function refuseUnknownKeys(item: unknown): void {
  const issues = unknownKeys(feedbackItemSchema, item);
  if (issues.length === 0) return;
  throw new AlertforestError('FEEDBACK_INVALID', 'The judgement has keys that are not known.', { issues });
}

/**
 * Positions of the items by the alert they name. Judgements of one alert are taken one after the other: the last one
 * sent is the one that counts, and they do not race each other for its row.
 */
function lanesOf(items: readonly unknown[]): readonly (readonly number[])[] {
  const lanes = new Map<string, number[]>();
  items.forEach((item, index) => {
    const { alert_key, alert_id, alert } = (item ?? {}) as Record<string, unknown>;
    const name = alert_key ?? alert_id ?? (alert as { id?: unknown } | null | undefined)?.id;
    const lane = isOwnWords(item) && typeof name === 'string' ? `named ${name}` : `item ${index}`;
    const others = lanes.get(lane);
    if (others === undefined) lanes.set(lane, [index]);
    else others.push(index);
  });
  return [...lanes.values()];
}

function countStatuses(
  outcomes: readonly (IntakeOutcome | Error)[],
): Pick<WireFeedbackResult, 'accepted' | 'duplicates' | 'revised' | 'no_label'> {
  const counts = { accepted: 0, duplicates: 0, revised: 0, no_label: 0 };
  for (const outcome of outcomes) {
    if (outcome instanceof Error) continue;
    for (const status of [outcome.status, ...outcome.members]) {
      if (status === 'duplicate') counts.duplicates++;
      else counts[status]++;
    }
  }
  return counts;
}

function itemResult(
  outcome: IntakeOutcome | Error,
  index: number,
  requestId: string,
): WireFeedbackItemResult {
  if (outcome instanceof Error) return { index, error: problemOf(outcome, requestId) };
  return {
    index,
    status: outcome.status,
    ...(outcome.alertKey === undefined ? {} : { alert_key: outcome.alertKey }),
    ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome.members.length === 0 ? {} : { members: outcome.members.length }),
  };
}

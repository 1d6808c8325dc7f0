import type { Closing } from '../../alert/closing.ts';
import { feedbackItemSchema } from '../../alert/feedback-item.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { SentBody } from '../../intake/body/sent-body.ts';
import { Opening } from '../../intake/envelope/opening.ts';
import { openInto } from '../../intake/envelope/unwrap-envelope.ts';
import { flatJudgement } from '../../intake/flat-judgement.ts';
import { readPayload } from '../../intake/read-payload.ts';
import type { BodyBytes } from '../../reading/body-bytes.ts';
import { payloadLimits } from '../../reading/json-limits.ts';
import { UnreadItem } from '../../reading/unread-item.ts';
import { WorkSlices } from '../../reading/work-slices.ts';
import { takeFeedback } from '../../training/feedback/feedback-intake.ts';
import { namedMembers } from '../../training/feedback/incident-members.ts';
import type { IntakeDeps, IntakeOutcome, Sender } from '../../training/feedback/intake-outcome.ts';
import {
  isOwnWords,
  laneOf,
  laneTime,
  type ReadItem,
  type ReadRecord,
  readItem,
} from '../../training/feedback/read-item.ts';
import { sideBySide } from '../../training/feedback/side-by-side.ts';
import { unknownKeys } from '../known-names.ts';
import { problemOf } from '../problem.ts';
import type { Progress } from '../progress.ts';
import type { WireClosing, WireFeedbackItemResult, WireFeedbackResult } from './feedback.ts';
import { type Paying, payQuota } from './pay-quota.ts';

/** Longest that reading the items of a request holds the event loop before other requests get their turn. */
const MAX_SLICE_MS = 8;

export interface FeedbackServiceDeps extends IntakeDeps, Paying {
  readonly normalize: (payload: unknown, tenant?: string) => ReadRecord;
  readonly maxItems: number;
  readonly maxAlertBytes: number;
  readonly retrainAfter: number;
  /** Settles what turned out to be more work than was taken, or less. */
  readonly spendQuota: (sender: Sender, n: number) => void;
  /** Counts pending judgements when due and asks for a retrain when there are enough. */
  readonly noteJudged: (newlyJudged: number) => Promise<{ pending: number; queued: boolean }>;
}

export interface FeedbackRequest {
  /** Goes into the problem documents of a list. */
  readonly requestId: string;
  /** Answers how each closed record was read. */
  readonly debugMapping: boolean;
  readonly progress?: Progress;
  readonly sent?: SentBody;
}

export interface FeedbackAnswer {
  readonly body: WireFeedbackResult;
  readonly log: Record<string, unknown>;
}

type Counts = Pick<
  WireFeedbackResult,
  'accepted' | 'duplicates' | 'revised' | 'superseded' | 'withdrawn' | 'no_label'
>;

/**
 * Takes the judgements of one request. One alone answers with its own error; many answer item by item.
 *
 * @throws AlertforestError of the one item, REQUEST_INVALID, BATCH_TOO_LARGE, RATE_LIMITED; STORE_UNAVAILABLE when
 * any item could not be stored: sending the whole request again is safe, what was stored counts as duplicate then
 */
export async function answerFeedback(
  posted: BodyBytes,
  sender: Sender,
  request: FeedbackRequest,
  deps: FeedbackServiceDeps,
): Promise<FeedbackAnswer> {
  const { value: parsed } = await readPayload(posted, payloadLimits(deps.maxItems, deps.maxAlertBytes));
  const isList = Array.isArray(parsed);
  // A vendor's list, or an incident that lists its alerts, is as many judgements as it has records.
  const opening = new Opening(deps.maxItems);
  const slices = new WorkSlices();
  for (const item of isList ? parsed : [parsed]) {
    const own = flatJudgement(item) ?? (isOwnWords(item) ? item : undefined);
    if (own !== undefined) opening.add(own);
    else for (const units of openInto(opening, item)) await slices.spend(units);
  }
  const items = opening.alerts;
  const isMany = isList || items.length > 1;
  if (items.length === 0) {
    throw new AlertforestError('REQUEST_INVALID', 'Expected at least one judgement, got an empty list.');
  }
  // Before anything is read: a caller who is out of quota costs no more than this.
  payQuota(deps, sender, items.length);

  const { tenant } = request.sent ?? {};
  const intake = {
    ...deps,
    normalize: (payload: unknown) => deps.normalize(payload, tenant),
    spend: (units: number) => deps.spendQuota(sender, units),
    found: new Map(),
    full: new Map(),
  };
  const outcomes: (IntakeOutcome | Error)[] = new Array(items.length);
  const read = await readAll(items, outcomes, intake.normalize);
  const units = items.length + read.reduce((sum, { item }) => sum + namedMembers(item), 0);
  if (units > items.length) {
    // Members are paid for before any is looked up; taken as one, so that what is owed twice is never waited for twice.
    deps.spendQuota(sender, -items.length);
    payQuota(deps, sender, units);
  }
  await takeAll(read, outcomes, sender, request.progress, intake);
  const counts = countStatuses(outcomes);
  // What was stored counts even where a neighbour failed; the retrain starts when the whole request is stored.
  const changed = new Set(outcomes.flatMap((outcome) => (outcome instanceof Error ? [] : outcome.changed)));
  const { pending, queued } = await deps.noteJudged(changed.size);
  const [only] = outcomes;
  if (!isMany && only instanceof Error) throw only;
  const outage = outcomes.find((outcome) => hasCode(outcome, 'STORE_UNAVAILABLE'));
  if (outage instanceof AlertforestError) throw storedUntil(outage, outcomes);

  return {
    body: {
      ...counts,
      pending,
      retrain_after: deps.retrainAfter,
      retrain_queued: queued,
      ...(isMany
        ? { results: outcomes.map((outcome, index) => itemResult(outcome, index, request)) }
        : detailsOf(only as IntakeOutcome, request)),
    },
    log: { items: items.length, ...counts, pending, queued },
  };
}

interface Indexed {
  readonly index: number;
  readonly item: ReadItem;
}

const failed = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Reads the items in slices; what cannot be read has its outcome. */
async function readAll(
  items: readonly unknown[],
  outcomes: (IntakeOutcome | Error)[],
  normalize: (payload: unknown) => ReadRecord,
): Promise<Indexed[]> {
  const read: Indexed[] = [];
  let sliceStartedAtMs = performance.now();
  for (const [index, payload] of items.entries()) {
    try {
      if (payload instanceof UnreadItem) throw new AlertforestError(payload.code, payload.problem);
      if (isOwnWords(payload)) refuseUnknownKeys(payload);
      read.push({ index, item: readItem(payload, normalize) });
    } catch (error) {
      outcomes[index] = failed(error);
    }
    if (performance.now() - sliceStartedAtMs > MAX_SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceStartedAtMs = performance.now();
    }
  }
  return read;
}

/** One lane for each alert, its records in the order of their own time; lanes are taken side by side. */
async function takeAll(
  items: readonly Indexed[],
  outcomes: (IntakeOutcome | Error)[],
  sender: Sender,
  progress: Progress | undefined,
  deps: IntakeDeps,
): Promise<void> {
  const lanes = new Map<string, Indexed[]>();
  for (const { index, item } of items) {
    const name = laneOf(item, index);
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [{ index, item }]);
    else lane.push({ index, item });
  }
  let nStored = 0;
  let outage: Error | undefined;
  await sideBySide([...lanes.values()], async (lane) => {
    for (const { index, item } of inOrderOfTime(lane)) {
      try {
        // the whole request fails at the first outage: each further item would wait for its own timeout
        if (outage !== undefined) throw outage;
        progress?.check();
        outcomes[index] = await takeFeedback(item, sender, deps);
        progress?.say(`${++nStored} of ${outcomes.length} judgements were taken; sending all again is safe.`);
      } catch (error) {
        const failure = failed(error);
        outcomes[index] = failure;
        if (hasCode(failure, 'STORE_UNAVAILABLE')) outage ??= failure;
      }
    }
  });
}

/** The outage that ended a request, with what was stored before it. */
function storedUntil(
  outage: AlertforestError,
  outcomes: readonly (IntakeOutcome | Error)[],
): AlertforestError {
  const stored = outcomes.flatMap((outcome, index) => (outcome instanceof Error ? [] : [index]));
  const { retryAfterSeconds } = outage;
  return new AlertforestError(
    outage.code,
    `${outage.message} ${stored.length} of ${outcomes.length} judgements were stored; sending all again is safe.`,
    { cause: outage, details: { stored }, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  );
}

/** @throws AlertforestError FEEDBACK_INVALID: a key that is dropped would look like one that was taken */
function refuseUnknownKeys(item: unknown): void {
  const issues = unknownKeys(feedbackItemSchema, item);
  if (issues.length === 0) return;
  throw new AlertforestError('FEEDBACK_INVALID', 'The judgement has keys that are not known.', { issues });
}

/** What has no time of its own keeps its place; a sort by time alone would not be an order. */
function inOrderOfTime(lane: Indexed[]): Indexed[] {
  if (lane.length < 2) return lane;
  const dated = lane
    .filter(({ item }) => laneTime(item) !== undefined)
    .sort((a, b) => Date.parse(laneTime(a.item) as string) - Date.parse(laneTime(b.item) as string));
  let next = 0;
  return lane.map((one) => (laneTime(one.item) === undefined ? one : (dated[next++] ?? one)));
}

function countStatuses(outcomes: readonly (IntakeOutcome | Error)[]): Counts {
  const counts = { accepted: 0, duplicates: 0, revised: 0, superseded: 0, withdrawn: 0, no_label: 0 };
  for (const outcome of outcomes) {
    if (outcome instanceof Error) continue;
    for (const status of [outcome.status, ...outcome.members]) {
      if (status === 'duplicate') counts.duplicates++;
      else if (status !== 'open' && status !== 'no_member') counts[status]++;
    }
  }
  return counts;
}

function itemResult(
  outcome: IntakeOutcome | Error,
  index: number,
  options: FeedbackRequest,
): WireFeedbackItemResult {
  if (outcome instanceof Error) return { index, error: problemOf(outcome, options.requestId) };
  const { status, alertKey, members } = outcome;
  return {
    index,
    ...(status === 'open' || status === 'no_member' ? {} : { status }),
    ...(alertKey === undefined ? {} : { alert_key: alertKey }),
    ...(members.length === 0 ? {} : { members: members.length }),
    ...detailsOf(outcome, options),
  };
}

function detailsOf(
  { reason, unread, warnings = [], closing }: IntakeOutcome,
  { debugMapping }: FeedbackRequest,
): Pick<WireFeedbackItemResult, 'reason' | 'unread' | 'warnings' | 'closing'> {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(unread === undefined ? {} : { unread }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
    ...(debugMapping && closing !== undefined ? { closing: wireClosing(closing) } : {}),
  };
}

const wireClosing = ({ outcome, by, analyst, closedAt, raw }: Closing): WireClosing => ({
  disposition: outcome,
  by,
  analyst: analyst ?? null,
  closed_at: closedAt ?? null,
  words: raw,
});

import { type Alert, alertGroup, alertKey, type Disposition } from '../../alert/alert.ts';
import type { Closing } from '../../alert/closing.ts';
import { type FeedbackItem, feedbackItemSchema } from '../../alert/feedback-item.ts';
import type { Vote } from '../../alert/judgement.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { AlertforestError } from '../../errors.ts';
import type { SubmitStatus } from '../../store/feedback-store.ts';
import { findTarget, knownSnapshot, referencesOfId, type TargetStores } from './feedback-target.ts';

/** A clock skew that real products show; a time further ahead is a mistake. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** Members of one incident labelled by its closing; Sentinel allows 150 alerts in an incident. */
const MAX_MEMBERS = 1_000;

/** A vendor's record as the service reads it. */
export interface ReadRecord {
  readonly alert: Alert;
  /** Undefined while the record is open. */
  readonly verdict: Closing | undefined;
}

export interface IntakeDeps extends TargetStores {
  readonly normalize: (payload: unknown) => ReadRecord;
  readonly snapshotOf: (alert: Alert) => AlertSnapshot;
  readonly now: () => number;
}

/** Who sends the judgement, as far as the wire knows. */
export interface Sender {
  readonly name: string | undefined;
  /** True where the name was proven; a name in the body is then ignored. */
  readonly verified: boolean;
}

export interface IntakeOutcome {
  readonly status: SubmitStatus | 'no_label';
  readonly alertKey: string | undefined;
  readonly reason: string | undefined;
  /** What became of each further alert that took this label, members of a closed incident. */
  readonly members: readonly SubmitStatus[];
}

/**
 * Takes one posted judgement: in our own words, or as a closed vendor record. Durable when it resolves.
 *
 * @throws AlertforestError FEEDBACK_INVALID, ALERT_INVALID, ALERT_UNKNOWN, ALERT_AMBIGUOUS, STORE_UNAVAILABLE
 */
export async function takeFeedback(
  payload: unknown,
  sender: Sender,
  deps: IntakeDeps,
): Promise<IntakeOutcome> {
  return isOwnWords(payload)
    ? takeOwnWords(parseItem(payload), sender, deps)
    : takeVendorRecord(payload, sender, deps);
}

/** Whether a payload is a judgement of our own form, complete or not; anything else is a vendor's record. */
export function isOwnWords(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return true;
  return 'alert_key' in payload || 'alert_id' in payload || ('disposition' in payload && 'alert' in payload);
}

function parseItem(payload: unknown): FeedbackItem {
  const parsed = feedbackItemSchema.safeParse(payload);
  const issues = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  if (parsed.success) {
    const item = parsed.data;
    if (item.alert_key || item.alert_id || item.alert) return item;
    issues.push({ path: '', message: 'Expected alert_key, alert_id or alert.' });
  }
  throw new AlertforestError('FEEDBACK_INVALID', 'The judgement cannot be read.', { issues });
}

async function takeOwnWords(item: FeedbackItem, sender: Sender, deps: IntakeDeps): Promise<IntakeOutcome> {
  const snapshot =
    item.alert === undefined
      ? await findTarget(
          { alertKey: item.alert_key, alertId: item.alert_id, tenant: item.tenant, source: item.source },
          deps,
        )
      : await snapshotOfSent(item, deps);
  const analyst = sender.verified ? sender.name : (item.analyst ?? sender.name);
  const vote = voteOf(deps.now(), item.disposition, analyst ?? 'unnamed', sender.verified, item);
  const { status, alertKey: key } = await deps.feedback.submit(snapshot, vote);
  return { status, alertKey: key, reason: undefined, members: [] };
}

/** The alert as sent; what was kept when it was scored is preferred, since that is what the verdict saw. */
async function snapshotOfSent(item: FeedbackItem, deps: IntakeDeps): Promise<AlertSnapshot> {
  const { alert } = deps.normalize(item.alert);
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
      {
        issues,
      },
    );
  }
  refuseFuture('alert.occurred_at', alert.occurred_at, deps.now());
  return (await knownSnapshot(key, deps)) ?? deps.snapshotOf(alert);
}

async function takeVendorRecord(payload: unknown, sender: Sender, deps: IntakeDeps): Promise<IntakeOutcome> {
  const { alert, verdict } = deps.normalize(payload);
  if (verdict === undefined) {
    throw new AlertforestError(
      'FEEDBACK_INVALID',
      'The record carries no closing verdict; send a closed record, or a judgement with a disposition.',
      {
        issues: [
          { path: 'disposition', message: 'Expected a disposition or a vendor record that is closed.' },
        ],
      },
    );
  }
  const key = alertKey(alert);
  const withoutLabel = (reason: string): IntakeOutcome => ({
    status: 'no_label',
    alertKey: key,
    reason,
    members: [],
  });
  if (verdict.by === 'machine')
    return withoutLabel('closed by automation: what a machine closed teaches nothing');
  if (verdict.outcome === 'no_label') return withoutLabel(verdict.reason ?? `${verdict.raw} is no label`);
  refuseFuture('occurred_at', alert.occurred_at, deps.now());
  if (verdict.closedAt !== undefined) refuseFuture('closed_at', verdict.closedAt, deps.now());

  const analyst = (verdict.analyst ?? sender.name ?? 'unnamed').slice(0, 256);
  // A record says who closed it, but proves it as little as a body does: only the sender's own name is proven.
  const isProven = sender.verified && analyst === sender.name;
  const vote = voteOf(deps.now(), verdict.outcome, analyst, isProven, { comment: verdict.reason });
  const own = await deps.feedback.submit((await knownSnapshot(key, deps)) ?? deps.snapshotOf(alert), vote);
  const members: SubmitStatus[] = [];
  for (const memberKey of await scoredMembers(alert, verdict.memberAlertIds ?? [], key, deps)) {
    const snapshot = await knownSnapshot(memberKey, deps);
    if (snapshot !== undefined && mayBelong(snapshot, alert))
      members.push((await deps.feedback.submit(snapshot, vote)).status);
  }
  return { status: own.status, alertKey: key, reason: verdict.reason, members };
}

/** Alerts of a closed incident that were scored here: by its group, and by the ids it names. */
async function scoredMembers(
  incident: Alert,
  memberIds: readonly string[],
  ownKey: string,
  deps: IntakeDeps,
): Promise<string[]> {
  const keys = new Set<string>();
  const group = alertGroup(incident);
  if (incident.incident_id !== undefined) {
    for (const { alertKey: key } of await deps.predictions.findByGroup(group)) keys.add(key);
  }
  for (const alertId of memberIds.slice(0, MAX_MEMBERS)) {
    const references = (await referencesOfId({ alertId }, deps)).filter(
      ({ tenant }) => tenant === incident.tenant,
    );
    // An id that means alerts of several products cannot be told apart here and labels none of them.
    if (references.length === 1 && references[0]) keys.add(references[0].alertKey);
  }
  keys.delete(ownKey);
  return [...keys].slice(0, MAX_MEMBERS);
}

/**
 * Whether an alert that a closed incident names can be one of its own: it was scored as part of this incident, or as
 * part of none yet. A record that names the alerts of another incident labels none of them.
 */
function mayBelong(member: AlertSnapshot, incident: Alert): boolean {
  return member.group === member.alertKey || member.group === alertGroup(incident);
}

function voteOf(
  nowMs: number,
  disposition: Disposition,
  analyst: string,
  verified: boolean,
  extra: { readonly risk_score?: number | undefined; readonly comment?: string | undefined },
): Vote {
  return {
    analyst,
    disposition,
    at: new Date(nowMs).toISOString(),
    verified,
    ...(extra.risk_score === undefined ? {} : { risk_score: extra.risk_score }),
    ...(extra.comment === undefined ? {} : { comment: extra.comment }),
  };
}

function refuseFuture(path: string, moment: string, nowMs: number): void {
  if (Date.parse(moment) <= nowMs + MAX_AHEAD_MS) return;
  throw new AlertforestError('FEEDBACK_INVALID', `\`${path}\` lies in the future.`, {
    issues: [
      { path, message: `Expected a time up to now (${new Date(nowMs).toISOString()}), got ${moment}.` },
    ],
  });
}

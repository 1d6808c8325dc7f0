import { type Alert, type AlertIdentity, alertKey, DISPOSITIONS } from '../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../alert/closing.ts';
import { type FeedbackItem, feedbackItemSchema } from '../../alert/feedback-item.ts';
import { AlertforestError, inputIssues } from '../../errors.ts';

/** A vendor's record as the service reads it. */
export interface ReadRecord {
  readonly alert: Alert;
  /** Undefined while the record is open. */
  readonly closing: Closing | undefined;
  readonly record: RecordFacts;
  /** Names under which an earlier build may have kept the alert; asked only where nothing is kept under its own. */
  readonly formerIdentities?: () => readonly FormerName[];
}

/** How an earlier build named an alert. */
export interface FormerName extends AlertIdentity {
  /** ISO 8601 UTC: what that build kept under this name is this alert only if it happened then. */
  readonly occurredAt?: string;
}

/** One item of a request, read once. */
export type ReadItem =
  | {
      readonly kind: 'own';
      readonly item: FeedbackItem;
      readonly sent: ReadRecord | undefined;
      /** The incident that is judged as a whole, where the alert follows it. */
      readonly whole?: string;
    }
  | { readonly kind: 'record'; readonly read: ReadRecord; readonly key: string };

const OWN_FIELDS = new Set(Object.keys(feedbackItemSchema.shape));

/**
 * Whether a payload is a judgement of our own form, complete or not; anything else is a vendor's record. Vendors too
 * call an id `alert_id`: with our own word beside it, or with nothing but our own fields, it is ours.
 */
export function isOwnWords(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return true;
  if ('alert_key' in payload) return true;
  if (!('alert_id' in payload) && !('disposition' in payload && 'alert' in payload)) return false;
  const { disposition } = payload as { disposition?: unknown };
  if ((DISPOSITIONS as readonly unknown[]).includes(disposition)) return true;
  return Object.keys(payload).every((name) => OWN_FIELDS.has(name));
}

/** @throws AlertforestError FEEDBACK_INVALID, ALERT_INVALID */
export function readItem(payload: unknown, normalize: (payload: unknown) => ReadRecord): ReadItem {
  if (!isOwnWords(payload)) {
    const read = normalize(payload);
    return { kind: 'record', read, key: alertKey(read.alert) };
  }
  const item = parseItem(payload);
  return { kind: 'own', item, sent: item.alert === undefined ? undefined : normalize(item.alert) };
}

function parseItem(payload: unknown): FeedbackItem {
  const parsed = feedbackItemSchema.safeParse(withNumbers(payload));
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  if (parsed.success) {
    const item = parsed.data;
    if (item.alert_key || item.alert_id || item.alert) return item;
    issues.push({ path: '', message: 'Expected alert_key, alert_id or alert.' });
  }
  throw new AlertforestError('FEEDBACK_INVALID', 'The judgement cannot be read.', { issues });
}

/** A table writes its numbers as text. */
function withNumbers(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  const { risk_score } = payload as { risk_score?: unknown };
  const isNumber = typeof risk_score === 'string' && /^\s*\d{1,3}(\.\d{1,9})?\s*$/.test(risk_score);
  return isNumber ? { ...payload, risk_score: Number(risk_score) } : payload;
}

/** Time by which the items of one lane are ordered: that of a record's state; undefined for all others. */
export function laneTime(item: ReadItem): string | undefined {
  return item.kind === 'record' ? (item.read.record.changedAt ?? item.read.closing?.closedAt) : undefined;
}

/** Name of the lane an item is taken in: items of one lane are taken one after the other. */
export function laneOf(item: ReadItem, index: number): string {
  if (item.kind === 'record') return item.key;
  const { alert_key, alert_id } = item.item;
  if (alert_key !== undefined) return alert_key;
  if (item.sent !== undefined) return alertKey(item.sent.alert);
  return alert_id === undefined ? `item ${index}` : `id ${alert_id}`;
}

import { UnreadItem } from '../../reading/unread-item.ts';
import { Unread } from '../unread.ts';
import { isObject } from '../values/json-value.ts';
import { Opening } from './opening.ts';
import { openInto } from './unwrap-envelope.ts';

/** One record of a payload. */
export interface RecordToSend {
  readonly record: unknown;
  /** What reads as this record, and nothing else, where it arrives as JSON. */
  readonly sent: unknown;
}

/**
 * The single records of a payload for who sends them on as JSON. A record out of a wrapper keeps the wrapper's id, time and
 * rule where JSON does not see them, so the wrapper is sent in its place wherever it holds no other record.
 */
export function recordsToSend(payload: unknown): RecordToSend[] {
  const opening = new Opening();
  for (const _ of openInto(opening, payload));
  return opening.alerts.map((record, index) => ({
    record,
    sent: isWholeAsJson(record) ? record : (opening.sources[index] ?? record),
  }));
}

function isWholeAsJson(record: unknown): boolean {
  if (record instanceof Unread || record instanceof UnreadItem) return false;
  return !isObject(record) || Object.getOwnPropertySymbols(record).length === 0;
}

import { Unread } from '../unread.ts';
import { isObject, numberOf, textAt } from '../values/json-value.ts';

/** The bodies of one answer of a batch; one that failed is named and refuses no other. */
export function partOfBatch(part: unknown): readonly unknown[] {
  if (!isObject(part)) return [];
  const status = numberOf(part['status']);
  if (status === undefined || status < 400) return [part['body'] ?? part];
  const message =
    textAt(part, 'body.error.message', 'body.error.code', 'body.message', 'error.reason') ??
    'no reason given';
  return [
    new Unread(`Part ${textAt(part, 'id') ?? '?'} of the batch answered ${status}: ${message.slice(0, 200)}`),
  ];
}

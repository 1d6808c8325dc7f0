import type { z } from 'zod';
import { type Alert, alertSchema } from '../../../alert/alert.ts';
import { tacticIdOf, techniqueIdsIn } from '../../../alert/attack-tactics.ts';
import { AlertforestError, inputIssues } from '../../../errors.ts';
import { isObject, type JsonObject, numberOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { severityOfWord } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

/** Name of our own form in reports. */
export const CANONICAL = 'canonical';

/** Its row in the documentation. */
export const CANONICAL_ROW: Pick<Dialect, 'name' | 'title' | 'reads'> = {
  name: CANONICAL,
  title: 'Our own form',
  reads: {
    recognisedBy: '`occurred_at` with our other names',
    id: '`id`',
    time: '`occurred_at`',
    severity: '`severity`',
    tactics: '`tactics`, `techniques`',
    entities: '`entities`',
  },
};

// What no vendor's payload has together: `occurred_at` with ours of the other names in their own spelling.
const OWN_FIELDS = [
  'source',
  'entities',
  'severity',
  'tactics',
  'techniques',
  'rule_id',
  'rule_name',
  'telemetry',
];

/** Whether a payload is written in our own form: an `occurred_at` and a `source`, or else fields of ours alone. */
export function isCanonical(payload: JsonObject): boolean {
  if (!('occurred_at' in payload)) return false;
  if (!('id' in payload) && !('title' in payload)) return false;
  if (!OWN_FIELDS.some((field) => field in payload)) return false;
  // what names no source and has fields that are not ours is another product's record with two of our names in it
  return (
    'source' in payload || Object.keys(payload).every((field) => Object.hasOwn(alertSchema.shape, field))
  );
}

/**
 * Reads our own form through the schema, where `plainCanonical` is in doubt. It is strict: a field of the wrong type or an
 * unknown severity word is an error that names the path. What is tolerant: times in any form that states a moment,
 * severity words of vendors, tactics and techniques by name, numbers and lists as a table's cell holds them. Unknown fields
 * are dropped.
 *
 * @throws AlertforestError ALERT_INVALID with one issue per bad field
 */
export function readBySchema(payload: JsonObject): Alert {
  const parsed = alertSchema.safeParse(prepared(payload));
  if (parsed.success) {
    const { raw: _raw, ...alert } = parsed.data;
    return alert;
  }
  const issues = inputIssues({
    issues: parsed.error.issues.map((issue) => ({ path: issue.path, message: messageOf(issue) })),
  });
  const first = issues[0] as { path: string; message: string };
  throw new AlertforestError(
    'ALERT_INVALID',
    `The alert does not fit its schema: \`${first.path}\`: ${first.message}`,
    {
      issues,
    },
  );
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_value' ? `Expected one of ${issue.values.join(', ')}.` : issue.message;
}

/** The payload with its tolerant fields rewritten; everything else, right or wrong, as it is. */
function prepared(payload: JsonObject): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const field of Object.keys(alertSchema.shape)) {
    const value = payload[field];
    // A field that is null is a field that is not there: many writers cannot leave one out.
    if (value !== undefined && value !== null && field !== 'raw') copy[field] = value;
  }
  for (const field of ['occurred_at', 'created_at']) {
    const moment = momentOf(copy[field]);
    if (moment !== undefined) copy[field] = moment;
  }
  const { severity } = copy;
  if (typeof severity === 'string') copy['severity'] = severityOfWord(severity) ?? severity.toLowerCase();
  const { vendor_score } = copy;
  // A table writes its numbers and lists as text.
  if (typeof vendor_score === 'string') copy['vendor_score'] = numberOf(vendor_score) ?? vendor_score;
  copy['tactics'] = idsOf(copy['tactics'], (text) => tacticIdOf(text) ?? text);
  copy['techniques'] = idsOf(copy['techniques'], (text) => techniqueIdsIn(text)[0] ?? text);
  if (Array.isArray(copy['entities'])) copy['entities'] = copy['entities'].map(withoutNulls);
  return copy;
}

function idsOf(value: unknown, toId: (text: string) => string): unknown {
  const list = typeof value === 'string' ? value.split(/[,;|]/).map((part) => part.trim()) : value;
  if (!Array.isArray(list)) return list;
  return [...new Set(list.map((item) => (typeof item === 'string' ? toId(item) : item)))];
}

function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
}

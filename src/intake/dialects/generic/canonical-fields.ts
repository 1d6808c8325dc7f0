import type { Alert } from '../../../alert/alert.ts';
import { type FieldsRead, fieldsRead } from '../../draft/mapping-report.ts';

/** In the order in which {@link plainCanonical} puts them. */
const NAMES = [
  'id',
  'title',
  'source',
  'severity',
  'occurred_at',
  'tactics',
  'techniques',
  'entities',
  'id_scope',
  'rule_id',
  'rule_name',
  'vendor',
  'tenant',
  'incident_id',
  'category',
  'vendor_score',
  'created_at',
  'telemetry',
] as const satisfies readonly (keyof Alert)[];

/** Sets of fields that are kept; a source has few, and a caller who sends many gets the others made anew. */
const MAX_KEPT = 1_000;
const kept = new Map<number, FieldsRead>();

/** What a report says of the fields of an alert in our own form: each was read from the field of its name. */
export function canonicalFields(alert: Alert): FieldsRead {
  const given = givenIn(alert);
  const known = kept.get(given);
  if (known !== undefined) return known;
  const fields: Record<string, string> = {};
  NAMES.forEach((name, at) => {
    if ((given & (1 << at)) !== 0) fields[name] = name;
  });
  const read = fieldsRead(fields);
  if (kept.size < MAX_KEPT) kept.set(given, read);
  return read;
}

/** A bit for each of {@link NAMES}. Written out: a loop over names would look each of them up. */
function givenIn(alert: Alert): number {
  return (
    isGiven(alert.id) |
    (isGiven(alert.title) << 1) |
    (isGiven(alert.source) << 2) |
    (isGiven(alert.severity) << 3) |
    (isGiven(alert.occurred_at) << 4) |
    (isAny(alert.tactics) << 5) |
    (isAny(alert.techniques) << 6) |
    (isAny(alert.entities) << 7) |
    (isGiven(alert.id_scope) << 8) |
    (isGiven(alert.rule_id) << 9) |
    (isGiven(alert.rule_name) << 10) |
    (isGiven(alert.vendor) << 11) |
    (isGiven(alert.tenant) << 12) |
    (isGiven(alert.incident_id) << 13) |
    (isGiven(alert.category) << 14) |
    (isGiven(alert.vendor_score) << 15) |
    (isGiven(alert.created_at) << 16) |
    (isGiven(alert.telemetry) << 17)
  );
}

const isGiven = (value: unknown): number => (value !== undefined && value !== 'unknown' ? 1 : 0);
const isAny = (list: readonly unknown[]): number => (list.length > 0 ? 1 : 0);

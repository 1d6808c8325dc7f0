import type { RecordFacts } from '../../alert/closing.ts';
import { type JsonObject, textAt } from '../values/json-value.ts';

const TARGETS = [
  'redirectIncidentId',
  'mergeInto',
  'mergedInto',
  'merged_into',
  'masterIncidentId',
  'master_incident_id',
];

/** Where a merged record went, as a part of its facts; empty where it was not merged. */
export function mergeOf(record: JsonObject): Pick<RecordFacts, 'mergedInto'> {
  const target = textAt(record, ...TARGETS);
  return target === undefined || target === '0' ? {} : { mergedInto: target };
}

/** The same as a sentence. */
export function mergeReason(record: JsonObject): string {
  const { mergedInto } = mergeOf(record);
  return mergedInto === undefined ? 'merged into another incident' : `merged into ${mergedInto}`;
}

import type { Severity } from '../../../alert/alert.ts';
import { isObject, type JsonObject } from '../../values/json-value.ts';
import { severityOfFive, severityOfOcsf, severityOfPriority } from '../../values/severity-scale.ts';

// A number says nothing of its scale. These fields are of one product each, whose documentation states it.
const MARKS: readonly (readonly [field: string, toSeverity: (number: number) => Severity])[] = [
  // Qualys: 1 minimal to 5 urgent
  ['QID', severityOfFive],
  // Check Point: 0 informational to 4 critical
  ['loguid', (number) => severityOfFive(number + 1)],
  // Cortex XSOAR: 0 unknown, 0.5 informational, 1 low to 4 critical
  ['rawType', (number) => (number === 0.5 ? 'informational' : severityOfOcsf(number === 0 ? 0 : number + 1))],
  // Lacework: 1 critical to 5 informational
  ['lacework_account', (number) => severityOfFive(6 - number)],
  // OpenSearch: 1 highest to 5 lowest
  ['periodStart', severityOfPriority],
  // Corelight writes Suricata's alerts flat.
  ['alert.signature_id', severityOfPriority],
];
const MAX_PARTS = 20;

/** The severity that a product known by one of its fields means by a number; undefined for any other product. */
export function severityByMark(payload: JsonObject, number: number): Severity | undefined {
  const own = MARKS.find(([field]) => field in payload);
  if (own !== undefined) return own[1](number);
  // Qualys nests its detections: `{HOST, DETECTION: {QID}}`
  for (const part of Object.values(payload).slice(0, MAX_PARTS)) {
    const mark = isObject(part) ? MARKS.find(([field]) => field in part) : undefined;
    if (mark !== undefined) return mark[1](number);
  }
  return undefined;
}

import { isObject, type JsonObject } from '../../intake/values/json-value.ts';

/** An alert with the word on it beside it, as evaluation sets write their lines. */
export interface LabelledLine {
  readonly alert: unknown;
  /** Field that holds the word. */
  readonly field: 'disposition' | 'label';
  readonly word: unknown;
  readonly risk: unknown;
  readonly group: unknown;
}

/** `{"alert", "disposition" | "label", "risk_score"?, "group"?}`; undefined for every other payload. */
export function labelledLine(payload: unknown): LabelledLine | undefined {
  if (!isObject(payload) || !('alert' in payload)) return undefined;
  const field = labelField(payload);
  if (field === undefined) return undefined;
  const { alert, risk_score, group } = payload;
  return { alert, field, word: payload[field], risk: risk_score, group };
}

const labelField = (payload: JsonObject): LabelledLine['field'] | undefined =>
  'disposition' in payload ? 'disposition' : 'label' in payload ? 'label' : undefined;

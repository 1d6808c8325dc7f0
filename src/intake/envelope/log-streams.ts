import { jsonIn } from '../values/json-text.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../values/json-value.ts';

/** Told how many records are about to be built; throws where they are too many. */
export type PayRecords = (nRecords: number) => void;

/**
 * Records of logs as collectors push them: OpenTelemetry's `resourceLogs`, Loki's `streams`. What carries JSON is opened
 * later; a line of words comes with its time, severity and attributes beside it. Undefined where the value is neither.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 */
export function streamRecords(value: JsonObject, pay: PayRecords): readonly unknown[] | undefined {
  const { resourceLogs, streams } = value;
  if (Array.isArray(resourceLogs)) return resourceLogs.flatMap((one) => otlpRecords(one, pay));
  if (!Array.isArray(streams) || !streams.every((one) => isObject(one) && Array.isArray(one['values'])))
    return undefined;
  return streams.flatMap((one) => lokiRecords(one as JsonObject, pay));
}

function otlpRecords(resourceLogs: unknown, pay: PayRecords): unknown[] {
  if (!isObject(resourceLogs)) return [];
  const resource = attributesOf(objectOf(resourceLogs['resource'])?.['attributes']);
  return listOf(resourceLogs['scopeLogs']).flatMap((scope) => {
    const records = listOf(objectOf(scope)?.['logRecords']).filter(isObject);
    pay(records.length);
    return records.map((record) => {
      const body = anyValue(record['body']);
      const carried = isObject(body) ? body : typeof body === 'string' ? jsonIn(body) : undefined;
      if (typeof carried === 'object' && carried !== null) return carried;
      return {
        timestamp: record['timeUnixNano'] ?? record['observedTimeUnixNano'],
        severity: record['severityText'] ?? record['severityNumber'],
        message: body,
        ...resource,
        ...attributesOf(record['attributes']),
      };
    });
  });
}

function lokiRecords({ stream, values }: JsonObject, pay: PayRecords): unknown[] {
  const labels = objectOf(stream) ?? {};
  const lines = (values as unknown[]).filter(Array.isArray);
  pay(lines.length);
  return lines.map(([time, line, attributes]: unknown[]) => {
    const carried = typeof line === 'string' ? jsonIn(line) : undefined;
    if (typeof carried === 'object' && carried !== null) return carried;
    return { timestamp: textOf(time), message: line, ...labels, ...objectOf(attributes) };
  });
}

/** `[{key, value: {stringValue}}]` as an object. */
function attributesOf(list: unknown): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const one of listOf(list)) {
    const key = objectOf(one)?.['key'];
    if (typeof key === 'string' && key !== '__proto__') attributes[key] = anyValue(objectOf(one)?.['value']);
  }
  return attributes;
}

/** The value of OpenTelemetry's `{stringValue: …}` of any type. */
function anyValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  const list = objectOf(value['arrayValue'])?.['values'];
  if (Array.isArray(list)) return list.map(anyValue);
  const pairs = objectOf(value['kvlistValue'])?.['values'];
  if (Array.isArray(pairs)) return attributesOf(pairs);
  return value['stringValue'] ?? value['intValue'] ?? value['doubleValue'] ?? value['boolValue'];
}

import { isObject, type JsonObject, objectOf } from '../values/json-value.ts';
import { alertShape } from './alert-shape.ts';

/**
 * Whether a part names something and says no more, `{id, name}`: the rule or search beside what it found. Of a record with
 * a time of its own it is the name, and no alert that the record carries.
 */
export function isNameOnly(part: JsonObject): boolean {
  const keys = Object.keys(part);
  return (
    keys.length <= 4 &&
    keys.every((key) => /^(id|uid|uuid|key|name|display_?name|description|type|kind)$/i.test(key)) &&
    keys.every((key) => typeof part[key] !== 'object')
  );
}

/**
 * Whether a part is called and rated and says no more, `{title, severity}`: what the record around it amounts to, which has
 * the time and the things.
 */
export function isOnlyRated(part: JsonObject): boolean {
  const { hasOwn, hasAnyTitle, hasSeverity } = alertShape(part);
  return (
    !hasOwn &&
    hasAnyTitle &&
    hasSeverity &&
    Object.keys(part).length <= 5 &&
    Object.values(part).every((value) => typeof value !== 'object' || value === null)
  );
}

/**
 * Whether the only element of a list is why its record was raised: what is called an alert in it has no id of its own. A
 * firewall's record about a request holds what its engines found so, `events: [{tokens: {reason, severity}}]`.
 */
export function isOnlyReason(list: readonly unknown[] | undefined, only: JsonObject): boolean {
  if (list?.length !== 1 || alertShape(only).mayBeAlert) return false;
  const inner = Object.values(only).filter(isObject);
  return inner.length > 0 && inner.every((part) => !alertShape(part).mayBeAlert);
}

/** Whether an object is an edge of a GraphQL connection, `{node, cursor}`, whose node is the record. */
export function isEdge(key: string, keys: readonly string[]): boolean {
  return key === 'node' && keys.every((one) => one === 'node' || one === 'cursor');
}

// The other half of a record that has its id outside: `{id, type, attributes: {…}}`, `{uid, alert_info: {…}}`.
export const OWN_HALF = /^(attributes|properties|[a-z]*_?info|details|meta(data)?)$/i;

/** Whether a record is an alert whose title and severity stand in the half without its id, as JSON:API writes it. */
export function isOfTwoHalves(part: JsonObject): boolean {
  const half = objectOf(part['attributes']) ?? objectOf(part['properties']);
  return half !== undefined && isOwnId(part['id']) && alertShape(half).isAlert;
}

/** Whether a value can be a record's id. */
export function isOwnId(id: unknown): boolean {
  return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

/** Whether an object is one of Kubernetes, whose metadata has its id and name: a report, an event. */
export function isKubernetesObject({ apiVersion, kind, metadata }: JsonObject): boolean {
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && isObject(metadata) && 'uid' in metadata
  );
}

/** Whether a monitor of OpenSearch tells of itself what it has found, and carries no document: its trigger names the alert. */
export function isMonitorWithoutHits({ monitor, trigger, results }: JsonObject): boolean {
  if (!isObject(monitor) || !isObject(trigger) || !Array.isArray(results)) return false;
  return results.every((result) => {
    const hits = isObject(result) ? objectOf(result['hits'])?.['hits'] : undefined;
    return Array.isArray(hits) && hits.length === 0;
  });
}

/**
 * What a JSON-RPC call carries, whose id and method are the call's own: its parameters, or the one list of records in
 * them. Undefined for anything else.
 *
 * @see https://www.jsonrpc.org/specification
 */
export function calledWith({ jsonrpc, params, result }: JsonObject): readonly unknown[] | undefined {
  if (jsonrpc === undefined) return undefined;
  const carried = params ?? result;
  if (Array.isArray(carried)) return carried;
  if (!isObject(carried)) return undefined;
  const lists = Object.values(carried).filter((value) => Array.isArray(value) && value.some(isObject));
  return lists.length === 1 && !alertShape(carried).mayBeAlert ? (lists[0] as unknown[]) : [carried];
}

/** Whether an object has plain fields enough to be a record. */
export function holdsRecord(part: JsonObject): boolean {
  return (
    Object.values(part).filter((value) => typeof value === 'string' || typeof value === 'number').length >= 3
  );
}

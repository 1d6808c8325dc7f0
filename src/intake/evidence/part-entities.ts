import { readGenericEntities } from '../dialects/generic/generic-entities.ts';
import { isWorkflowName } from '../dialects/workflow-names.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import { FlatPayload } from '../draft/flat-payload.ts';
import { isObject, type JsonObject } from '../values/json-value.ts';
import { readTextEntities } from './text-entities.ts';

/**
 * Reads the entities in a part of a record whose fields the customer names: labels, tags, details, dimensions, matched
 * events. By common names and by the look of the values; workflow fields are left out. `prefix` is where the part stands.
 */
export function readPartEntities(part: unknown, prefix: string, draft: AlertDraft): void {
  const objects: readonly unknown[] = Array.isArray(part) ? part.slice(0, 200) : [part];
  for (const object of objects) {
    if (!isObject(object)) continue;
    readGenericEntities(new FlatPayload(object, isWorkflowName), draft, `${prefix}.`);
  }
}

/** Reads key=value pairs written as lists: `[{key, value}]`, `[{name, value}]`, or texts `key:value` and `key=value`. */
export function pairsOf(list: unknown): JsonObject {
  const pairs: Record<string, unknown> = {};
  const put = (name: string, value: unknown): void => {
    if (name === '' || name === '__proto__' || value === undefined || value === null || value === '') return;
    const known = Object.hasOwn(pairs, name) ? pairs[name] : undefined;
    pairs[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  };
  for (const item of Array.isArray(list) ? list.slice(0, 1000) : []) {
    if (isObject(item)) {
      const name = item['key'] ?? item['name'] ?? item['field'] ?? item['Key'] ?? item['Name'];
      const value = item['value'] ?? item['values'] ?? item['Value'];
      if (typeof name === 'string') put(name, value);
    } else if (typeof item === 'string' && item.length <= 1100) {
      const mark = item.search(/[:=]/);
      if (mark > 0 && mark <= 64 && /^[A-Za-z][\w.-]*$/.test(item.slice(0, mark)))
        put(item.slice(0, mark), item.slice(mark + 1).trim());
    }
  }
  return pairs;
}

/** Texts of a record in which entities may be named, by dotted path; only what no field gave is read from them. */
export function readTexts(
  record: JsonObject,
  names: readonly string[],
  draft: AlertDraft,
  prefix = '',
): void {
  readTextEntities(
    names.flatMap((name) => {
      const text = record[name];
      return typeof text === 'string' ? [{ text, path: prefix + name }] : [];
    }),
    draft,
  );
}

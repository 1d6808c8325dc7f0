import { isObject, type JsonObject } from '../values/json-value.ts';

/** A search hit's document, with the hit's id where the document has none; `fields` lists lose their brackets. */
export function elasticDocument(hit: JsonObject): JsonObject | undefined {
  const source = hit['_source'];
  if (isObject(source)) return { _id: hit['_id'], _index: hit['_index'], ...source };
  const fields = hit['fields'];
  if (!isObject(fields) || !('_id' in hit || '_index' in hit || Object.keys(hit).length === 1))
    return undefined;
  const document: Record<string, unknown> = { _id: hit['_id'], _index: hit['_index'] };
  for (const [name, value] of Object.entries(fields)) {
    if (name !== '__proto__') document[name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  }
  return document;
}

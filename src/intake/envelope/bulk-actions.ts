import { isObject, type JsonObject } from '../values/json-value.ts';

const ACTION = /^(index|create|update|delete)$/;
const OF_INDEX =
  /^(_(index|id|type|source)|routing|require_alias|pipeline|op_type|dynamic_templates|version(_type)?|if_seq_no|if_primary_term|retry_on_conflict)$/;

/** What a line of Elasticsearch's bulk body says about the document behind it, or undefined where it is none. */
function actionOf(line: unknown): { readonly name: string; readonly of: JsonObject } | undefined {
  if (!isObject(line)) return undefined;
  const [name, ...others] = Object.keys(line);
  const of = name === undefined ? undefined : line[name];
  if (name === undefined || others.length > 0 || !ACTION.test(name) || !isObject(of)) return undefined;
  return Object.keys(of).every((key) => OF_INDEX.test(key)) ? { name, of } : undefined;
}

/**
 * The documents of a bulk body, each with the id that its action gives it; as it is where it begins with no action. What an
 * action deletes is no document.
 *
 * @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 */
export function bulkDocuments(items: readonly unknown[]): readonly unknown[] {
  if (items.length < 2 || actionOf(items[0]) === undefined) return items;
  const documents: unknown[] = [];
  let before: JsonObject | undefined;
  for (const item of items) {
    const action = actionOf(item);
    if (action !== undefined) before = action.of;
    else {
      const source =
        isObject(item) && isObject(item['doc']) && Object.keys(item).length <= 2 ? item['doc'] : item;
      documents.push(isObject(source) && before !== undefined ? { ...before, _source: source } : source);
      before = undefined;
    }
  }
  return documents;
}

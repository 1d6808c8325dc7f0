import { AlertforestError } from '../errors.ts';
import { parseJson } from '../intake/values/json-text.ts';
import { isObject } from '../intake/values/json-value.ts';
import { DEFAULT_JSON_LIMITS, JsonSyntaxError } from '../reading/json-limits.ts';
import { JsonReader } from '../reading/json-reader.ts';
import { readJsonItems } from '../reading/read-json.ts';
import { UnreadItem } from '../reading/unread-item.ts';
import type { JsonObject } from './formats/log-format.ts';

/** Lists of a document whose elements are the records. */
const RECORD_LISTS = [
  '',
  'Records',
  'records',
  'Events',
  'events',
  'logEvents',
  'value',
  'entries',
  'hits.hits',
  'flows',
];

const RECORD_LIMITS = {
  ...DEFAULT_JSON_LIMITS,
  maxItems: Number.POSITIVE_INFINITY,
  maxValues: Number.POSITIVE_INFINITY,
  maxItemBytes: 64 * 1024 * 1024,
};

/** The first records, also out of a document that the bytes do not end. */
export function firstRecords(bytes: Buffer, lines: readonly string[]): JsonObject[] {
  if (isJsonLines(lines)) return lines.map(jsonRecord).filter((record) => record !== undefined);
  const records: JsonObject[] = [];
  const reader = new JsonReader({ ...RECORD_LIMITS, lists: RECORD_LISTS });
  try {
    for (const { value } of [...reader.push(bytes), ...reader.finish()])
      if (isObject(value)) records.push(value);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  return records;
}

/** Lines that may be damaged before one says that each is its own document. */
const TRIED_LINES = 5;

/** Whether each line is its own document. */
export function isJsonLines(lines: readonly string[]): boolean {
  if (!lines[0]?.trim().startsWith('{')) return false;
  return lines.slice(0, TRIED_LINES).some((text) => {
    const line = text.trim();
    if (!line.startsWith('{') || !line.endsWith('}')) return false;
    const record = jsonRecord(line);
    return record !== undefined && !RECORD_LISTS.some((path) => Array.isArray(record[path]));
  });
}

/** The record on a line, numbers with all their digits; undefined where it is none. */
export function jsonRecord(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Records of documents that span lines, one by one; why one cannot be read in its place. */
export async function* readDocuments(
  input: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<JsonObject | string> {
  let n = 0;
  try {
    for await (const part of readJsonItems(input, { ...RECORD_LIMITS, lists: RECORD_LISTS })) {
      const { value } = part;
      const isCut = part.kind === 'document' && part.isCut;
      // what is left of a document whose list came item by item is its frame
      if (part.kind === 'item' || hasOwnRecord(value)) {
        n++;
        yield value instanceof UnreadItem || !isObject(value) ? 'not JSON' : value;
      }
      if (isCut) yield 'the document ends in the middle';
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const message = `${name} stops being JSON after ${n} records: ${error.message}.`;
    throw new AlertforestError('REQUEST_INVALID', message, { cause: error });
  }
}

/** Whether a document is a record itself and not what is left of one whose list came item by item. */
function hasOwnRecord(value: unknown): boolean {
  if (!isObject(value)) return !Array.isArray(value);
  return !RECORD_LISTS.some((path) => {
    const list = path
      .split('.')
      .reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
    return path !== '' && Array.isArray(list) && list.length === 0;
  });
}

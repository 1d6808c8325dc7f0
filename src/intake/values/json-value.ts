/** A JSON object whose shape is not known yet. Read it through the functions below, never by assumption. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else undefined. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value as a list: an array as it is, undefined and null as the empty list, anything else as a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** The objects in a list, or the object itself as a list of one. */
export function objectsOf(value: unknown): JsonObject[] {
  return listOf(value).filter(isObject);
}

// Words vendors write where they have nothing to say.
const EMPTY_WORDS = new Set(['', '-', '--', 'n/a', 'na', 'none', 'null', '(null)', 'undefined', 'unknown']);

// A template's variable that was never filled in: {{ host }}, $account_id, <id>.
const PLACEHOLDER = /^(\{\{.*\}\}|\$\{?[\w.]+\}?\$?|<[A-Za-z_ ]+>)$/;

/** Whether a text says nothing: empty, `-`, `N/A`, `null`, a template's variable and so on. */
export function isEmptyWord(text: string): boolean {
  if (text.length < 10 && EMPTY_WORDS.has(text.toLowerCase())) return true;
  const first = text.charCodeAt(0);
  return (first === 0x7b || first === 0x24 || first === 0x3c) && text.length < 80 && PLACEHOLDER.test(text);
}

/**
 * The value as trimmed text. A number becomes its decimal form; of a list the first text counts (Elastic's `fields`
 * wraps every value in one). Objects, booleans and words that say nothing give undefined.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const text = value.trim();
    return isEmptyWord(text) ? undefined : text;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) {
    for (const item of value) {
      if (Array.isArray(item)) continue;
      const text = textOf(item);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** The value as a finite number; decimal text and a list of one count, hexadecimal and empty text do not. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') {
    if (value.length > 32 || !/^\s*[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value))
      return undefined;
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  return Array.isArray(value) && value.length === 1 && !Array.isArray(value[0])
    ? numberOf(value[0])
    : undefined;
}

// Paths are constants of the dialects, so this map is bounded by the source code.
const SEGMENTS = new Map<string, readonly string[]>();

/**
 * The value at a dotted path, or undefined. `path` must be a constant of ours, never text from a payload. A list on
 * the way is entered at its first object.
 */
export function at(root: unknown, path: string): unknown {
  let segments = SEGMENTS.get(path);
  if (segments === undefined) {
    segments = path.split('.');
    SEGMENTS.set(path, segments);
  }
  let value: unknown = root;
  for (const segment of segments) {
    if (Array.isArray(value)) value = value.find(isObject);
    if (!isObject(value)) return undefined;
    value = value[segment];
  }
  return value;
}

/** The first text among the values at `paths`. */
export function textAt(root: unknown, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textOf(at(root, path));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The entry of a table under a key that may come from a payload: never one of `Object.prototype`. */
export function lookup<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Text cut to at most `maxLength` UTF-16 units, without half a surrogate pair at the end. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength);
}

/** Objects of more keys than these have them listed once: listing those of a wide one costs more than looking at them. */
const WIDE = 256;
const listed = new WeakMap<object, readonly string[]>();

/** The own keys of an object, whose keys no longer change. */
export function keysOf(object: JsonObject): readonly string[] {
  const known = listed.get(object);
  if (known !== undefined) return known;
  const keys = Object.keys(object);
  if (keys.length > WIDE) listed.set(object, keys);
  return keys;
}

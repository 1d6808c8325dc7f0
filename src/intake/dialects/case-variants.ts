import { isObject, type JsonObject } from '../values/json-value.ts';

// Names are constants of the dialects, so this map is bounded by the source code.
const VARIANTS = new Map<string, readonly string[]>();

/** The property's value, see {@link keyOf}. */
export function prop(object: JsonObject, name: string): unknown {
  const key = keyOf(object, name);
  return key === undefined ? undefined : object[key];
}

/**
 * The key under which an object holds a property that products write as `hostName`, `HostName`, `host_name` or
 * `hostname`, depending on API, table and SDK. `name` is the camelCase form and must be a constant of ours. Undefined
 * where the property is absent or null.
 */
export function keyOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (value !== undefined && value !== null) return name;
  let variants = VARIANTS.get(name);
  if (variants === undefined) {
    const pascal = name.charAt(0).toUpperCase() + name.slice(1);
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    variants = [...new Set([pascal, snake, name.toLowerCase()])];
    VARIANTS.set(name, variants);
  }
  for (const variant of variants) {
    const other = object[variant];
    if (other !== undefined && other !== null) return variant;
  }
  return undefined;
}

/** A value, and where it stands in the spelling of the payload. */
export interface Found {
  readonly value: unknown;
  readonly path: string;
}

const SEGMENTS = new Map<string, readonly string[]>();

/**
 * The value at a dotted path of camelCase names in any of their spellings. A list on the way is entered at its first
 * object. `path` must be a constant of ours. Undefined where there is none.
 */
export function find(root: JsonObject, path: string): Found | undefined {
  let segments = SEGMENTS.get(path);
  if (segments === undefined) {
    segments = path.split('.');
    SEGMENTS.set(path, segments);
  }
  let value: unknown = root;
  let spelled = '';
  for (const segment of segments) {
    if (Array.isArray(value)) value = value.find(isObject);
    if (!isObject(value)) return undefined;
    const key = keyOf(value, segment);
    if (key === undefined) return undefined;
    value = value[key];
    spelled = spelled === '' ? key : `${spelled}.${key}`;
  }
  return { value, path: spelled };
}

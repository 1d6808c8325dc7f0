import type { JsonObject } from '../json-value.ts';

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

import type { JsonObject, JsonValue } from './json-document.ts';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Says in every schema that null is allowed in the way that validators of OpenAPI 3.0 read: `nullable` counts only
 * beside `type`, an `enum` has to name null, and a reference cannot be widened, only be one of two forms
 * (OpenAPI Specification 3.0.3, Schema Object, `nullable`). Examples are left as they are.
 */
export function withReadableNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withReadableNulls);
  if (!isObject(value)) return value;
  const schema: JsonObject = {};
  for (const [name, member] of Object.entries(value))
    schema[name] = name === 'example' || name === 'enum' ? member : withReadableNulls(member);
  if (schema['nullable'] !== true) return schema;
  const { allOf, nullable, ...rest } = schema;
  if (Array.isArray(allOf) && allOf.length === 1) return { ...rest, anyOf: [allOf[0]!, NULL] };
  const { enum: words } = schema;
  return Array.isArray(words) && !words.includes(null) ? { ...schema, enum: [...words, null] } : schema;
}

/** A schema of null alone; 3.0 has no type for it. */
const NULL: JsonObject = { type: 'object', nullable: true, enum: [null] };

/** What else than null such a schema allows; undefined for any other schema. */
export function besideNull(schema: JsonObject): JsonObject | undefined {
  const { anyOf } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return undefined;
  const [form, other] = anyOf;
  return isObject(form) && JSON.stringify(other) === JSON.stringify(NULL) ? form : undefined;
}

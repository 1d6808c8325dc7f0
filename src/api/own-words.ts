import type { z } from 'zod';
import { AlertforestError, inputIssues } from '../errors.ts';
import type { BodyBytes } from '../reading/body-bytes.ts';
import { DEFAULT_JSON_LIMITS, type JsonLimits, JsonSyntaxError } from '../reading/json-limits.ts';
import { readJson } from '../reading/read-json.ts';
import { MAX_ISSUES, unknownKeys } from './known-names.ts';

/** A body in our own words is a policy with its critical cases at most. */
const LIMITS: JsonLimits = {
  ...DEFAULT_JSON_LIMITS,
  maxValues: 200_000,
  maxMembers: 1_000,
  maxElements: 5_000,
};

/**
 * A JSON body in our own words that fits `schema`; an empty one counts as `{}`.
 *
 * @throws AlertforestError REQUEST_INVALID with the paths that do not fit and the keys that are not known,
 * REQUEST_TOO_LARGE by name
 */
export async function readOwnWords<Schema extends z.ZodType>(
  { bytes }: BodyBytes,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value = bytes.every((byte) => byte <= 0x20) ? {} : await readOne(bytes);
  const parsed = schema.safeParse(value);
  // A strict schema lists unknown keys as well, without the nearest known one.
  const unfit = parsed.error?.issues.filter(({ code }) => code !== 'unrecognized_keys') ?? [];
  const issues = [
    ...inputIssues({ issues: unfit.slice(0, MAX_ISSUES) }),
    ...unknownKeys(schema, value),
  ].slice(0, MAX_ISSUES);
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new AlertforestError('REQUEST_INVALID', 'The body does not fit this route.', { issues });
}

async function readOne(bytes: Uint8Array): Promise<unknown> {
  let why = 'expected one whole document';
  try {
    const { documents, isCut } = await readJson(bytes, LIMITS);
    if (documents.length === 1 && !isCut) return documents[0];
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    why = cause.message;
  }
  throw new AlertforestError('REQUEST_INVALID', `The body is not JSON: ${why}`);
}

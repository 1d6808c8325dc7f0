import { parse } from 'secure-json-parse';
import type { z } from 'zod';
import { AlertforestError, inputIssues } from '../errors.ts';
import { unknownKeys } from './known-names.ts';

/**
 * A JSON body in our own words that fits `schema`; an empty one counts as `{}`.
 *
 * @throws AlertforestError REQUEST_INVALID with the paths that do not fit and the keys that are not known
 */
export function parseOwnWords<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
  const value = text.trim() === '' ? {} : parseJson(text);
  const parsed = schema.safeParse(value);
  // A strict schema lists unknown keys as well, without the nearest known one.
  const unfit = parsed.error?.issues.filter(({ code }) => code !== 'unrecognized_keys') ?? [];
  const issues = [...inputIssues({ issues: unfit }), ...unknownKeys(schema, value)];
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new AlertforestError('REQUEST_INVALID', 'The body does not fit this route.', { issues });
}

function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, { protoAction: 'remove', constructorAction: 'remove' });
  } catch (cause) {
    throw new AlertforestError('REQUEST_INVALID', `The body is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

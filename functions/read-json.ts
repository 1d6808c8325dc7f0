import type { HttpRequest } from '@azure/functions';
import { parse } from 'secure-json-parse';
import type { z } from 'zod';
import { AlertforestError } from '../src/errors.ts';
import { readBody } from './http.ts';

/**
 * The body as JSON that fits `schema`; an empty body counts as `{}`.
 *
 * @throws AlertforestError REQUEST_INVALID with the paths that do not fit, REQUEST_TOO_LARGE
 */
export async function readJson<Schema extends z.ZodType>(
  request: HttpRequest,
  schema: Schema,
  maxBytes: number,
): Promise<z.output<Schema>> {
  const text = await readBody(request, maxBytes);
  let value: unknown;
  try {
    value =
      text.trim() === ''
        ? {}
        : parse(text, undefined, { protoAction: 'remove', constructorAction: 'remove' });
  } catch (cause) {
    throw new AlertforestError('REQUEST_INVALID', `The body is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AlertforestError('REQUEST_INVALID', 'The body does not fit this route.', {
    issues: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  });
}

import type { z } from 'zod';
import { AlertforestError, inputIssues } from '../errors.ts';

/**
 * Checks what is about to be stored by the schema that reads it back: what nothing could read again is never written.
 *
 * @param where the blob or row, for the error
 * @throws AlertforestError INTERNAL that names the field and what was expected; nothing was written
 */
export function checkReadable(where: string, schema: z.ZodType, value: unknown): void {
  const { success, error } = schema.safeParse(value);
  if (success) return;
  const [issue] = inputIssues(error);
  throw new AlertforestError(
    'INTERNAL',
    `${where} was not written, since it could not be read again: \`${issue?.path}\` ${issue?.message}.`,
  );
}

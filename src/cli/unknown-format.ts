import { AlertforestError } from '../errors.ts';
import type { UnknownFile } from '../logs/open-logs.ts';

/** A sentence about a file that no format recognises; for tables and records the map that a person can finish. */
export function unknownFormat({ path, draft }: UnknownFile): AlertforestError {
  const words = `No format of raw logs recognises ${path}: name it with --format, or its columns with --map`;
  if (draft === undefined || Object.keys(draft).length === 0)
    return new AlertforestError('REQUEST_INVALID', `${words}.`);
  return new AlertforestError(
    'REQUEST_INVALID',
    `${words}; a draft:\n${JSON.stringify(draft, undefined, 2)}`,
  );
}

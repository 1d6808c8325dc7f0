import { AlertforestError } from '../errors.ts';

/** What `cause` means for who asked to write `place`: the system names no path once a file is open. */
export function writeError(place: string, cause: unknown): AlertforestError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' ? 'the disk is full' : message;
  return new AlertforestError('INTERNAL', `Cannot write ${place}: ${why}.`, { cause });
}

import { AlertforestError } from '../../errors.ts';
import { CallError } from '../service/call-error.ts';

/**
 * Lines that say what went wrong to who typed the command; undefined where the fault is in the program, so that its stack
 * is wanted.
 */
export function failureLines(error: unknown): string[] | undefined {
  if (error instanceof AlertforestError || error instanceof CallError) {
    return [
      `${error.code}: ${error.message}`,
      ...error.issues
        .filter(({ path, message }) => path !== '' || message !== error.message)
        .map(({ path, message }) => `  ${path || '(input)'}: ${message}`),
    ];
  }
  const { code, path, syscall, message } = error as NodeJS.ErrnoException;
  if (path !== undefined && typeof code === 'string') {
    return [`REQUEST_INVALID: Cannot read or write ${path}: ${FILE_FAULTS[code] ?? code}.`];
  }
  // of the system, so a stack would say nothing that this line does not
  return syscall === undefined ? undefined : [message];
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'nothing can be written there',
};

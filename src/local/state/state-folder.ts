import { accessSync, constants, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a first start writes, several times over. An emulator on a full disk answers 500 and says no more. */
const LEAST_BYTES = 64_000_000;
const MEGABYTE = 1_000_000;

const FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'nothing can be written there',
  ENOENT: 'nothing can be written there',
  EEXIST: 'it is no folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of this user is used up',
};

/** Makes the folder where data is kept, and looks whether any can be. @returns why not, in words that follow a colon */
export function stateFolderFault(path: string, { leastBytes = LEAST_BYTES } = {}): string | undefined {
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
    const probe = join(path, `.probe-${process.pid}`);
    try {
      writeFileSync(probe, 'x');
    } finally {
      rmSync(probe, { force: true });
    }
    const { bavail, bsize } = statfsSync(path);
    const left = bavail * bsize;
    if (left >= leastBytes) return undefined;
    return `${Math.floor(left / MEGABYTE)} MB are left on its disk, and ${Math.ceil(leastBytes / MEGABYTE)} are needed`;
  } catch (error) {
    const { code = '', message, path: part } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && part !== path) return FAULTS['ENOTDIR'];
    return FAULTS[code] ?? message;
  }
}

/** Step by step: where a file system takes no folder, a recursive mkdir says that there is no such file, or never ends. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { onInterrupt } from '../../logs/on-interrupt.ts';
import { writeError } from '../../logs/write-error.ts';

/**
 * Gives `use` a path that can be read as often as it takes, by several threads too. What can be read once, the standard
 * input for `-` or a pipe, is copied as it is to a temporary file, which is removed afterwards and when the process is
 * interrupted.
 *
 * @throws AlertforestError INTERNAL where the copy cannot be written
 */
export async function rereadable<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (path !== '-' && (await isFileOrAbsent(path))) return use(path);
  let folder: string | undefined;
  const forget = onInterrupt(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  folder = mkdtempSync(join(tmpdir(), 'alertforest-input-'));
  try {
    // the ending says how it is packed
    const copy = join(folder, path === '-' ? 'stdin' : basename(path));
    const source = path === '-' ? process.stdin : createReadStream(path);
    try {
      await pipeline(source, createWriteStream(copy));
    } catch (error) {
      throw writeError(`a copy of ${path === '-' ? 'the standard input' : path} under ${tmpdir()}`, error);
    }
    return await use(copy);
  } finally {
    forget();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is not there is told by whoever opens it. */
async function isFileOrAbsent(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() || found.isDirectory();
  } catch {
    return true;
  }
}

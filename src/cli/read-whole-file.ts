import { readFile } from 'node:fs/promises';

/** The bytes of a file. An error names it also where the system leaves it out, as it does for a folder. */
export async function readWholeFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

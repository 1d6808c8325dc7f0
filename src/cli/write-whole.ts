import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file so that it appears whole or not at all: an interrupted command leaves no half report. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.part`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

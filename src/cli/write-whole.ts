import { rename, writeFile } from 'node:fs/promises';

/** Writes a file so that it appears whole or not at all: an interrupted command leaves no half report. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

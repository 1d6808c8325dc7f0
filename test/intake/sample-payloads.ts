import { readdirSync, readFileSync } from 'node:fs';

const SAMPLES = new URL('../fixtures/samples/', import.meta.url);

export interface SamplePayload {
  /** Folder and file name. */
  readonly name: string;
  readonly payload: unknown;
}

/** Every payload of test/fixtures/samples, parsed. */
export function samplePayloads(): SamplePayload[] {
  return sampleFolders().flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, SAMPLES))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => ({ name: `${folder}/${file}`, payload: readJson(`${folder}/${file}`) })),
  );
}

export function sampleFolders(): string[] {
  return readdirSync(SAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** What the payloads of a folder should become, by file name. */
export function expectedOf(folder: string): Record<string, unknown[]> {
  return readJson(`${folder}.expected.json`) as Record<string, unknown[]>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, SAMPLES), 'utf8'));
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { type LogFile, openLogs } from '../../src/logs/open-logs.ts';
import { type ReadLogsOptions, readLogs } from '../../src/logs/read-logs.ts';
import type { Reading } from '../../src/logs/reading-tally.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-logs-'));
let nFiles = 0;

/** A file of its own for each content. */
export function logFile(content: string | Uint8Array, name = 'log'): string {
  const path = join(folder, `${++nFiles}-${name}`);
  writeFileSync(path, content);
  return path;
}

export interface ReadText {
  readonly reading: Reading;
  readonly rows: readonly LogRow[];
}

/** Reads files as the command line does; throws where no format recognises one. */
export async function readPaths(paths: readonly string[], options: ReadLogsOptions = {}): Promise<ReadText> {
  const files: LogFile[] = [];
  for (const path of paths) {
    const file = await openLogs(path, options);
    if (!('format' in file)) throw new Error(`No format recognises ${path}: ${JSON.stringify(file.draft)}`);
    files.push(file);
  }
  const rows: LogRow[] = [];
  const reading = await readLogs(files, { ...options, onRow: (row) => rows.push(row) });
  return { reading, rows };
}

export const readText = (content: string | Uint8Array, options: ReadLogsOptions = {}): Promise<ReadText> =>
  readPaths([logFile(content)], options);

/** Lines with an end each. */
export const lines = (...list: readonly string[]): string => `${list.join('\n')}\n`;

import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AlertforestError } from '../errors.ts';
import { readColumnMap } from '../logs/formats/column-map.ts';
import { LOG_FORMATS } from '../logs/formats/format-list.ts';
import { type LogFile, type LogOptions, openLogs, type UnknownFile } from '../logs/open-logs.ts';
import { sizeOfFiles } from '../logs/read-logs.ts';

export interface LogFlags {
  readonly format?: string;
  readonly map?: string;
  readonly timezone?: string;
  readonly year?: number;
  readonly date?: string;
  readonly encoding?: string;
}

function parseYear(text: string): number {
  if (!/^(19|20|21)\d{2}$/.test(text)) throw new InvalidArgumentError('expected a year such as 2026');
  return Number(text);
}

function parseDate(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('expected a date such as 2026-03-02');
  return text;
}

/** What a person can say about raw logs that they do not say themselves. */
export function addLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <name>', 'format of raw logs, instead of recognising it').choices(
        LOG_FORMATS.map(({ name }) => name),
      ),
    )
    .option('--map <file>', 'JSON: standard column -> column of the table, for tables of any make')
    .option('--timezone <zone>', 'of times that state none, such as Europe/Berlin or +01:00 (default: UTC)')
    .option('--year <year>', 'of times that have none, that of the first line', parseYear)
    .option('--date <date>', 'of times that have none, that of the first line', parseDate);
}

export async function logOptions({ map, ...flags }: LogFlags): Promise<LogOptions> {
  if (map === undefined) return flags;
  const text = await readFile(map, 'utf8').catch((cause: unknown) => {
    throw new AlertforestError('REQUEST_INVALID', `Cannot read the map ${map}.`, { cause });
  });
  return { ...flags, map: readColumnMap(text, map) };
}

/** Time between two lines of progress. */
const LINE_EVERY_MS = 2_000;

/** Files that are being opened and read, with progress on stderr: rows, rate, rest by the bytes of the files. */
export class LogReadingProgress {
  readonly #startedAtMs = performance.now();
  #writtenAtMs = this.#startedAtMs;
  #nBytes = 0;
  #total: number | undefined;

  async open(paths: readonly string[], options: LogOptions): Promise<(LogFile | UnknownFile)[]> {
    this.#total = await sizeOfFiles(paths);
    const files: (LogFile | UnknownFile)[] = [];
    for (const path of paths)
      files.push(
        await openLogs(path, options, (nBytes) => {
          this.#nBytes += nBytes;
        }),
      );
    return files;
  }

  readonly onProgress = (rows: number): void => {
    const nowMs = performance.now();
    if (nowMs - this.#writtenAtMs < LINE_EVERY_MS) return;
    this.#writtenAtMs = nowMs;
    const seconds = (nowMs - this.#startedAtMs) / 1000;
    const share = this.#total === undefined ? undefined : this.#nBytes / this.#total;
    const rest =
      share === undefined || share <= 0 ? '' : `, about ${Math.ceil((seconds * (1 - share)) / share)} s left`;
    process.stderr.write(
      `read ${rows.toLocaleString('en-US')} rows, ${Math.round(rows / seconds).toLocaleString('en-US')} a second${rest}\n`,
    );
  };
}

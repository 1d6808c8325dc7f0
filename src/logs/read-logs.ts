import { stat } from 'node:fs/promises';
import { AlertforestError } from '../errors.ts';
import { repeatedNames } from './formats/fields.ts';
import type { LogFormat } from './formats/log-format.ts';
import type { LogRow } from './formats/log-row.ts';
import { LogTimes } from './formats/log-times.ts';
import { inOrder, type OrderedFile } from './merge/file-order.ts';
import { mergedBatches } from './merge/merge-batches.ts';
import { type RowHooks, rowBatches } from './merge/row-batches.ts';
import type { LogFile, LogOptions } from './open-logs.ts';
import { type Reading, ReadingTally } from './reading-tally.ts';
import { headerOf } from './table-header.ts';

export interface ReadLogsOptions extends LogOptions {
  readonly onRow?: (row: LogRow, isRepeated: boolean) => void;
  /** Records that are understood and no rows. */
  readonly onOther?: (record: unknown) => void;
  /** Told of each line that is skipped. */
  readonly onSkip?: (why: string) => void;
  /** Told after every batch. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * Reads files of one format, merged by time whatever their order here; memory holds one batch of each file that the
 * merge is in, and 64 bits a record.
 *
 * @throws AlertforestError REQUEST_INVALID where formats differ, nothing is read, or times leave a year or date open
 */
export async function readLogs(files: readonly LogFile[], options: ReadLogsOptions = {}): Promise<Reading> {
  const { onRow = () => {}, onOther = () => {}, onSkip = () => {}, onProgress = () => {} } = options;
  const { format, why } = oneFormat(files);
  const ordered = inOrder(files, options);
  const tally = new ReadingTally();
  const hooks: RowHooks = {
    onOther(record) {
      tally.other();
      if (record !== undefined) onOther(record);
    },
    onSkip(reason) {
      tally.skip(reason);
      onSkip(reason);
    },
    onNotUtf8: (nLines) => tally.notUtf8(nLines),
  };
  const parts = ordered.map((one) => ({
    ...one,
    times: new LogTimes(one.file.name, { ...one.options, isMonthFirst: one.file.isMonthFirst }),
  }));
  const sources = parts.map(({ file, firstTime, times }) => ({
    firstTime,
    open: () => rowBatches(file, times, hooks),
  }));
  for await (const { rows, texts } of mergedBatches(sources)) {
    rows.forEach((row, at) => {
      onRow(row, tally.add(row, texts[at] as string));
    });
    onProgress(tally.rows);
  }
  const names = ordered.map(({ file: { name } }) => name);
  if (tally.rows === 0) throw nothingRead(format, names, tally);
  const zones = new Set(parts.flatMap(({ times: { zoneWords } }) => zoneWords ?? []));
  const header = headerNames(format, ordered);
  return tally.report({
    format,
    why,
    files: names,
    bytesLayer: format.bytesLayer,
    isOneWay: format.isOneWay ?? false,
    timeIs: format.timeIs ?? 'start',
    leaks: format.leaks ?? [],
    zone: zones.size === 0 ? undefined : [...zones].join('; '),
    repeatedNames: repeatedNames(header),
    header: header.map((name) => name.trim()),
  });
}

function oneFormat(files: readonly LogFile[]): LogFile {
  const [first] = files;
  if (first === undefined) throw new AlertforestError('REQUEST_INVALID', 'Expected at least one file.');
  const other = files.find(({ format }) => format.name !== first.format.name);
  if (other === undefined) return first;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `Expected files of one format: ${first.name} is ${first.format.name}, ${other.name} is ${other.format.name}.`,
  );
}

/** Columns of the last file, where they are a table's. */
function headerNames(format: LogFormat, ordered: readonly OrderedFile[]): readonly string[] {
  const last = ordered.at(-1);
  return format.shape === 'table' && last !== undefined ? headerOf(format, last.file.head).names : [];
}

function nothingRead(format: LogFormat, files: readonly string[], tally: ReadingTally): AlertforestError {
  const names = files.join(', ');
  const counted = tally.nSkipped + tally.nOther;
  return new AlertforestError(
    'REQUEST_INVALID',
    counted === 0
      ? `${names} holds a header and no rows.`
      : `None of the ${counted} lines of ${names} is an event of ${format.title}.`,
  );
}

/** Bytes of files together; undefined where one is no file. */
export async function sizeOfFiles(paths: readonly string[]): Promise<number | undefined> {
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return sizes.every((one) => one?.isFile())
    ? sizes.reduce((sum, one) => sum + (one?.size ?? 0), 0)
    : undefined;
}

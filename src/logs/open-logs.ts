import { stat } from 'node:fs/promises';
import { AlertforestError } from '../errors.ts';
import { decompressed } from '../reading/decompress.ts';
import { TableRows } from '../reading/table-rows.ts';
import { type ColumnMap, draftMap, mappedJson, mappedTable } from './formats/column-map.ts';
import { LOG_FORMATS } from './formats/format-list.ts';
import type { LogFormat, LogHead, RowSink } from './formats/log-format.ts';
import { LogTimes, showsMonthFirst, type TimeOptions } from './formats/log-times.ts';
import { wrappedFormat } from './formats/wrapped-lines.ts';
import { checkIsText, HEAD_BYTES, headOf, isParquet } from './log-head.ts';
import { openText, peeked } from './open-text.ts';
import { openParquet, type ParquetTable } from './read-parquet.ts';
import { headerOf } from './table-header.ts';

export interface LogOptions extends TimeOptions {
  /** Name of a format, which is then not recognised by content. */
  readonly format?: string;
  readonly map?: ColumnMap;
  readonly encoding?: string;
}

/** A file whose format is known and whose rows are still to be read. */
export interface LogFile {
  readonly path: string;
  readonly name: string;
  readonly format: LogFormat;
  readonly why: string;
  readonly head: LogHead;
  /** ms since 1970 of the first row that has a time; NaN where none of the first ones has. */
  readonly firstTime: number;
  /** Dates in its first lines can only have the month first. */
  readonly isMonthFirst: boolean;
  /** Its times leave the year open. */
  readonly isYearOpen: boolean;
  readonly open: () => AsyncGenerator<Uint8Array> | ParquetTable;
}

/** A file that no format recognises. */
export interface UnknownFile {
  readonly path: string;
  readonly head: LogHead;
  /** For tables and records: what a map of it would begin with. */
  readonly draft: ColumnMap | undefined;
  readonly input: AsyncGenerator<Uint8Array> | undefined;
}

/**
 * Looks at the first 64 KiB of a file, or of the standard input for `-`.
 *
 * @param onPiece told of each piece of the file as it is read
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read, holds nothing or is no text, or a named format
 * is not known
 */
export async function openLogs(
  path: string,
  options: LogOptions = {},
  onPiece: (nBytes: number) => void = () => {},
): Promise<LogFile | UnknownFile> {
  const name = path === '-' ? 'the standard input' : path;
  const isFile = path !== '-' && ((await stat(path).catch(() => undefined))?.isFile() ?? false);
  const again = (): AsyncGenerator<Uint8Array> => openText(path, options.encoding, onPiece);
  // a file is opened again when its turn comes, so that many of them hold no descriptors; what flows comes once
  const { head: bytes, input } = await peeked(
    isFile ? openText(path, options.encoding) : again(),
    HEAD_BYTES,
  );
  if (isFile) await input.return(undefined);
  if (isParquet(bytes)) {
    await input.return(undefined);
    if (path === '-')
      throw new AlertforestError(
        'REQUEST_INVALID',
        'Parquet cannot be read from the standard input: name its file.',
      );
    const table = await openParquet(path);
    const head = { name, lines: [], table: { delimiter: ',', header: table.header }, records: [] };
    return chosen(path, head, options, () => table, undefined);
  }
  return openHead(path, name, bytes, isFile ? undefined : input, options, again);
}

/**
 * The same of bytes that are in memory.
 *
 * @throws as {@link openLogs}; Parquet is read from files only
 */
export async function openLogsOf(
  pieces: Iterable<Uint8Array>,
  name: string,
  options: LogOptions = {},
): Promise<LogFile | UnknownFile> {
  const again = async function* (): AsyncGenerator<Uint8Array> {
    yield* decompressed(pieces, { name });
  };
  const { head: bytes, input } = await peeked(again(), HEAD_BYTES);
  return openHead(name, name, bytes, input, options, again);
}

function openHead(
  path: string,
  name: string,
  bytes: Buffer,
  /** What was looked at and comes once; undefined where `again` opens it. */
  input: AsyncGenerator<Uint8Array> | undefined,
  options: LogOptions,
  again: () => AsyncGenerator<Uint8Array>,
): LogFile | UnknownFile {
  checkIsText(bytes.subarray(0, HEAD_BYTES), name);
  const head = headOf(bytes.subarray(0, HEAD_BYTES), name);
  let isFirst = true;
  const open = (): AsyncGenerator<Uint8Array> => {
    if (input === undefined || !isFirst) return again();
    isFirst = false;
    return input;
  };
  return chosen(path, head, options, open, input);
}

function chosen(
  path: string,
  head: LogHead,
  options: LogOptions,
  open: LogFile['open'],
  input: AsyncGenerator<Uint8Array> | undefined,
): LogFile | UnknownFile {
  const isMonthFirst = showsMonthFirst(head.lines.join('\n'));
  for (const format of candidates(head, options)) {
    const why = options.format === undefined ? format.recognise(head) : '--format names it';
    if (why === undefined) continue;
    const first = firstTimeOf(format, head, { ...options, isMonthFirst });
    return { path, name: head.name, format, why, head, isMonthFirst, ...first, open };
  }
  const isTable = head.table !== undefined || head.records.length > 0;
  return { path, head, draft: isTable ? draftMap(head) : undefined, input };
}

function candidates(head: LogHead, { format, map }: LogOptions): readonly LogFormat[] {
  if (map !== undefined) return [head.table === undefined ? mappedJson(map) : mappedTable(map)];
  const wrapped = wrappedFormat(head, LOG_FORMATS);
  if (format === undefined) return wrapped === undefined ? LOG_FORMATS : [...LOG_FORMATS, wrapped];
  if (wrapped?.name === format) return [wrapped];
  const named = LOG_FORMATS.filter(({ name }) => name === format);
  if (named.length > 0) return named;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `Expected --format to be one of ${LOG_FORMATS.map(({ name }) => name).join(', ')}, got ${format}.`,
  );
}

/** The first record that has a time, by which files are put in order. */
function firstTimeOf(
  format: LogFormat,
  head: LogHead,
  options: LogOptions,
): Pick<LogFile, 'firstTime' | 'isYearOpen'> {
  let first = Number.NaN;
  const sink: RowSink = {
    row: ({ time }) => {
      if (Number.isNaN(first)) first = time;
    },
    other: () => {},
    skip: () => {},
  };
  const times = new LogTimes(head.name, options);
  if (format.shape === 'json') {
    const read = format.reader(times, head);
    for (const record of head.records) {
      read(record, sink);
      if (!Number.isNaN(first)) break;
    }
  } else if (format.shape === 'lines') {
    const read = format.reader(times, head);
    for (const line of head.lines) {
      read(line, sink);
      if (!Number.isNaN(first)) break;
    }
  } else {
    const header = headerOf(format, head);
    const read = format.reader(header.names, times, head);
    const table = new TableRows(header.delimiter);
    head.lines.slice(header.isFirstLine ? 1 : 0, 50).forEach((line, i) => {
      for (const { cells } of table.push(i, line))
        if (Number.isNaN(first) && cells?.length === header.names.length) read(cells, sink);
    });
  }
  return { firstTime: first, isYearOpen: times.isYearOpen };
}

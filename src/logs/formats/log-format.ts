import type { LogRow } from './log-row.ts';
import type { LogTimes } from './log-times.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the first 64 KiB of a file show. */
export interface LogHead {
  /** What the file is called in errors. */
  readonly name: string;
  /** Whole lines that are not blank. */
  readonly lines: readonly string[];
  /** The first line as the header of a table; undefined where it is JSON. */
  readonly table: { readonly delimiter: string; readonly header: readonly string[] } | undefined;
  /** The first JSON records, lists of a document opened. */
  readonly records: readonly JsonObject[];
}

/** Takes what a format makes of one record. */
export interface RowSink {
  row(row: LogRow): void;
  /** Understood and no row: a line of another program, another type of event. */
  other(record?: unknown): void;
  /** No row: damaged, a summary, a record without content. */
  skip(why: string): void;
}

/** How a format writes one connection in several records, whose counts are summed before anything is learned. */
export interface SplitRecords {
  /** Whether a record can only be the first of its connection. @default none can */
  readonly isFirst?: (row: LogRow) => boolean;
  /** Whether no record follows it. @default any may */
  readonly isLast?: (row: LogRow) => boolean;
  /** ms without a record after which the next one is of another connection, by what has been joined so far. */
  readonly maxGapMs: (joined: LogRow) => number;
}

interface FormatBase {
  /** Name for `--format` and in reports. */
  readonly name: string;
  /** In words. */
  readonly title: string;
  /** At which layer its bytes are counted. @default unknown */
  readonly bytesLayer?: string;
  /** Each direction of a connection is its own row. */
  readonly isOneWay?: boolean;
  /** What the time of a row is. @default 'start' */
  readonly timeIs?: 'start' | 'end';
  /** Long connections stand in several records. */
  readonly splits?: SplitRecords;
  /** Both ends report the same event: a repeated record is no second one. */
  readonly isReportedTwice?: boolean;
  /** Own columns that tell the label, the order or the identity of a row. */
  readonly leaks?: readonly string[];
  /** Why a file is of this format; undefined where it is not. */
  recognise(head: LogHead): string | undefined;
}

export interface LineFormat extends FormatBase {
  readonly shape: 'lines';
  reader(times: LogTimes, head: LogHead): (line: string, sink: RowSink) => void;
}

export interface TableFormat extends FormatBase {
  readonly shape: 'table';
  /** Names of the columns where the file has no header. */
  readonly columns?: (head: LogHead) => readonly string[] | undefined;
  reader(
    header: readonly string[],
    times: LogTimes,
    head: LogHead,
  ): (cells: readonly (string | undefined)[], sink: RowSink) => void;
}

export interface JsonFormat extends FormatBase {
  readonly shape: 'json';
  reader(times: LogTimes, head: LogHead): (record: JsonObject, sink: RowSink) => void;
}

export type LogFormat = LineFormat | TableFormat | JsonFormat;

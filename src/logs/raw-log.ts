import type { Readable } from 'node:stream';
import { type Info, parse } from 'csv-parse';
import { AlertforestError } from '../errors.ts';

/** Columns of a raw security log, in the order they are written. */
export const LOG_COLUMNS = [
  'timestamp',
  'src_ip',
  'dst_ip',
  'protocol',
  'bytes_sent',
  'bytes_recv',
  'duration_ms',
  'packets_sent',
  'failed_logins',
  'unique_ports',
  'user_agent',
  'status_code',
  'payload_size',
  'alert_triggered',
  'label',
] as const;
export type LogColumn = (typeof LOG_COLUMNS)[number];

/** Columns that hold a count or an amount, all >= 0. */
export const NUMERIC_COLUMNS = [
  'bytes_sent',
  'bytes_recv',
  'duration_ms',
  'packets_sent',
  'failed_logins',
  'unique_ports',
  'status_code',
  'payload_size',
] as const;
export type NumericColumn = (typeof NUMERIC_COLUMNS)[number];

/** One line as written: every value is text, '' where missing. */
export interface RawLog {
  /** Line in the file, from 1; the header is line 1. */
  readonly line: number;
  readonly values: Readonly<Record<LogColumn, string>>;
}

/** A line that could not be read as a row at all. */
export interface UnreadableLine {
  readonly line: number;
  readonly reason: string;
}

export interface RawLogs {
  readonly rows: readonly RawLog[];
  readonly unreadable: readonly UnreadableLine[];
  readonly hasLabels: boolean;
}

/**
 * Reads raw logs from CSV text. Columns may stand in any order and others may be present; `label` may be absent.
 * Lines with a wrong number of fields are counted with their line number, not dropped in silence.
 *
 * @throws AlertforestError REQUEST_INVALID naming the missing columns, or where the file has no rows
 */
export async function readRawLogs(stream: Readable): Promise<RawLogs> {
  const rows: RawLog[] = [];
  const unreadable: UnreadableLine[] = [];
  let hasLabels = false;
  const parser = parse({
    bom: true,
    info: true,
    trim: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (header: string[]) => {
      const names = header.map((name) => name.trim().toLowerCase());
      const missing = LOG_COLUMNS.filter((column) => column !== 'label' && !names.includes(column));
      if (missing.length > 0) {
        throw new AlertforestError('REQUEST_INVALID', `Line 1: expected the columns ${missing.join(', ')}.`, {
          issues: missing.map((path) => ({ path, message: 'Expected this column in the header.' })),
        });
      }
      hasLabels = names.includes('label');
      return names;
    },
  });
  parser.on('skip', (error: Error & { lines?: number }) => {
    unreadable.push({ line: error.lines ?? 0, reason: error.message });
  });
  stream.on('error', (error) => parser.destroy(error));
  for await (const { record, info } of stream.pipe(parser) as AsyncIterable<{
    record: Record<string, string>;
    info: Info;
  }>) {
    rows.push({
      line: info.lines,
      values: Object.fromEntries(LOG_COLUMNS.map((column) => [column, record[column] ?? ''])) as Record<
        LogColumn,
        string
      >,
    });
  }
  if (rows.length === 0)
    throw new AlertforestError('REQUEST_INVALID', 'Expected at least one row below the header.');
  return { rows, unreadable, hasLabels };
}

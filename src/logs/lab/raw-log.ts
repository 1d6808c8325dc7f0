import { AlertforestError } from '../../errors.ts';
import { csvRows } from '../csv-rows.ts';
import type { TextInput } from '../open-text.ts';
import { placeOf, type SkippedRow } from '../skip-counts.ts';

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

export interface RawLogs {
  readonly rows: readonly RawLog[];
  /** Lines that could not be read as a row at all. */
  readonly unreadable: readonly SkippedRow[];
  readonly hasLabels: boolean;
}

/**
 * Reads raw logs from CSV text. Columns may stand in any order and others may be present; `label` may be absent.
 * Lines with a wrong number of fields are counted with their line and column, not dropped in silence.
 *
 * @param name what the input is called in errors
 * @throws AlertforestError REQUEST_INVALID naming the missing columns, or where the file has no readable row
 */
export async function readRawLogs(input: TextInput, name = 'the file'): Promise<RawLogs> {
  const rows: RawLog[] = [];
  const unreadable: SkippedRow[] = [];
  const required = LOG_COLUMNS.filter((column) => column !== 'label');
  let hasLabels = false;
  for await (const { line, row, misfit } of csvRows(input, { name, required, isLenient: true })) {
    if (misfit !== undefined) unreadable.push({ line, ...misfit });
    if (row === undefined) continue;
    hasLabels ||= row['label'] !== undefined;
    const values = Object.fromEntries(LOG_COLUMNS.map((column) => [column, row[column] ?? '']));
    rows.push({ line, values: values as Record<LogColumn, string> });
  }
  const [first] = unreadable;
  if (rows.length === 0) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      first === undefined
        ? `Expected at least one row below the header of ${name}.`
        : `None of the ${unreadable.length} rows of ${name} can be read: ${placeOf(first)}.`,
    );
  }
  return { rows, unreadable, hasLabels };
}

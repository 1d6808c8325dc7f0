import { type LogColumn, NUMERIC_COLUMNS, type NumericColumn } from './raw-log.ts';

/** What one value is: usable, left empty, or filled with something that cannot be true. */
export type FieldState =
  | { kind: 'value'; value: number | string }
  | { kind: 'missing' }
  | { kind: 'invalid'; why: string };

const MISSING_WORDS = new Set(['', '-', 'na', 'n/a', 'nan', 'null', 'none', 'unknown']);
const PROTOCOL = /^[A-Za-z][A-Za-z0-9._/-]{0,15}$/;
const isNumeric = (column: LogColumn): column is NumericColumn =>
  (NUMERIC_COLUMNS as readonly string[]).includes(column);

/** Reads one value of one column; the single place that says what is valid. */
export function readField(column: LogColumn, text: string): FieldState {
  const trimmed = text.trim();
  if (MISSING_WORDS.has(trimmed.toLowerCase())) return { kind: 'missing' };
  if (isNumeric(column)) return readNumber(column, trimmed);
  switch (column) {
    case 'timestamp': {
      const ms = Date.parse(trimmed);
      return Number.isNaN(ms)
        ? { kind: 'invalid', why: 'expected a time, ISO 8601' }
        : { kind: 'value', value: new Date(ms).toISOString() };
    }
    case 'protocol':
      return PROTOCOL.test(trimmed)
        ? { kind: 'value', value: trimmed.toUpperCase() }
        : { kind: 'invalid', why: 'expected a protocol name' };
    case 'alert_triggered':
    case 'label': {
      const flag = { yes: 1, no: 0, '1': 1, '0': 0, true: 1, false: 0 }[trimmed.toLowerCase()];
      return flag === undefined
        ? { kind: 'invalid', why: 'expected YES or NO, 1 or 0' }
        : { kind: 'value', value: flag };
    }
    default:
      return { kind: 'value', value: trimmed };
  }
}

function readNumber(column: NumericColumn, text: string): FieldState {
  const value = Number(text);
  if (!Number.isFinite(value)) return { kind: 'invalid', why: 'expected a number' };
  if (value < 0) return { kind: 'invalid', why: 'expected a number >= 0' };
  if (column === 'status_code' && (value < 100 || value > 599 || !Number.isInteger(value))) {
    return { kind: 'invalid', why: 'expected an HTTP status from 100 to 599' };
  }
  if (column === 'unique_ports' && value > 65_536)
    return { kind: 'invalid', why: 'expected at most 65,536 ports' };
  return { kind: 'value', value };
}

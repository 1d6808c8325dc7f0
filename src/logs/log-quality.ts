import { readField } from './lab/log-field.ts';
import { LOG_COLUMNS, type LogColumn, NUMERIC_COLUMNS, type RawLogs } from './lab/raw-log.ts';

export interface ColumnQuality {
  readonly column: LogColumn;
  readonly missing: number;
  readonly invalid: number;
  /** Reason -> count of invalid values. */
  readonly reasons: Readonly<Record<string, number>>;
  /** First lines with an invalid value, at most five. */
  readonly invalidLines: readonly number[];
  readonly distinct: number;
  /** Of the valid values of a numeric column. */
  readonly range: { min: number; median: number; p99: number; max: number } | undefined;
}

export interface LogQualityReport {
  readonly rows: number;
  readonly unreadableLines: number;
  readonly duplicateRows: number;
  readonly columns: readonly ColumnQuality[];
  readonly firstAt: string | undefined;
  readonly lastAt: string | undefined;
  /** Attacks among the rows with a label, undefined without labels. */
  readonly labelRate: number | undefined;
  readonly attacks: number | undefined;
}

/** What is in the file before anything is done to it. */
export function logQuality(logs: RawLogs): LogQualityReport {
  const seen = new Set<string>();
  let duplicateRows = 0;
  for (const { values } of logs.rows) {
    const text = LOG_COLUMNS.map((column) => values[column]).join('\u0000');
    if (seen.has(text)) duplicateRows++;
    seen.add(text);
  }
  const columns = LOG_COLUMNS.filter((column) => column !== 'label' || logs.hasLabels).map((column) =>
    columnQuality(column, logs),
  );
  const times = logs.rows
    .flatMap(({ values }) => {
      const field = readField('timestamp', values.timestamp);
      return field.kind === 'value' ? [field.value as string] : [];
    })
    .sort();
  const labels = logs.hasLabels
    ? logs.rows.flatMap(({ values }) => {
        const field = readField('label', values.label);
        return field.kind === 'value' ? [field.value as number] : [];
      })
    : undefined;
  const attacks = labels?.reduce((sum, label) => sum + label, 0);
  return {
    rows: logs.rows.length,
    unreadableLines: logs.unreadable.length,
    duplicateRows,
    columns,
    firstAt: times[0],
    lastAt: times.at(-1),
    labelRate: labels && attacks !== undefined && labels.length > 0 ? attacks / labels.length : undefined,
    attacks,
  };
}

function columnQuality(column: LogColumn, logs: RawLogs): ColumnQuality {
  const isNumeric = (NUMERIC_COLUMNS as readonly string[]).includes(column);
  const reasons: Record<string, number> = {};
  const invalidLines: number[] = [];
  const distinct = new Set<string | number>();
  const numbers: number[] = [];
  let missing = 0;
  let invalid = 0;
  for (const { line, values } of logs.rows) {
    const field = readField(column, values[column]);
    if (field.kind === 'missing') missing++;
    else if (field.kind === 'invalid') {
      invalid++;
      const reason = `${field.why}, got ${values[column].slice(0, 40)}`;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (invalidLines.length < 5) invalidLines.push(line);
    } else {
      distinct.add(field.value);
      if (isNumeric) numbers.push(field.value as number);
    }
  }
  return {
    column,
    missing,
    invalid,
    reasons: Object.fromEntries(
      Object.entries(reasons)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 5),
    ),
    invalidLines,
    distinct: distinct.size,
    range: numbers.length > 0 ? rangeOf(numbers) : undefined,
  };
}

function rangeOf(numbers: number[]): { min: number; median: number; p99: number; max: number } {
  const sorted = Float64Array.from(numbers).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
  return { min: at(0), median: at(0.5), p99: at(0.99), max: sorted[sorted.length - 1] as number };
}

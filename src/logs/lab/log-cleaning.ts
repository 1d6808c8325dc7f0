import { readField } from './log-field.ts';
import { LOG_COLUMNS, type LogColumn, NUMERIC_COLUMNS, type NumericColumn, type RawLogs } from './raw-log.ts';

/** A row that can become an alert. Numbers are NaN and texts undefined where nothing usable was given. */
export interface CleanLog {
  readonly line: number;
  readonly timestamp: string;
  readonly srcIp: string | undefined;
  readonly dstIp: string | undefined;
  readonly protocol: string | undefined;
  readonly userAgent: string | undefined;
  readonly numbers: Readonly<Record<NumericColumn, number>>;
  /** 1, 0 or NaN. */
  readonly alertTriggered: number;
  readonly label: 0 | 1 | undefined;
}

/** One kind of thing that was done, and to how many values or rows. */
export interface CleaningStep {
  readonly what: string;
  readonly why: string;
  readonly count: number;
}

export interface CleanedLogs {
  readonly rows: readonly CleanLog[];
  readonly steps: readonly CleaningStep[];
}

/**
 * Cleans raw logs. Nothing is invented: an invalid value becomes missing, and missing stays missing, since the
 * learners choose a direction for it; only rows that cannot be placed in time or repeat another row whole are dropped.
 */
export function cleanLogs(logs: RawLogs): CleanedLogs {
  const invalid = new Map<LogColumn, number>();
  const seen = new Set<string>();
  const rows: CleanLog[] = [];
  let duplicates = 0;
  let untimed = 0;
  let unlabelled = 0;
  for (const { line, values } of logs.rows) {
    const text = LOG_COLUMNS.map((column) => values[column]).join('\u0000');
    if (seen.has(text)) {
      duplicates++;
      continue;
    }
    seen.add(text);
    const read = (column: LogColumn): string | number | undefined => {
      const field = readField(column, values[column]);
      if (field.kind === 'invalid') invalid.set(column, (invalid.get(column) ?? 0) + 1);
      return field.kind === 'value' ? field.value : undefined;
    };
    const timestamp = read('timestamp') as string | undefined;
    if (timestamp === undefined) {
      untimed++;
      continue;
    }
    const label = logs.hasLabels ? (read('label') as 0 | 1 | undefined) : undefined;
    if (logs.hasLabels && label === undefined) unlabelled++;
    rows.push({
      line,
      timestamp,
      srcIp: read('src_ip') as string | undefined,
      dstIp: read('dst_ip') as string | undefined,
      protocol: read('protocol') as string | undefined,
      userAgent: read('user_agent') as string | undefined,
      numbers: Object.fromEntries(
        NUMERIC_COLUMNS.map((column) => [column, (read(column) as number | undefined) ?? Number.NaN]),
      ) as Record<NumericColumn, number>,
      alertTriggered: (read('alert_triggered') as number | undefined) ?? Number.NaN,
      label,
    });
  }
  return {
    rows,
    steps: stepsOf({ invalid, duplicates, untimed, unlabelled, unreadable: logs.unreadable.length }),
  };
}

function stepsOf(done: {
  invalid: ReadonlyMap<LogColumn, number>;
  duplicates: number;
  untimed: number;
  unlabelled: number;
  unreadable: number;
}): CleaningStep[] {
  const steps: CleaningStep[] = [
    { what: 'lines left out', why: 'not readable as a row', count: done.unreadable },
    { what: 'rows dropped', why: 'repeat an earlier row in every column', count: done.duplicates },
    { what: 'rows dropped', why: 'no usable timestamp', count: done.untimed },
    {
      what: 'rows kept without label',
      why: 'label missing or invalid; scored, not learned from',
      count: done.unlabelled,
    },
    ...[...done.invalid].map(([column, count]) => ({
      what: `${column} set to missing`,
      why: 'a value that cannot be true',
      count,
    })),
  ];
  return steps.filter((step) => step.count > 0);
}

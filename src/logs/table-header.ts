import type { LogFormat, LogHead } from './formats/log-format.ts';

export interface TableHeader {
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly isFirstLine: boolean;
}

/** Columns of a table as its format names them, else as its first line does. */
export function headerOf(format: LogFormat & { shape: 'table' }, head: LogHead): TableHeader {
  const own = format.columns?.(head);
  const { delimiter = ',', header = [] } = head.table ?? {};
  return own === undefined
    ? { names: header, delimiter, isFirstLine: true }
    : { names: own, delimiter: ',', isFirstLine: false };
}

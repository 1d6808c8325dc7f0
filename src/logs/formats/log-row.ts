/** What a value is that cannot be true, such as a negative count; it counts as missing too. */
export const INVALID: unique symbol = Symbol('invalid');

/** A value that was read: usable, not given, or impossible. */
export type Cell = string | number | undefined | typeof INVALID;

/** One event under the standard names (those of the Elastic Common Schema, see docs/pipeline.md). */
export interface LogRow {
  /** Line on which it stood, from 1; in one JSON document its number among the records. */
  line: number;
  /** `@timestamp` in ms since 1970 as written, fractions kept; NaN where there is none. */
  time: number;
  /** Standard and own columns that have a value, without `@timestamp`. */
  readonly values: Record<string, string | number>;
  /** Columns whose value cannot be true. */
  readonly invalid: string[];
  /** What makes two records the same; undefined: the record as written. */
  key: string | undefined;
}

export const newRow = (): LogRow => ({ line: 0, time: Number.NaN, values: {}, invalid: [], key: undefined });

export const TIME = '@timestamp';

/** Puts a value where it belongs: nothing for a missing one. */
export function put(row: LogRow, column: string, cell: Cell): void {
  if (cell === undefined) return;
  if (cell === INVALID) row.invalid.push(column);
  else if (column === TIME) row.time = cell as number;
  else row.values[column] = cell;
}

const KIND_OF: Readonly<Record<string, 'number' | 'text'>> = {
  duration_ms: 'number',
  'source.ip': 'text',
  'source.port': 'number',
  'source.bytes': 'number',
  'source.packets': 'number',
  'source.address': 'text',
  'destination.ip': 'text',
  'destination.port': 'number',
  'destination.bytes': 'number',
  'destination.packets': 'number',
  'destination.address': 'text',
  'network.transport': 'text',
  'network.protocol': 'text',
  'network.direction': 'text',
  'network.bytes': 'number',
  'network.packets': 'number',
  'event.action': 'text',
  'event.outcome': 'text',
  'event.provider': 'text',
  'user.name': 'text',
  'host.name': 'text',
  'http.request.method': 'text',
  'http.response.status_code': 'number',
  'url.original': 'text',
  'user_agent.original': 'text',
  'connection.state': 'text',
  'connection.history': 'text',
  label: 'number',
  attack: 'text',
};

/** The standard names but `@timestamp`; every other column is an own one of its file. */
export const STANDARD_COLUMNS: readonly string[] = Object.keys(KIND_OF);

export const isStandard = (column: string): boolean => column === TIME || Object.hasOwn(KIND_OF, column);

/** Whether a standard column holds numbers. */
export const isNumberColumn = (column: string): boolean =>
  Object.hasOwn(KIND_OF, column) && KIND_OF[column] === 'number';

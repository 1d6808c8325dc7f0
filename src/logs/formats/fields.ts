import { hasNoPorts, own, type Raw } from './cells.ts';
import type { JsonObject } from './log-format.ts';
import { type Cell, INVALID, isStandard, type LogRow, put } from './log-row.ts';
import type { LogTimes } from './log-times.ts';

export type ReadCell = (raw: Raw, times: LogTimes) => Cell;

/** One standard column and the names under which a format has it; the first that is there is read. */
export interface Field {
  readonly to: string;
  readonly from: readonly string[];
  readonly read: ReadCell;
}

export const field = (to: string, from: string | readonly string[], read: ReadCell): Field => ({
  to,
  from: typeof from === 'string' ? [from] : from,
  read,
});

/** Time readers as fields take them. */
export const time = {
  any: ((raw, times) => times.any(raw)) satisfies ReadCell as ReadCell,
  seconds: ((raw, times) => times.epoch(raw)) satisfies ReadCell as ReadCell,
  milliseconds: ((raw, times) => times.epoch(raw, 1e3)) satisfies ReadCell as ReadCell,
  byDigits: ((raw, times) => times.epochByDigits(raw)) satisfies ReadCell as ReadCell,
};

/** Reads the cells of one row of a table into a row. */
export type RowFiller = (cells: readonly (string | undefined)[], row: LogRow) => void;

export interface TableOptions {
  /** How names are compared. @default as they stand, trimmed */
  readonly nameOf?: (name: string) => string;
  /** How own columns are read. @default numbers where they are numbers, else text */
  readonly own?: (raw: Raw) => Cell;
}

const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Makes the reader of a table's rows: standard columns by the fields, every other column under its own name. A name that
 * stands twice is read once.
 */
export function tableFiller(
  fields: readonly Field[],
  header: readonly string[],
  times: LogTimes,
  { nameOf = (name) => name, own: readOwn = own }: TableOptions = {},
): RowFiller {
  const names = header.map((name) => nameOf(name.trim()));
  const used = new Set<number>();
  const standard = fields.flatMap(({ to, from, read }) => {
    const at = from.map((name) => names.indexOf(name)).filter((index) => index >= 0);
    for (const index of at) used.add(index);
    return at.length === 0 ? [] : [{ to, at, read }];
  });
  const others = header.flatMap((name, at) => {
    const shown = name.trim();
    const isFirst = names.indexOf(names[at] as string) === at;
    if (used.has(at) || !isFirst || shown === '' || UNSAFE.has(shown)) return [];
    return [{ to: isStandard(shown) ? `own.${shown}` : shown, at }];
  });
  return (cells, row) => {
    for (const { to, at, read } of standard) {
      for (const index of at) {
        const cell = read(cells[index], times);
        if (cell === undefined) continue;
        put(row, to, cell);
        break;
      }
    }
    for (const { to, at } of others) {
      const cell = readOwn(cells[at]);
      if (cell === INVALID) row.invalid.push(to);
      else if (cell !== undefined) row.values[to] = cell;
    }
  };
}

/** Names that stand more than once in a header. */
export function repeatedNames(header: readonly string[]): string[] {
  const trimmed = header.map((name) => name.trim());
  return [...new Set(trimmed.filter((name, at) => name !== '' && trimmed.indexOf(name) !== at))];
}

export type FlatRecord = Readonly<Record<string, Raw>>;

const MAX_DEPTH = 5;
/** Own columns of one record; more are no columns. */
const MAX_FLAT = 400;

/** Scalars of a record under dotted names; lists of scalars joined by commas, other lists left out. */
export function flatten(record: JsonObject): FlatRecord {
  const flat: Record<string, Raw> = {};
  let n = 0;
  const walk = (value: unknown, path: string, depth: number): void => {
    if (n >= MAX_FLAT || value === null || value === undefined) return;
    if (Array.isArray(value)) {
      if (value.length > 0 && value.length <= 64 && value.every((one) => typeof one !== 'object')) {
        flat[path] = value.join(',');
        n++;
      }
      return;
    }
    if (typeof value !== 'object') {
      flat[path] = value as Raw;
      n++;
      return;
    }
    if (depth >= MAX_DEPTH) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!UNSAFE.has(key)) walk(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    }
  };
  walk(record, '', 0);
  return flat;
}

export interface RecordOptions {
  /** How own members are read. @default numbers where they are numbers, else text */
  readonly own?: (raw: Raw) => Cell;
  /** Members that are no own columns. */
  readonly drop?: readonly string[];
}

/** Makes the reader of flat records: standard columns by the fields, every other member under its own name. */
export function recordFiller(
  fields: readonly Field[],
  times: LogTimes,
  { own: readOwn = own, drop = [] }: RecordOptions = {},
): (flat: FlatRecord, row: LogRow) => void {
  const used = new Set([...fields.flatMap(({ from }) => from), ...drop]);
  return (flat, row) => {
    for (const { to, from, read } of fields) {
      for (const name of from) {
        const raw = flat[name];
        if (raw === undefined) continue;
        const cell = read(raw, times);
        if (cell === undefined) continue;
        put(row, to, cell);
        break;
      }
    }
    for (const name in flat) {
      if (used.has(name)) continue;
      const to = isStandard(name) ? `own.${name}` : name;
      const cell = readOwn(flat[name]);
      if (cell === INVALID) row.invalid.push(to);
      else if (cell !== undefined) row.values[to] = cell;
    }
  };
}

/** A port of ICMP is no port: type and code stand there. */
export function dropIcmpPorts(row: LogRow): void {
  if (!hasNoPorts(row.values['network.transport'])) return;
  delete row.values['source.port'];
  delete row.values['destination.port'];
  for (const column of ['source.port', 'destination.port']) {
    const at = row.invalid.indexOf(column);
    if (at !== -1) row.invalid.splice(at, 1);
  }
}

/** Says that a value cannot be true after all. */
export function refuse(row: LogRow, column: string): void {
  if (row.values[column] === undefined) return;
  delete row.values[column];
  row.invalid.push(column);
}

/** An address under `.ip`, or a name under `.address`, where either may stand. */
export function putHost(
  row: LogRow,
  side: 'source' | 'destination',
  cell: Cell,
  name: string | undefined,
): void {
  if (cell === INVALID && name !== undefined) row.values[`${side}.address`] = name;
  else put(row, `${side}.ip`, cell);
}

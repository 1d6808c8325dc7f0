import {
  address,
  amount,
  count,
  given,
  lower,
  milliseconds,
  own,
  port,
  type Raw,
  status,
  text,
  transport,
} from './cells.ts';
import {
  dropIcmpPorts,
  type Field,
  field,
  flatten,
  type ReadCell,
  recordFiller,
  tableFiller,
  time,
} from './fields.ts';
import type { JsonFormat, TableFormat } from './log-format.ts';
import { type Cell, INVALID, isStandard, newRow, STANDARD_COLUMNS, TIME } from './log-row.ts';

/** Yes or no, attack or not. */
export function label(raw: Raw): Cell {
  const value = given(raw)?.toLowerCase();
  if (value === undefined) return undefined;
  if (['1', 'yes', 'true', 'attack', 'malicious', 'anomaly', '1.0'].includes(value)) return 1;
  if (['0', 'no', 'false', 'normal', 'benign', '0.0'].includes(value)) return 0;
  return INVALID;
}

/** How a standard column is read where nothing else is known of a file. */
export const READERS: Readonly<Record<string, ReadCell>> = {
  [TIME]: time.any,
  duration_ms: milliseconds,
  'source.ip': address,
  'destination.ip': address,
  'source.port': port,
  'destination.port': port,
  'source.bytes': count,
  'source.packets': count,
  'destination.bytes': count,
  'destination.packets': count,
  'network.bytes': count,
  'network.packets': count,
  'network.transport': transport,
  'network.protocol': lower,
  'network.direction': lower,
  'event.outcome': lower,
  'http.response.status_code': status,
  label,
};

export const readerOf = (column: string): ReadCell => READERS[column] ?? text;

/** The lab's fifteen names, which are other words for the standard ones, and counts that it has beside them. */
const ALIASES: readonly Field[] = [
  field(TIME, 'timestamp', time.any),
  field('source.ip', 'src_ip', address),
  field('destination.ip', 'dst_ip', address),
  field('network.transport', 'protocol', transport),
  field('source.bytes', 'bytes_sent', amount),
  field('destination.bytes', 'bytes_recv', amount),
  field('duration_ms', 'duration_ms', milliseconds),
  field('source.packets', 'packets_sent', amount),
  field('failed_logins', 'failed_logins', amount),
  field('unique_ports', 'unique_ports', amount),
  field('user_agent.original', 'user_agent', text),
  field('http.response.status_code', 'status_code', status),
  field('payload_size', 'payload_size', amount),
  field('alert_triggered', 'alert_triggered', label),
  field('label', 'label', label),
];
/** So many of the lab's names make a table of its kind. */
const LEAST_ALIASES = 8;

const lowered = (name: string): string => name.trim().toLowerCase();

export const labTable: TableFormat = {
  name: 'lab',
  title: 'table with the fifteen columns of the lab',
  shape: 'table',
  leaks: ['alert_triggered'],
  recognise: ({ table }) => {
    const names = new Set(table?.header.map(lowered));
    const n = ALIASES.filter(({ from: [name = ''] }) => names.has(name)).length;
    return n >= LEAST_ALIASES && !names.has('disposition') ? `${n} of the lab's fifteen columns` : undefined;
  },
  reader(header, times) {
    const fill = tableFiller(ALIASES, header, times, { nameOf: lowered });
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      sink.row(row);
    };
  },
};

const STANDARD: readonly Field[] = [
  ...[TIME, ...STANDARD_COLUMNS].map((column) => field(column, column, readerOf(column))),
  // of ECS, which counts it in nanoseconds
  field('duration_ms', 'event.duration', (raw) => {
    const ns = amount(raw);
    return typeof ns === 'number' ? Math.round(ns) / 1e6 : ns;
  }),
];
/** So many standard names make a table that needs no map. */
const LEAST_STANDARD = 3;

const knows = (names: readonly string[]): boolean =>
  names.filter((name) => isStandard(name) || name === 'event.duration').length >= LEAST_STANDARD &&
  names.some((name) => name.includes('.') && isStandard(name));

export const standardTable: TableFormat = {
  name: 'ecs-table',
  title: 'table with standard (ECS) column names',
  shape: 'table',
  recognise: ({ table }) =>
    table !== undefined && knows(table.header.map((name) => name.trim()))
      ? 'columns have the standard names'
      : undefined,
  reader(header, times) {
    const fill = tableFiller(STANDARD, header, times);
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

export const standardJson: JsonFormat = {
  name: 'ecs-json',
  title: 'JSON records with standard (ECS) names',
  shape: 'json',
  recognise: ({ records }) =>
    records.some((record) => {
      const names = Object.keys(flatten(record));
      const isAlert = names.some((name) => /^(rule|signal|kibana|threat)\./.test(name));
      return !isAlert && names.includes(TIME) && knows(names);
    })
      ? 'records have the standard names'
      : undefined,
  reader(times) {
    const fill = recordFiller(STANDARD, times, { own });
    return (record, sink) => {
      const row = newRow();
      fill(flatten(record), row);
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

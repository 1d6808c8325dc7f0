import { z } from 'zod';
import { AlertforestError, inputIssues } from '../../errors.ts';
import { given, own } from './cells.ts';
import {
  dropIcmpPorts,
  type Field,
  field,
  flatten,
  type ReadCell,
  recordFiller,
  tableFiller,
} from './fields.ts';
import type { JsonFormat, LogHead, TableFormat } from './log-format.ts';
import { isStandard, newRow, STANDARD_COLUMNS, TIME } from './log-row.ts';
import { readerOf } from './standard-table.ts';

const UNITS = ['s', 'ms', 'us', 'ns'] as const;
const entry = z.union([
  z.string().min(1),
  z.object({ column: z.string().min(1), unit: z.enum(UNITS).optional() }),
]);
const mapSchema = z.record(z.string(), entry);

/** Standard column -> where a table has it, with the unit of a time or duration. */
export type ColumnMap = z.infer<typeof mapSchema>;

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const;

/** @throws AlertforestError REQUEST_INVALID where the text is no map, naming the entry */
export function readColumnMap(json: string, name: string): ColumnMap {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new AlertforestError('REQUEST_INVALID', `Expected ${name} to be JSON.`, { cause });
  }
  const parsed = mapSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = inputIssues(parsed.error);
    throw new AlertforestError('REQUEST_INVALID', `${name}, ${issue?.path}: ${issue?.message}`);
  }
  const unknown = Object.keys(parsed.data).find((column) => !isStandard(column));
  if (unknown !== undefined) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `${name}: expected standard names such as @timestamp and source.ip, got ${unknown}.`,
    );
  }
  return parsed.data;
}

/** What the map says, and standard names that a table uses of itself. */
function fieldsOf(map: ColumnMap): Field[] {
  const own = [TIME, ...STANDARD_COLUMNS].filter((column) => !Object.hasOwn(map, column));
  return [...mappedFields(map), ...own.map((column) => field(column, column, readerOf(column)))];
}

function mappedFields(map: ColumnMap): Field[] {
  return Object.entries(map).map(([to, from]) => {
    const { column, unit } = typeof from === 'string' ? { column: from, unit: undefined } : from;
    return field(to, column, unit === undefined ? readerOf(to) : withUnit(to, unit));
  });
}

function withUnit(to: string, unit: (typeof UNITS)[number]): ReadCell {
  if (to === TIME) return (raw, times) => times.epoch(raw, PER_SECOND[unit]);
  if (to !== 'duration_ms') return readerOf(to);
  return (raw) => {
    const value = own(raw);
    if (typeof value !== 'number') return value;
    return readerOf(to)(String(Math.round((value * 1e9) / PER_SECOND[unit]) / 1e6), undefined as never);
  };
}

/** The format of tables whose columns a map names. */
export function mappedTable(map: ColumnMap): TableFormat {
  const fields = fieldsOf(map);
  return {
    name: 'mapped',
    title: 'table read by --map',
    shape: 'table',
    recognise: () => '--map names its columns',
    reader(header, times, { name }) {
      checkColumns(map, new Set(header.map((cell) => cell.trim())), name);
      const fill = tableFiller(fields, header, times);
      return (cells, sink) => {
        const row = newRow();
        fill(cells, row);
        dropIcmpPorts(row);
        sink.row(row);
      };
    },
  };
}

/** The same of JSON records, whose members go by dotted names. */
export function mappedJson(map: ColumnMap): JsonFormat {
  const fields = fieldsOf(map);
  return {
    name: 'mapped',
    title: 'JSON records read by --map',
    shape: 'json',
    recognise: () => '--map names its columns',
    reader(times, { records, name }) {
      checkColumns(map, new Set(records.flatMap((record) => Object.keys(flatten(record)))), name);
      const fill = recordFiller(fields, times);
      return (record, sink) => {
        const row = newRow();
        fill(flatten(record), row);
        dropIcmpPorts(row);
        sink.row(row);
      };
    },
  };
}

function checkColumns(map: ColumnMap, columns: ReadonlySet<string>, name: string): void {
  const [missing] = mappedFields(map)
    .flatMap(({ from }) => from)
    .filter((column) => !columns.has(column));
  if (missing === undefined) return;
  throw new AlertforestError(
    'REQUEST_INVALID',
    `The map names the column ${missing}, which ${name} has not.`,
  );
}

/** Words of column names by which a draft guesses; the first that fits. */
const HINTS: readonly (readonly [to: string, name: RegExp])[] = [
  [TIME, /^(@?time(stamp)?|date(time)?|when|ts|t|first(_?seen)?|start(_?time)?|event_?time|stime)$/i],
  ['duration_ms', /^(dur(ation)?(_?(s|ms|us|ns))?|elapsed)$/i],
  ['source.ip', /^(s(rc|ource)?[_. ]?(ip|addr(ess)?)|src|source|client(_?ip)?|ip_?src|from_?ip|sa|saddr)$/i],
  [
    'destination.ip',
    /^(d(st|est|estination)?[_. ]?(ip|addr(ess)?)|dst|dest|destination|server(_?ip)?|ip_?dst|to_?ip|da|daddr)$/i,
  ],
  ['source.port', /^(s(rc|ource)?_?port|sport|sp|client_?port)$/i],
  ['destination.port', /^(d(st|est|estination)?_?port|dport|dp|server_?port|port)$/i],
  ['network.transport', /^(proto(col)?|transport|protocol_type|pr)$/i],
  ['network.protocol', /^(service|app(lication)?(_?(proto(col)?|name))?)$/i],
  ['source.bytes', /^(bytes_?(sent|out|up)|s(rc|ource)?_?bytes|sent_?bytes?|orig_bytes|up(load)?)$/i],
  [
    'destination.bytes',
    /^(bytes_?(recv|received|in|down)|d(st|est)?_?bytes|rcvd_?bytes?|resp_bytes|down(load)?)$/i,
  ],
  ['source.packets', /^(packets_?sent|s(rc)?_?p(ac)?kts|sent_?p(ac)?kts?|orig_pkts)$/i],
  ['destination.packets', /^(packets_?recv|d(st)?_?p(ac)?kts|rcvd_?p(ac)?kts?|resp_pkts)$/i],
  ['network.bytes', /^(bytes|octets|size|length|len|tot(al)?_?bytes)$/i],
  ['network.packets', /^(packets|pkts|tot(al)?_?p(ac)?kts)$/i],
  ['user.name', /^(user(_?name)?|account|login|uid)$/i],
  ['host.name', /^(host(_?name)?|device|computer)$/i],
  ['event.action', /^(action|event(_?name)?|operation)$/i],
  ['event.outcome', /^(outcome|result|success)$/i],
  ['http.request.method', /^(http_?)?method$/i],
  ['http.response.status_code', /^(status(_?code)?|http_?status)$/i],
  ['url.original', /^(url|uri|path|request)$/i],
  ['user_agent.original', /^(http_)?user_?agent$/i],
  ['connection.state', /^(state|conn_?state|flags?)$/i],
  ['label', /^(label|class|is_?attack|target|y)$/i],
  ['attack', /^(attack(_?(cat|type|name))?|category)$/i],
];

/** A map that a person can finish: columns by their names, times and durations with the unit their values show. */
export function draftMap(head: LogHead): ColumnMap {
  const [record] = head.records;
  const sample = record === undefined ? undefined : flatten(record);
  const names = head.table?.header.map((name) => name.trim()) ?? Object.keys(sample ?? {});
  const cells = head.table === undefined ? [] : (head.lines[1]?.split(head.table.delimiter) ?? []);
  const map: Record<string, ColumnMap[string]> = {};
  for (const [to, hint] of HINTS) {
    const column = names.find((name) => hint.test(name));
    if (column === undefined || Object.values(map).some((one) => one === column)) continue;
    const value = sample === undefined ? given(cells[names.indexOf(column)]) : given(sample[column]);
    const unit = unitOf(to, column, value);
    map[to] = unit === undefined ? column : { column, unit };
  }
  return map;
}

function unitOf(to: string, column: string, value: string | undefined): (typeof UNITS)[number] | undefined {
  if (to === TIME) {
    if (value === undefined || !/^\d{9,20}(\.\d{1,12})?$/.test(value)) return undefined;
    const nDigits = value.split('.')[0]?.length ?? 0;
    return nDigits > 17 ? 'ns' : nDigits > 14 ? 'us' : nDigits > 11 ? 'ms' : 's';
  }
  if (to !== 'duration_ms') return undefined;
  return (
    UNITS.find((unit) => column.toLowerCase().endsWith(`_${unit}`)) ?? (value?.includes('.') ? 's' : 'ms')
  );
}

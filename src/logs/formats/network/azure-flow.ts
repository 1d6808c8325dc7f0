import { address, count, port, transport } from '../cells.ts';
import { dropIcmpPorts } from '../fields.ts';
import type { JsonFormat, JsonObject, RowSink, SplitRecords } from '../log-format.ts';
import { type LogRow, newRow, put, TIME } from '../log-row.ts';
import type { LogTimes } from '../log-times.ts';

const DIRECTIONS: Readonly<Record<string, string>> = { I: 'ingress', O: 'egress' };
const DECISIONS: Readonly<Record<string, string>> = { A: 'accept', D: 'deny' };

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined;

/** What both kinds of tuples begin with: time, addresses, ports, protocol, direction. */
function begun(parts: readonly string[], timeMs: ReturnType<LogTimes['epoch']>, tuple: string): LogRow {
  const row = newRow();
  const [, source, destination, sourcePort, destinationPort, protocol, direction = ''] = parts;
  put(row, TIME, timeMs);
  put(row, 'source.ip', address(source));
  put(row, 'destination.ip', address(destination));
  put(row, 'source.port', port(sourcePort));
  put(row, 'destination.port', port(destinationPort));
  put(row, 'network.transport', transport(protocol));
  put(row, 'network.direction', DIRECTIONS[direction]);
  row.key = tuple;
  return row;
}

/** Counts since the tuple before of the same connection; the tuple that begins one has none. */
function counts(row: LogRow, [packetsOut, bytesOut, packetsIn, bytesIn]: readonly string[]): void {
  put(row, 'source.packets', count(packetsOut));
  put(row, 'source.bytes', count(bytesOut));
  put(row, 'destination.packets', count(packetsIn));
  put(row, 'destination.bytes', count(bytesIn));
}

/** Times in seconds, protocol a letter, decision before state; version 1 ends with the decision. */
function nsgRow(tuple: string, rule: unknown, times: LogTimes, sink: RowSink): void {
  const parts = tuple.split(',');
  if (parts.length < 8) {
    sink.skip('another number of fields');
    return;
  }
  const row = begun(parts, times.epochByDigits(parts[0]), tuple);
  put(row, 'event.action', DECISIONS[parts[7] ?? '']);
  put(row, 'connection.state', parts[8] === '' ? undefined : parts[8]);
  counts(row, parts.slice(9));
  if (typeof rule === 'string') row.values['rule'] = rule;
  dropIcmpPorts(row);
  sink.row(row);
}

/** Times in ms, protocol a number, no decision: state D is what was denied. */
function vnetRow(tuple: string, rule: unknown, times: LogTimes, sink: RowSink): void {
  const parts = tuple.split(',');
  if (parts.length < 9) {
    sink.skip('another number of fields');
    return;
  }
  const row = begun(parts, times.epochByDigits(parts[0]), tuple);
  const [, , , , , , , state = '', encryption = ''] = parts;
  put(row, 'connection.state', state === '' ? undefined : state);
  put(row, 'event.action', state === 'D' ? 'deny' : 'accept');
  if (encryption !== '') row.values['encryption'] = encryption;
  counts(row, parts.slice(9));
  if (typeof rule === 'string') row.values['rule'] = rule;
  dropIcmpPorts(row);
  sink.row(row);
}

/** Three of the 5 minutes after which an open flow is written again. */
const MAX_GAP_MS = 900_000;

/** B begins a flow, C goes on with it, E ends it; D was denied and is whole. */
const SPLITS: SplitRecords = {
  isFirst: ({ values }) => values['connection.state'] === 'B' || values['connection.state'] === 'D',
  isLast: ({ values }) =>
    values['connection.state'] === 'E' ||
    values['connection.state'] === 'D' ||
    values['event.action'] === 'deny' ||
    values['connection.state'] === undefined,
  maxGapMs: () => MAX_GAP_MS,
};

export const azureVnet: JsonFormat = {
  name: 'azure-vnet',
  title: 'Azure virtual network flow logs',
  shape: 'json',
  splits: SPLITS,
  recognise: ({ records }) =>
    records.some((record) => 'flowRecords' in record || 'flowLogVersion' in record)
      ? 'records have flowLogVersion'
      : undefined,
  reader: (times) => (record, sink) => {
    const flows = memberOf(record['flowRecords'], 'flows');
    if (!Array.isArray(flows)) return sink.other(record);
    for (const flow of flows)
      for (const group of listOf(memberOf(flow, 'flowGroups')))
        for (const tuple of listOf(memberOf(group, 'flowTuples')))
          vnetRow(String(tuple), memberOf(group, 'rule'), times, sink);
  },
};

export const azureNsg: JsonFormat = {
  name: 'azure-nsg',
  title: 'Azure network security group flow logs',
  shape: 'json',
  splits: SPLITS,
  recognise: ({ records }) =>
    records.some((record) => Array.isArray(memberOf(record['properties'], 'flows')))
      ? 'records have properties.flows'
      : undefined,
  reader: (times) => (record, sink) => {
    const rules = memberOf(record['properties'], 'flows');
    if (!Array.isArray(rules)) return sink.other(record);
    for (const rule of rules)
      for (const flow of listOf(memberOf(rule, 'flows')))
        for (const tuple of listOf(memberOf(flow, 'flowTuples')))
          nsgRow(String(tuple), memberOf(rule, 'rule'), times, sink);
  },
};

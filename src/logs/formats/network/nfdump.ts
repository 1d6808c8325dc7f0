import { address, between, count, lowerBut, port, seconds, transport } from '../cells.ts';
import { dropIcmpPorts, field, flatten, recordFiller, refuse, tableFiller, time } from '../fields.ts';
import type { JsonFormat, TableFormat } from '../log-format.ts';
import { type LogRow, newRow, put, TIME } from '../log-row.ts';

/** An IP header alone: fewer bytes a packet are packets and bytes confused. */
const LEAST_BYTES = 20;

/** The column names of 1.7.1 with their 48 codes, and the words that came with 1.7.5. */
const TABLE = [
  field(TIME, ['ts', 'firstSeen'], time.any),
  field('duration_ms', ['td', 'duration'], seconds),
  field('source.ip', ['sa', 'srcAddr', 'srcIP'], address),
  field('source.port', ['sp', 'srcPort'], port),
  field('destination.ip', ['da', 'dstAddr', 'dstIP'], address),
  field('destination.port', ['dp', 'dstPort'], port),
  field('network.transport', ['pr', 'proto'], transport),
  field('source.bytes', ['ibyt', 'bytes', 'inBytes'], count),
  field('source.packets', ['ipkt', 'packets', 'inPackets'], count),
  field('connection.state', ['flg', 'flags'], lowerBut('........')),
];

const RECORD = [
  field(TIME, ['first', 'firstSeen', 't_first'], time.any),
  field('source.ip', ['src4_addr', 'src6_addr', 'srcAddr'], address),
  field('source.port', ['src_port', 'srcPort'], port),
  field('destination.ip', ['dst4_addr', 'dst6_addr', 'dstAddr'], address),
  field('destination.port', ['dst_port', 'dstPort'], port),
  field('network.transport', 'proto', transport),
  field('source.bytes', ['in_bytes', 'bytes'], count),
  field('source.packets', ['in_packets', 'packets'], count),
  field('connection.state', 'tcp_flags', lowerBut('........')),
];

function settle(row: LogRow): LogRow {
  const { 'source.bytes': bytes, 'source.packets': packets } = row.values;
  if (typeof bytes === 'number' && typeof packets === 'number' && bytes < LEAST_BYTES * packets)
    refuse(row, 'source.bytes');
  dropIcmpPorts(row);
  return row;
}

export const nfdump: TableFormat = {
  name: 'nfdump',
  title: 'nfdump flows (CSV)',
  shape: 'table',
  bytesLayer: 'ip',
  isOneWay: true,
  leaks: ['cnt', 'tr'],
  recognise: ({ table }) => {
    const names = new Set(table?.header.map((name) => name.trim()));
    if (['ts', 'te', 'td', 'sa', 'da', 'pr'].every((name) => names.has(name)))
      return 'columns ts,te,td,sa,da';
    const isNew = names.has('firstSeen') && names.has('srcAddr') && names.has('dstAddr');
    return isNew ? 'columns firstSeen, srcAddr, dstAddr' : undefined;
  },
  reader(header, times) {
    const fill = tableFiller(
      TABLE,
      header.map((name) => (['te', 'lastSeen'].includes(name.trim()) ? '' : name)),
      times,
    );
    const end = header.findIndex((name) => ['te', 'lastSeen'].includes(name.trim()));
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      if (row.values['duration_ms'] === undefined && end !== -1)
        put(row, 'duration_ms', between(row.time, times.any(cells[end])));
      sink.row(settle(row));
    };
  },
};

export const nfdumpJson: JsonFormat = {
  name: 'nfdump-json',
  title: 'nfdump flows (JSON)',
  shape: 'json',
  bytesLayer: 'ip',
  isOneWay: true,
  leaks: ['received', 'cnt'],
  recognise: ({ records }) =>
    records.some(
      (record) =>
        ('src4_addr' in record || 'src6_addr' in record) && ('first' in record || 'in_bytes' in record),
    )
      ? 'records have first and src4_addr'
      : undefined,
  reader(times) {
    const fill = recordFiller(RECORD, times, { drop: ['last', 'type', 'received'] });
    return (record, sink) => {
      if (!('src4_addr' in record || 'src6_addr' in record)) return sink.other(record);
      const flat = flatten(record);
      const row = newRow();
      fill(flat, row);
      put(row, 'duration_ms', between(row.time, times.any(flat['last'] ?? flat['lastSeen'])));
      sink.row(settle(row));
    };
  },
};

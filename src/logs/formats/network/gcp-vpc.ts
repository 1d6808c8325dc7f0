import { address, between, count, given, port, type Raw, transport } from '../cells.ts';
import { dropIcmpPorts, field, flatten, recordFiller, time } from '../fields.ts';
import type { JsonFormat } from '../log-format.ts';
import { type Cell, newRow, put, TIME } from '../log-row.ts';

/** Who saw the flow: where it left or where it arrived. */
function direction(raw: Raw): Cell {
  const value = given(raw)?.toUpperCase();
  if (value?.startsWith('SRC')) return 'egress';
  return value?.startsWith('DEST') ? 'ingress' : undefined;
}

/** `timestamp` is when it was logged. */
const FIELDS = [
  field(TIME, ['jsonPayload.start_time', 'timestamp'], time.any),
  field('source.ip', 'jsonPayload.connection.src_ip', address),
  field('source.port', 'jsonPayload.connection.src_port', port),
  field('destination.ip', 'jsonPayload.connection.dest_ip', address),
  field('destination.port', 'jsonPayload.connection.dest_port', port),
  field('network.transport', 'jsonPayload.connection.protocol', transport),
  field('source.bytes', 'jsonPayload.bytes_sent', count),
  field('source.packets', 'jsonPayload.packets_sent', count),
  field('network.direction', 'jsonPayload.reporter', direction),
];

export const gcpVpc: JsonFormat = {
  name: 'gcp-vpc',
  title: 'Google Cloud VPC flow logs',
  shape: 'json',
  bytesLayer: 'ip',
  isOneWay: true,
  isReportedTwice: true,
  leaks: ['insertId', 'receiveTimestamp'],
  recognise: ({ records }) =>
    records.some((record) => 'connection' in Object(record['jsonPayload']))
      ? 'records have jsonPayload.connection'
      : undefined,
  reader(times) {
    const fill = recordFiller(FIELDS, times, {
      drop: ['jsonPayload.end_time', 'timestamp', 'receiveTimestamp'],
    });
    return (record, sink) => {
      const flat = flatten(record);
      if (flat['jsonPayload.connection.src_ip'] === undefined) return sink.other(record);
      const row = newRow();
      fill(flat, row);
      put(row, 'duration_ms', between(row.time, times.any(flat['jsonPayload.end_time'])));
      dropIcmpPorts(row);
      // both ends report the same flow; without that a row is told by what it says
      const { 'network.direction': _side, ...same } = row.values;
      row.key = JSON.stringify([
        row.time,
        ...['source.ip', 'source.port', 'destination.ip', 'destination.port', 'network.transport'].map(
          (name) => same[name],
        ),
        same['source.bytes'],
        same['source.packets'],
      ]);
      sink.row(row);
    };
  },
};

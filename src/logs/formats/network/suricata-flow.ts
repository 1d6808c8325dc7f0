import { address, between, count, lowerBut, port, text, transport } from '../cells.ts';
import { dropIcmpPorts, field, flatten, recordFiller, time } from '../fields.ts';
import type { JsonFormat } from '../log-format.ts';
import { newRow, put, TIME } from '../log-row.ts';

/** The time is that of the first packet; `timestamp` is when the flow was logged, minutes later. */
const FIELDS = [
  field(TIME, ['flow.start', 'netflow.start'], time.any),
  field('source.ip', 'src_ip', address),
  field('source.port', 'src_port', port),
  field('destination.ip', 'dest_ip', address),
  field('destination.port', 'dest_port', port),
  field('network.transport', 'proto', transport),
  field('network.protocol', 'app_proto', lowerBut('failed', 'unknown')),
  field('source.bytes', ['flow.bytes_toserver', 'netflow.bytes'], count),
  field('destination.bytes', 'flow.bytes_toclient', count),
  field('source.packets', ['flow.pkts_toserver', 'netflow.pkts'], count),
  field('destination.packets', 'flow.pkts_toclient', count),
  field('connection.state', 'flow.state', text),
  field('host.name', 'host', text),
];

const isFlow = (type: unknown): boolean => type === 'flow' || type === 'netflow';

export const suricataFlow: JsonFormat = {
  name: 'suricata-flow',
  title: 'Suricata flows (EVE JSON)',
  shape: 'json',
  bytesLayer: 'link',
  leaks: ['flow.alerted', 'flow_id', 'timestamp'],
  recognise: ({ records }) =>
    records.some(({ event_type: type }) => isFlow(type)) ? 'records have event_type flow' : undefined,
  reader(times, { records }) {
    const fill = recordFiller(FIELDS, times, {
      drop: ['flow.end', 'netflow.end', 'event_type', 'timestamp'],
    });
    // both record the same connections, so one of them is read
    const main = records.some(({ event_type: type }) => type === 'flow') ? 'flow' : 'netflow';
    return (record, sink) => {
      if (record['event_type'] !== main) return sink.other(record);
      const flat = flatten(record);
      const row = newRow();
      fill(flat, row);
      put(row, 'duration_ms', between(row.time, times.any(flat['flow.end'] ?? flat['netflow.end'])));
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

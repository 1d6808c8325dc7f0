import { address, count, lowerBut, milliseconds, port, text, transport } from '../cells.ts';
import { dropIcmpPorts, field, tableFiller, time } from '../fields.ts';
import type { TableFormat } from '../log-format.ts';
import { newRow, TIME } from '../log-row.ts';

const FIELDS = [
  field(TIME, 'bidirectional_first_seen_ms', time.milliseconds),
  field('duration_ms', 'bidirectional_duration_ms', milliseconds),
  field('source.ip', 'src_ip', address),
  field('source.port', 'src_port', port),
  field('destination.ip', 'dst_ip', address),
  field('destination.port', 'dst_port', port),
  field('network.transport', 'protocol', transport),
  field('network.protocol', 'application_name', lowerBut('unknown')),
  field('source.bytes', 'src2dst_bytes', count),
  field('destination.bytes', 'dst2src_bytes', count),
  field('source.packets', 'src2dst_packets', count),
  field('destination.packets', 'dst2src_packets', count),
  field('user_agent.original', 'user_agent', text),
];

/** The same moments again; the time and the duration have said them. */
const CLOCKS = /^(bidirectional|src2dst|dst2src)_(first|last)_seen_ms$/;

export const nfstream: TableFormat = {
  name: 'nfstream',
  title: 'nfstream flows (CSV)',
  shape: 'table',
  bytesLayer: 'link',
  leaks: ['id', 'expiration_id'],
  recognise: ({ table }) =>
    table?.header.includes('bidirectional_first_seen_ms')
      ? 'a column bidirectional_first_seen_ms'
      : undefined,
  reader(header, times) {
    const names = header.map((name) =>
      CLOCKS.test(name) && !name.startsWith('bidirectional_first') ? '' : name,
    );
    const fill = tableFiller(FIELDS, names, times);
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

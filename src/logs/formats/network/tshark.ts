import { count, firstAddress, given, lower, port, type Raw, transport } from '../cells.ts';
import { dropIcmpPorts, field, tableFiller, time } from '../fields.ts';
import type { TableFormat } from '../log-format.ts';
import { type Cell, newRow, TIME } from '../log-row.ts';

const firstOf =
  (read: (raw: Raw) => Cell) =>
  (raw: Raw): Cell =>
    read(given(raw)?.split(',')[0]);

const FIELDS = [
  field(TIME, ['frame.time_epoch', 'frame.time_utc', 'frame.time'], time.any),
  field('source.ip', ['ip.src', 'ipv6.src'], firstAddress),
  field('destination.ip', ['ip.dst', 'ipv6.dst'], firstAddress),
  field('source.port', ['tcp.srcport', 'udp.srcport'], firstOf(port)),
  field('destination.port', ['tcp.dstport', 'udp.dstport'], firstOf(port)),
  field('network.transport', ['ip.proto', 'ipv6.nxt'], firstOf(transport)),
  field('network.protocol', ['_ws.col.Protocol', '_ws.col.protocol'], lower),
  field('source.bytes', 'frame.len', count),
];

/** One row a packet: flows are made of them with nfstream or Zeek. */
export const tshark: TableFormat = {
  name: 'tshark',
  title: 'tshark fields, one packet a row',
  shape: 'table',
  bytesLayer: 'link',
  isOneWay: true,
  leaks: ['frame.number'],
  recognise: ({ table }) =>
    table?.header.some((name) => /^frame\.(time_epoch|time|len|number)$/.test(name)) &&
    table.header.some((name) => /^(ip|ipv6|tcp|udp|_ws)\./.test(name))
      ? 'columns frame.* and ip.*'
      : undefined,
  reader(header, times) {
    const fill = tableFiller(FIELDS, header, times);
    const at = (name: string): number => header.indexOf(name);
    const tcp = at('tcp.srcport');
    const udp = at('udp.srcport');
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      row.values['source.packets'] = 1;
      if (row.values['source.bytes'] !== undefined) row.values['network.bytes'] = row.values['source.bytes'];
      if (row.values['network.transport'] === undefined) {
        if (tcp !== -1 && given(cells[tcp]) !== undefined) row.values['network.transport'] = 'tcp';
        else if (udp !== -1 && given(cells[udp]) !== undefined) row.values['network.transport'] = 'udp';
      }
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

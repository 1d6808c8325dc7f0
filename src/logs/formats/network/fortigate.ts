import { address, count, lower, port, type Raw, seconds, text, transport } from '../cells.ts';
import { dropIcmpPorts, field, recordFiller, time } from '../fields.ts';
import { keyValues } from '../key-values.ts';
import type { LineFormat } from '../log-format.ts';
import { type Cell, newRow, TIME } from '../log-row.ts';
import { withoutPriority } from '../syslog-line.ts';

/** `eventtime` is seconds, ms, µs or ns, by release; its digits tell. */
const FIELDS = [
  field(TIME, 'eventtime', time.byDigits),
  field('duration_ms', 'duration', seconds),
  field('source.ip', 'srcip', address),
  field('source.port', 'srcport', port),
  field('destination.ip', 'dstip', address),
  field('destination.port', 'dstport', port),
  field('network.transport', 'proto', transport),
  field('network.protocol', 'service', lower),
  field('source.bytes', 'sentbyte', count),
  field('destination.bytes', 'rcvdbyte', count),
  field('source.packets', 'sentpkt', count),
  field('destination.packets', 'rcvdpkt', count),
  field('event.action', 'action', lower),
  field('user.name', ['user', 'unauthuser'], text),
  field('host.name', 'devname', text),
];

/** Zones stand as `-0800`, in releases before 6.2 not at all. */
const zoneOf = (raw: Raw): string | undefined =>
  typeof raw === 'string' && /^[+-]\d{4}$/.test(raw) ? raw : undefined;

export const fortigate: LineFormat = {
  name: 'fortigate',
  title: 'FortiGate traffic log',
  shape: 'lines',
  timeIs: 'end',
  leaks: ['sessionid', 'logid', 'crscore', 'craction', 'crlevel'],
  recognise: ({ lines }) =>
    lines.some(
      (line) => /\btype="?traffic"?/.test(line.slice(0, 2_000)) && /\bsrcip=/.test(line.slice(0, 4_000)),
    )
      ? 'lines with type=traffic and srcip='
      : undefined,
  reader(times) {
    const fill = recordFiller(FIELDS, times, { drop: ['date', 'time', 'tz', 'eventtime'] });
    return (line, sink) => {
      const flat = keyValues(withoutPriority(line));
      if (flat['type'] !== 'traffic')
        return flat['type'] === undefined ? sink.skip('no type=') : sink.other(line);
      const row = newRow();
      fill(flat, row);
      if (Number.isNaN(row.time)) {
        const at: Cell = times.split(flat['date'], flat['time'], zoneOf(flat['tz']));
        if (typeof at === 'number') row.time = at;
      }
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

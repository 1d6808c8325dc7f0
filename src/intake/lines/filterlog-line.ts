import { headerFields, type LogLine } from './syslog-header.ts';

/** Cells up to the addresses, which every record of an IP packet has. */
const MIN_CELLS = 17;

/**
 * A packet that the filter of pfSense or OPNsense logged: `rule,sub rule,anchor,tracker,interface,reason,action,direction,
 * version,…`, the cells behind by the version. Undefined for other lines.
 *
 * @see https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html
 */
export function parseFilterlogLine(line: LogLine): Record<string, unknown> | undefined {
  if (line.program !== 'filterlog') return undefined;
  const cells = line.message.split(',', 64).map((cell) => cell.trim());
  if (cells.length < MIN_CELLS) return undefined;
  const [rule, , , tracker, inside, reason, action = '', direction = '', version] = cells;
  const isV6 = version === '6';
  if (!isV6 && version !== '4') return undefined;
  const [protocol, from] = isV6 ? [cells[12], 15] : [cells[16], 18];
  const [src_ip, dst_ip, src_port, dst_port] = cells.slice(from, from + 4);
  const hasPorts = /^(tcp|udp|sctp)$/i.test(protocol ?? '');
  return {
    ...headerFields(line),
    product: 'filterlog',
    title: `Packet filter: ${action} ${direction} ${protocol ?? ''}`.trim(),
    rule_id: tracker || rule,
    action,
    reason,
    interface: inside,
    protocol,
    src_ip,
    dst_ip,
    ...(hasPorts ? { src_port, dst_port } : {}),
  };
}

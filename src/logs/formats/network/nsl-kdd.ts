import { count, given, lower, own, type Raw, seconds, text } from '../cells.ts';
import { field, tableFiller } from '../fields.ts';
import type { LogHead, TableFormat } from '../log-format.ts';
import { type Cell, INVALID, newRow } from '../log-row.ts';

/** The columns of KDD Cup 1999 and NSL-KDD, whose files have no header. */
const COLUMNS =
  'duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds is_host_login is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate dst_host_rerror_rate dst_host_srv_rerror_rate attack difficulty'.split(
    ' ',
  );
const N_MEASURES = 41;
const ATTACK = 41;
/** Yes-or-no columns by the documentation; one of them holds a 2 at times. */
const FLAGS = ['land', 'logged_in', 'root_shell', 'su_attempted', 'is_host_login', 'is_guest_login'];

const flag = (raw: Raw): Cell => {
  const value = own(raw);
  return value === 0 || value === 1 || value === undefined ? value : INVALID;
};

const FIELDS = [
  field('duration_ms', 'duration', seconds),
  field('network.transport', 'protocol_type', lower),
  field('network.protocol', 'service', lower),
  field('connection.state', 'flag', text),
  field('source.bytes', 'src_bytes', count),
  field('destination.bytes', 'dst_bytes', count),
  ...FLAGS.map((name) => field(name, name, flag)),
];

const isKdd = (cells: readonly string[]): boolean =>
  cells.length >= N_MEASURES &&
  cells.length <= COLUMNS.length &&
  /^(tcp|udp|icmp)$/i.test(cells[1]?.trim() ?? '');

/** With ARFF's description before the rows it has no header either. */
const firstRow = ({ lines }: LogHead): string[] =>
  lines.find((line) => !line.startsWith('@') && !line.startsWith('%'))?.split(',') ?? [];

export const nslKdd: TableFormat = {
  name: 'nsl-kdd',
  title: 'NSL-KDD or KDD Cup 1999',
  shape: 'table',
  leaks: ['difficulty'],
  recognise: (head) => {
    const cells = firstRow(head);
    if (isKdd(cells)) return `${cells.length} fields without header, the second a protocol`;
    const names = head.table?.header.map((name) => name.trim()) ?? [];
    return names.includes('dst_host_srv_count') && names.includes('protocol_type')
      ? 'columns protocol_type and dst_host_srv_count'
      : undefined;
  },
  columns: (head) => (isKdd(firstRow(head)) ? COLUMNS.slice(0, firstRow(head).length) : undefined),
  reader(header, times) {
    const names = header.map((name) => name.trim());
    const at = names.findIndex((name) => ['attack', 'label', 'class', 'labels'].includes(name));
    const attackAt = at === -1 ? ATTACK : at;
    const fill = tableFiller(
      FIELDS,
      names.map((name, index) => (index === attackAt ? '' : name)),
      times,
    );
    return (cells, sink) => {
      if (cells[0]?.startsWith('@')) return;
      const row = newRow();
      fill(cells, row);
      // the file of 1999 ends names with a point
      const word = given(cells[attackAt])?.replace(/\.$/, '').replace(/^'|'$/g, '');
      if (word !== undefined) {
        row.values['label'] = word === 'normal' ? 0 : 1;
        if (word !== 'normal') row.values['attack'] = word;
      }
      sink.row(row);
    };
  },
};

import { address, count, given, microseconds, own, port, type Raw, transport } from '../cells.ts';
import { dropIcmpPorts, field, tableFiller } from '../fields.ts';
import type { TableFormat } from '../log-format.ts';
import { type Cell, INVALID, newRow, TIME } from '../log-row.ts';
import type { LogTimes } from '../log-times.ts';

/** Names without case, blanks and marks: the tool's releases write them in a dozen ways. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The published captures ran from 9 to 17 h on a 12-hour clock without AM and PM. */
const AFTERNOON_UNTIL = 8;

const when = (raw: Raw, times: LogTimes): Cell =>
  /^\d{4}/.test(given(raw) ?? '') ? times.any(raw) : times.dayFirst(raw, AFTERNOON_UNTIL);

const FIELDS = [
  field(TIME, 'timestamp', when),
  field('duration_ms', 'flowduration', microseconds),
  field('source.ip', ['srcip', 'sourceip'], address),
  field('source.port', ['srcport', 'sourceport'], port),
  field('destination.ip', ['dstip', 'destinationip', 'destip'], address),
  field('destination.port', ['dstport', 'destinationport', 'destport'], port),
  field('network.transport', 'protocol', transport),
  field('source.packets', ['totfwdpkts', 'totalfwdpackets', 'totalfwdpacket'], count),
  field('destination.packets', ['totbwdpkts', 'totalbackwardpackets', 'totalbwdpackets'], count),
  field(
    'source.bytes',
    ['totlenfwdpkts', 'totallengthoffwdpackets', 'totallengthoffwdpacket', 'fwdpacketslengthtotal'],
    count,
  ),
  field(
    'destination.bytes',
    ['totlenbwdpkts', 'totallengthofbwdpackets', 'totallengthofbwdpacket', 'bwdpacketslengthtotal'],
    count,
  ),
  field('label', 'label', (raw) => labelOf(given(raw))),
  field('attack', 'attack', given),
];

/** The exporters write this where they have not looked. */
const UNLABELLED = new Set(['needmanuallabel', 'nolabel', 'unknown']);

function labelOf(word: string | undefined): Cell {
  if (word === undefined || UNLABELLED.has(plain(word))) return undefined;
  if (word === '0' || word === '1') return Number(word);
  return /^(benign|normal)/i.test(word) ? 0 : 1;
}

/** Every value of the tool is a count, a time or a rate: none is negative, infinite or no number. */
function measure(raw: Raw): Cell {
  if (typeof raw === 'string' && /^\s*nan\s*$/i.test(raw)) return INVALID;
  const cell = own(raw);
  return typeof cell === 'number' && cell < 0 ? INVALID : cell;
}

export const cicFlow: TableFormat = {
  name: 'cic-flow',
  title: 'CICFlowMeter flows and the CIC-IDS sets (CSV)',
  shape: 'table',
  bytesLayer: 'link by the Python tool, payload by the Java tool and the published sets',
  leaks: ['Flow ID', 'Attempted Category', 'id', 'SimillarHTTP', 'Inbound'],
  recognise: ({ table }) => {
    const names = new Set(table?.header.map(plain));
    const isFlow = names.has('flowduration');
    return isFlow &&
      FIELDS.some(({ to, from }) => to === 'source.packets' && from.some((name) => names.has(name)))
      ? 'columns of flow duration and forward packets'
      : undefined;
  },
  reader(header, times) {
    const fill = tableFiller(FIELDS, header, times, { nameOf: plain, own: measure });
    const label = header.findIndex((name) => plain(name) === 'label');
    const first = header[0] as string;
    return (cells, sink) => {
      if (cells[0] === first) return sink.skip('the header again');
      const row = newRow();
      fill(cells, row);
      const word = label === -1 ? undefined : given(cells[label]);
      if (row.values['label'] === 1 && word !== undefined && word !== '1') row.values['attack'] = word;
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};

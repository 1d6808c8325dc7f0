import { address, between, count, lower, port, type Raw, transport } from '../cells.ts';
import { dropIcmpPorts, field, tableFiller } from '../fields.ts';
import type { LineFormat, RowSink, TableFormat } from '../log-format.ts';
import { type Cell, newRow, put, TIME } from '../log-row.ts';
import type { LogTimes } from '../log-times.ts';

/** Fields of version 2, in which lines come without a header. */
const VERSION_2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

/** Names with dashes stand in text, with underscores in Parquet, in one word in Athena's tables. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const seconds = (raw: Raw, times: LogTimes): Cell => times.any(raw);

/** The window of capture, 1 or 10 minutes long, and not the connection. */
const FIELDS = [
  field(TIME, ['start', 'starttime'], seconds),
  field('source.ip', ['srcaddr', 'sourceaddress'], address),
  field('source.port', ['srcport', 'sourceport'], port),
  field('destination.ip', ['dstaddr', 'destinationaddress'], address),
  field('destination.port', ['dstport', 'destinationport'], port),
  field('network.transport', 'protocol', transport),
  field('source.packets', ['packets', 'numpackets'], count),
  field('source.bytes', ['bytes', 'numbytes'], count),
  field('event.action', 'action', lower),
  field('network.direction', 'flowdirection', lower),
];

const NO_DATA = /^(NODATA|SKIPDATA)$/;

type Fill = (cells: readonly (string | undefined)[], sink: RowSink) => void;

function rowsOf(header: readonly string[], times: LogTimes): Fill {
  const names = header.map(plain);
  const end = names.findIndex((name) => name === 'end' || name === 'endtime');
  const status = names.indexOf('logstatus');
  const unused = new Set(['version', 'end', 'endtime', 'logstatus']);
  const fill = tableFiller(
    FIELDS,
    header.map((name, at) => (unused.has(names[at] as string) ? '' : name)),
    times,
    { nameOf: plain },
  );
  return (cells, sink) => {
    if (status !== -1 && NO_DATA.test(cells[status] ?? '')) return sink.skip('NODATA or SKIPDATA');
    const row = newRow();
    fill(cells, row);
    if (end !== -1) put(row, 'duration_ms', between(row.time, times.any(cells[end])));
    dropIcmpPorts(row);
    sink.row(row);
  };
}

const isHeader = (words: readonly string[]): boolean =>
  words.includes('srcaddr') && words.includes('dstaddr') && !words.some((word) => /^\d+$/.test(word));

/** A line of version 2 as CloudWatch keeps it, perhaps behind the time of an export. */
const isBare = (words: readonly string[]): boolean =>
  words.length === VERSION_2.length && words[0] === '2' && /^(OK|NODATA|SKIPDATA)$/.test(words.at(-1) ?? '');

export const awsVpc: LineFormat = {
  name: 'aws-vpc',
  title: 'AWS VPC flow logs',
  shape: 'lines',
  bytesLayer: 'ip',
  isOneWay: true,
  recognise: ({ lines: [first = ''] }) => {
    const words = first.split(' ');
    if (isHeader(words)) return 'a header names srcaddr and dstaddr';
    return isBare(words) || isBare(words.slice(1)) ? 'lines of the 14 fields of version 2' : undefined;
  },
  reader(times) {
    let fill = rowsOf(VERSION_2, times);
    let nFields = VERSION_2.length;
    return (line, sink) => {
      const words = line.trim().split(' ');
      if (isHeader(words)) {
        fill = rowsOf(words, times);
        nFields = words.length;
        return;
      }
      const cells = words.length === nFields + 1 && /^\d{4}-\d\d-\d\dT/.test(line) ? words.slice(1) : words;
      if (cells.length !== nFields) return sink.skip('another number of fields');
      fill(cells, sink);
    };
  },
};

/** The same fields as columns: Parquet, or a table that a query wrote. */
export const awsVpcTable: TableFormat = {
  name: 'aws-vpc-table',
  title: 'AWS VPC flow logs (Parquet or CSV)',
  shape: 'table',
  bytesLayer: 'ip',
  isOneWay: true,
  recognise: ({ table }) => {
    const names = new Set(table?.header.map(plain));
    return (names.has('srcaddr') || names.has('sourceaddress')) &&
      (names.has('dstaddr') || names.has('destinationaddress')) &&
      (names.has('interfaceid') || names.has('logstatus'))
      ? 'columns srcaddr, dstaddr and interface-id'
      : undefined;
  },
  reader: (header, times) => rowsOf(header, times),
};

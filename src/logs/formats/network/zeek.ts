import {
  address,
  amount,
  count,
  firstOfSet,
  given,
  port,
  type Raw,
  seconds,
  status,
  text,
  transport,
} from '../cells.ts';
import { dropIcmpPorts, type Field, field, flatten, recordFiller, refuse, tableFiller } from '../fields.ts';
import type { JsonFormat, LineFormat, LogHead } from '../log-format.ts';
import { type Cell, type LogRow, newRow, TIME } from '../log-row.ts';
import type { LogTimes } from '../log-times.ts';

/** Payload cannot be so many times what the IP layer carried: it was counted from sequence numbers. */
const MOST_PAYLOAD = 4;

const outcome = (raw: Raw): Cell => {
  const value = given(raw)?.toLowerCase();
  if (value === 't' || value === 'true') return 'success';
  return value === 'f' || value === 'false' ? 'failure' : undefined;
};

/** `ts` is seconds, or ISO text or ms where the log is JSON; its digits tell. */
const FIELDS: readonly Field[] = [
  field(TIME, 'ts', (raw, times: LogTimes) => times.any(raw)),
  field('duration_ms', 'duration', seconds),
  field('source.ip', 'id.orig_h', address),
  field('source.port', 'id.orig_p', port),
  field('destination.ip', 'id.resp_h', address),
  field('destination.port', 'id.resp_p', port),
  field('network.transport', 'proto', transport),
  field('network.protocol', 'service', firstOfSet),
  field('source.bytes', ['orig_bytes', 'request_body_len'], count),
  field('destination.bytes', ['resp_bytes', 'response_body_len'], count),
  field('source.packets', 'orig_pkts', count),
  field('destination.packets', 'resp_pkts', count),
  field('connection.state', 'conn_state', text),
  field('connection.history', 'history', text),
  field('http.request.method', 'method', text),
  field('http.response.status_code', 'status_code', status),
  field('url.original', 'uri', text),
  field('user_agent.original', 'user_agent', text),
  field('user.name', ['username', 'user'], text),
  field('event.outcome', 'auth_success', outcome),
  field('orig_ip_bytes', 'orig_ip_bytes', amount),
  field('resp_ip_bytes', 'resp_ip_bytes', amount),
];

const LEAKS = ['uid'];
const BYTES = 'payload (orig_bytes), ip (orig_ip_bytes)';

function settle(row: LogRow): LogRow {
  dropIcmpPorts(row);
  for (const [payload, ip] of [
    ['source.bytes', 'orig_ip_bytes'],
    ['destination.bytes', 'resp_ip_bytes'],
  ] as const) {
    const bytes = row.values[payload];
    const carried = row.values[ip];
    if (typeof bytes === 'number' && typeof carried === 'number' && bytes > MOST_PAYLOAD * carried)
      refuse(row, payload);
  }
  return row;
}

/** Zeek's own text form: every header says the order of the fields below it, also in the middle of joined files. */
export const zeek: LineFormat = {
  name: 'zeek',
  title: 'Zeek log (tab-separated)',
  shape: 'lines',
  bytesLayer: BYTES,
  leaks: LEAKS,
  recognise: ({ lines }) => {
    const fields = lines.find((line) => line.startsWith('#fields'));
    return fields !== undefined && lines[0]?.startsWith('#') && /[\t ,]ts[\t ,]/.test(`${fields} `)
      ? 'a line #fields names ts'
      : undefined;
  },
  reader(times, head) {
    let separator = '\t';
    let fill: ReturnType<typeof tableFiller> | undefined;
    let nFields = 0;
    let path = '';
    const mainPath = pathOf(head);
    return (line, sink) => {
      if (line.startsWith('#')) {
        const stated = /^#separator (\S{1,8})/.exec(line)?.[1];
        if (stated !== undefined) separator = unescaped(stated);
        const [word, ...rest] = line.split(separator);
        if (word === '#fields') {
          fill = tableFiller(FIELDS, rest, times);
          nFields = rest.length;
        }
        if (word === '#path') path = rest[0] ?? '';
        return;
      }
      const cells = line.split(separator);
      if (fill === undefined || cells.length !== nFields) return sink.skip('another number of fields');
      if (path !== mainPath && path !== '' && mainPath !== '') return sink.other();
      const row = newRow();
      fill(cells, row);
      sink.row(settle(row));
    };
  },
};

/** The log a file is about: connections where it has them, else what it begins with. */
function pathOf({ lines }: LogHead): string {
  const paths = lines
    .filter((line) => line.startsWith('#path'))
    // behind whatever separates
    .map((line) =>
      line
        .slice('#path'.length)
        .replace(/^[^\w]+/, '')
        .trim(),
    );
  return paths.includes('conn') ? 'conn' : (paths[0] ?? '');
}

function unescaped(separator: string): string {
  const hex = /^\\x([0-9a-fA-F]{2})$/.exec(separator)?.[1];
  return hex === undefined ? separator : String.fromCharCode(Number.parseInt(hex, 16));
}

export const zeekJson: JsonFormat = {
  name: 'zeek-json',
  title: 'Zeek log (JSON)',
  shape: 'json',
  bytesLayer: BYTES,
  leaks: LEAKS,
  recognise: ({ records }) =>
    // indexers nest what Zeek writes flat
    records.some(
      (record) => 'ts' in record && ('_path' in record || flatten(record)['id.orig_h'] !== undefined),
    )
      ? 'records have ts and id.orig_h'
      : undefined,
  reader(times, { records }) {
    const fill = recordFiller(FIELDS, times);
    const paths = records.flatMap(({ _path: path }) => (typeof path === 'string' ? [path] : []));
    const mainPath = paths.includes('conn') ? 'conn' : paths[0];
    const needs = records.some((record) => 'conn_state' in record) ? 'id.orig_h' : 'ts';
    return (record, sink) => {
      const { _path: path } = record;
      const flat = flatten(record);
      if (flat[needs] === undefined || (mainPath !== undefined && path !== undefined && path !== mainPath))
        return sink.other(record);
      const row = newRow();
      fill(flat, row);
      sink.row(settle(row));
    };
  },
};

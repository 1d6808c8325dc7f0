import {
  address,
  count,
  given,
  lower,
  milliseconds,
  port,
  type Raw,
  status,
  text,
  transport,
} from '../cells.ts';
import { field, putHost, tableFiller } from '../fields.ts';
import type { LineFormat } from '../log-format.ts';
import { type Cell, newRow, put, TIME } from '../log-row.ts';

/** Blanks are written as plus signs; a plus of the sender's own is written as %2b. */
const unplussed = (raw: Raw): Cell => text(given(raw)?.replaceAll('+', ' '));

const FIELDS = [
  field('destination.ip', ['s-ip', 'dst-ip'], address),
  field('destination.port', ['s-port', 'dst-port'], port),
  field('source.ip', 'src-ip', address),
  field('source.port', ['c-port', 'src-port'], port),
  field('http.request.method', 'cs-method', text),
  field('http.response.status_code', 'sc-status', status),
  field('user.name', 'cs-username', text),
  field('user_agent.original', 'cs(User-Agent)', unplussed),
  field('http.request.referrer', ['cs(Referer)', 'cs(Referrer)'], text),
  field('destination.bytes', 'sc-bytes', count),
  field('source.bytes', 'cs-bytes', count),
  field('host.name', ['s-computername', 'cs-host', 'cs(Host)'], text),
  field('event.action', 'action', lower),
  field('network.transport', 'protocol', transport),
  field('network.bytes', 'size', count),
];

/** W3C extended log: IIS, which counts `time-taken` in ms, the Windows firewall and CloudFront. Times are UTC by the format. */
export const w3cLog: LineFormat = {
  name: 'w3c',
  title: 'W3C extended log (IIS, Windows firewall)',
  shape: 'lines',
  bytesLayer: 'all with headers',
  recognise: ({ lines }) => (lines.some((line) => /^#Fields: /i.test(line)) ? 'a line #Fields:' : undefined),
  reader(times) {
    let names: readonly string[] = [];
    let fill: ReturnType<typeof tableFiller> | undefined;
    let zone: string | undefined = 'Z';
    let day: string | undefined;
    const taken = new Set(['date', 'time', 'c-ip', 'cs-uri-stem', 'cs-uri-query', 'cs-uri', 'time-taken']);
    return (line, sink) => {
      if (line.startsWith('#')) {
        if (/^#Fields: /i.test(line)) {
          names = line
            .slice('#Fields: '.length)
            .trim()
            .split(/[ \t]+/);
          fill = tableFiller(
            FIELDS,
            names.map((name) => (taken.has(name) ? '' : name)),
            times,
          );
        }
        if (/^#Time Format: Local/i.test(line)) zone = undefined;
        day = /^#Date: (\d{4}-\d{2}-\d{2})/i.exec(line)?.[1] ?? day;
        return;
      }
      const cells = line.includes('\t') ? line.split('\t') : line.trim().split(' ');
      if (fill === undefined || cells.length !== names.length) return sink.skip('another number of fields');
      const at = (name: string): string | undefined => given(cells[names.indexOf(name)]);
      const row = newRow();
      fill(cells, row);
      put(row, TIME, times.split(at('date') ?? day, at('time'), zone));
      const client = at('c-ip');
      if (client !== undefined) putHost(row, 'source', address(client), client);
      const stem = at('cs-uri-stem') ?? at('cs-uri');
      const query = at('cs-uri-query');
      put(row, 'url.original', text(stem !== undefined && query !== undefined ? `${stem}?${query}` : stem));
      // IIS writes ms without a point, CloudFront seconds with one
      const took = at('time-taken');
      const unit = took?.includes('.') ? 1000 : 1;
      const ms = milliseconds(took);
      put(row, 'duration_ms', typeof ms === 'number' ? Math.round(ms * unit * 1e6) / 1e6 : ms);
      sink.row(row);
    };
  },
};

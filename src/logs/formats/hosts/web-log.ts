import { address, count, given, status, text } from '../cells.ts';
import { putHost } from '../fields.ts';
import type { LineFormat } from '../log-format.ts';
import { type LogRow, newRow, put, TIME } from '../log-row.ts';

/** A request line longer than this is cut by every server. */
const MAX_LINE = 65_536;
const START =
  /^(?:[^\s:]{1,255}:\d{1,5} )?(\S{1,255}) (\S{1,255}) (.{1,255}?) \[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?: [+-]\d{4})?|\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:?\d{2})?)\] "/;

/** Method, address and protocol of a request line; what is no request leaves all open. */
export function putRequest(row: LogRow, request: string | undefined): void {
  if (request === undefined) return;
  const parts = request.split(' ');
  const [method = '', ...rest] = parts;
  if (rest.length === 0 || !/^[A-Za-z_-]{1,32}$/.test(method)) return;
  const hasProtocol = rest.length > 1 && /^HTTP\/\d/i.test(rest.at(-1) ?? '');
  put(row, 'http.request.method', method);
  put(row, 'url.original', text((hasProtocol ? rest.slice(0, -1) : rest).join(' ')));
}

/** End of a quoted text whose first character is at `from`: the next quote without a backslash before it. */
function quoteEnd(line: string, from: number): number {
  let at = from;
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at;
}

export const webLog: LineFormat = {
  name: 'web-log',
  title: 'nginx or Apache access log, common or combined',
  shape: 'lines',
  bytesLayer: 'body (nginx, %b), all with headers (%O)',
  recognise: ({ lines }) =>
    lines.some((line) => START.test(line.slice(0, 1_200)))
      ? 'lines with [day/month/year:time zone] "request"'
      : undefined,
  reader: (times) => (line, sink) => {
    const start = START.exec(line.slice(0, 1_200));
    if (start === null || line.length > MAX_LINE) return sink.skip('no access line');
    const requestEnd = quoteEnd(line, start[0].length);
    const counts = /^" (\d{3}|-) (\d{1,20}|-)(?: |$)/.exec(line.slice(requestEnd, requestEnd + 40));
    if (counts === null) return sink.skip('no status and bytes after the request');
    const row = newRow();
    const [, client, , user, at] = start;
    put(row, TIME, times.any(at));
    putHost(row, 'source', address(client), given(client));
    put(row, 'user.name', given(user === '""' ? '' : user));
    putRequest(row, line.slice(start[0].length, requestEnd));
    put(row, 'http.response.status_code', status(counts[1]));
    put(row, 'destination.bytes', count(counts[2]));
    let from = requestEnd + counts[0].length;
    const quoted: string[] = [];
    while (line[from] === '"' && quoted.length < 2) {
      const end = quoteEnd(line, from + 1);
      quoted.push(line.slice(from + 1, end));
      from = end + 2;
    }
    if (quoted.length === 2) {
      put(row, 'http.request.referrer', text(quoted[0]));
      put(row, 'user_agent.original', text(quoted[1]));
    }
    sink.row(row);
  },
};

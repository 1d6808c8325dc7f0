import { address, count, given, milliseconds, port, status, text } from '../cells.ts';
import { putHost } from '../fields.ts';
import type { LineFormat } from '../log-format.ts';
import { newRow, put, TIME } from '../log-row.ts';
import { putRequest } from './web-log.ts';

const SQUID =
  /^ *(\d{9,11}\.\d{3}) +(-?\d{1,12}) (\S{1,255}) ([A-Z_]{2,40})\/(\d{3}|-) (\d{1,20}|-) (\S{1,32}) (\S{1,65000}) (\S{1,255}) ([A-Z_]{2,60})\/(\S{1,255})(?: (.{0,255}))?$/;

/** Squid's native form: the time is the END of a request, its second number the ms that it took. */
export const squid: LineFormat = {
  name: 'squid',
  title: 'squid access log',
  shape: 'lines',
  timeIs: 'end',
  bytesLayer: 'all with headers',
  recognise: ({ lines }) =>
    lines.some((line) =>
      /^ *\d{9,11}\.\d{3} +-?\d{1,12} \S{1,255} [A-Z_]{2,40}\/(\d{3}|-) /.test(line.slice(0, 400)),
    )
      ? 'lines with seconds, ms, client and CODE/status'
      : undefined,
  reader: (times) => (line, sink) => {
    const match = SQUID.exec(line.length > 70_000 ? '' : line);
    if (match === null) return sink.skip('no access line');
    const [, at, took, client, code, answer, bytes, method, url, user, way, peer, type] = match;
    const row = newRow();
    put(row, TIME, times.epoch(at));
    put(row, 'duration_ms', milliseconds(took));
    putHost(row, 'source', address(client), given(client));
    put(row, 'event.action', code);
    put(row, 'http.response.status_code', status(answer));
    put(row, 'destination.bytes', count(bytes));
    // a connection that broke before it asked has none
    put(row, 'http.request.method', method === 'NONE' ? undefined : given(method));
    put(row, 'url.original', text(url));
    put(row, 'user.name', given(user));
    if (given(peer) !== undefined) putHost(row, 'destination', address(peer), peer);
    put(row, 'squid.hierarchy', given(way));
    put(row, 'http.response.mime_type', given(type));
    sink.row(row);
  },
};

const ACCEPTED = /\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}\.\d{3})\] (\S{1,255}) (\S{1,255}) /;

interface Accepted {
  readonly client: string;
  readonly clientPort: string;
  readonly at: string;
  readonly frontend: string;
  readonly backend: string;
  readonly rest: string;
}

/** What every line of a connection begins with, behind what the system's log puts before it. */
function acceptedOf(line: string): Accepted | undefined {
  const match = ACCEPTED.exec(line.slice(0, 1_500));
  if (match === null) return undefined;
  const word = line.slice(0, match.index).trimEnd().split(' ').at(-1) ?? '';
  const colon = word.lastIndexOf(':');
  if (colon <= 0) return undefined;
  const [whole, at = '', frontend = '', backend = ''] = match;
  return {
    client: word.slice(0, colon),
    clientPort: word.slice(colon + 1),
    at,
    frontend,
    backend,
    rest: line.slice(match.index + whole.length),
  };
}

const HTTP =
  /^([\d+/-]{5,80}) ([+-]?\d{1,3}) (\+?\d{1,20}) (\S{1,255}) (\S{1,255}) (\S{4}) ([\d+/]{5,60}) (\d{1,9}\/\d{1,9}) (?:\{.{0,4000}\} )?"(.{0,60000})"?$/;
const TCP = /^([\d+/-]{3,60}) (\+?\d{1,20}) (\S{2}) ([\d+/]{5,60}) (\d{1,9}\/\d{1,9})/;

/** A timer of -1 is a phase that was never reached. */
const timer = (raw: string | undefined): number | undefined => {
  const value = Number(raw?.replace('+', ''));
  return Number.isFinite(value) && value >= 0 ? value : undefined;
};

export const haproxy: LineFormat = {
  name: 'haproxy',
  title: 'HAProxy log, HTTP or TCP',
  shape: 'lines',
  bytesLayer: 'all with headers',
  recognise: ({ lines }) =>
    lines.some((line) => {
      const accepted = acceptedOf(line);
      return accepted !== undefined && /^[\d+/-]{3,80} /.test(accepted.rest);
    })
      ? 'lines with client:port [time.ms] frontend backend/server'
      : undefined,
  reader: (times) => (line, sink) => {
    const accepted = acceptedOf(line);
    if (accepted === undefined) {
      sink.other();
      return;
    }
    const { client, clientPort, at, frontend, backend, rest } = accepted;
    const http = rest.length > 70_000 ? null : HTTP.exec(rest);
    const tcp = http === null ? TCP.exec(rest.slice(0, 400)) : null;
    if (http === null && tcp === null) return sink.skip('no counts after the backend');
    const row = newRow();
    put(row, TIME, times.bracketed(at));
    putHost(row, 'source', address(client), client);
    put(row, 'source.port', port(clientPort));
    row.values['haproxy.frontend'] = frontend.replace(/~$/, '');
    row.values['haproxy.backend'] = backend;
    const timers = (http ?? tcp)?.[1]?.split('/') ?? [];
    put(row, 'duration_ms', timer(timers.at(-1)));
    if (http !== null) {
      put(row, 'http.response.status_code', status(http[2]));
      put(row, 'destination.bytes', count(http[3]?.replace('+', '')));
      row.values['connection.state'] = http[6] as string;
      const request = http[9]?.replace(/"$/, '');
      putRequest(row, request === '<BADREQ>' ? undefined : request);
    } else if (tcp !== null) {
      put(row, 'destination.bytes', count(tcp[2]?.replace('+', '')));
      row.values['connection.state'] = tcp[3] as string;
    }
    sink.row(row);
  },
};

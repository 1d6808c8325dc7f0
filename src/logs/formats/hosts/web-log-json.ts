import {
  address,
  count,
  given,
  milliseconds,
  nanoseconds,
  type Raw,
  seconds,
  status,
  text,
} from '../cells.ts';
import { field, flatten, putHost, recordFiller } from '../fields.ts';
import type { JsonFormat } from '../log-format.ts';
import { newRow, put, TIME } from '../log-row.ts';
import type { LogTimes } from '../log-times.ts';
import { putRequest } from './web-log.ts';

const CLIENT = [
  'remote_addr',
  'client_ip',
  'clientip',
  'client',
  'remote_ip',
  'remoteip',
  'ip',
  'addr',
  'host_ip',
  'request.client_ip',
  'request.remote_ip',
  'ClientHost',
];
const REQUEST = ['request', 'request_line', 'r'];
const STATUS = ['status', 'status_code', 'response', 'code', 'DownstreamStatus'];
const ASKED = ['request_uri', 'uri', 'url', 'request_method', 'request.uri', 'RequestPath'];

/** Names that `log_format ... escape=json` and its kin are given. */
const FIELDS = [
  field(
    TIME,
    [
      'StartUTC',
      'time_iso8601',
      'time_local',
      '@timestamp',
      'timestamp',
      'time',
      'ts',
      'msec',
      'start_time',
      'request_time_local',
      'date',
      't',
    ],
    (raw: Raw, times: LogTimes) => times.any(raw),
  ),
  field('source.port', ['remote_port', 'client_port', 'request.remote_port', 'ClientPort'], count),
  field(
    'http.request.method',
    ['request_method', 'method', 'verb', 'requestMethod', 'request.method', 'RequestMethod'],
    text,
  ),
  field(
    'url.original',
    ['request_uri', 'uri', 'url', 'path', 'requestUrl', 'request.uri', 'RequestPath'],
    text,
  ),
  field('http.response.status_code', STATUS, status),
  field(
    'destination.bytes',
    ['body_bytes_sent', 'bytes_sent', 'bytes', 'size', 'response_size', 'b', 'DownstreamContentSize'],
    count,
  ),
  field('source.bytes', ['request_length', 'bytes_received', 'bytes_read', 'RequestContentSize'], count),
  field(
    'user_agent.original',
    [
      'http_user_agent',
      'user_agent',
      'agent',
      'ua',
      'userAgent',
      'http_useragent',
      'request.headers.User-Agent',
      'request_User-Agent',
    ],
    text,
  ),
  field('user.name', ['remote_user', 'user', 'user_id', 'ClientUsername'], text),
  field('duration_ms', 'request_time', seconds),
  // of Traefik
  field('duration_ms', 'Duration', nanoseconds),
  field('duration_ms', ['duration_ms', 'elapsed_ms'], milliseconds),
  field('host.name', ['host', 'server_name', 'vhost', 'http_host', 'request.host', 'RequestHost'], text),
];
export const webLogJson: JsonFormat = {
  name: 'web-log-json',
  title: 'web access log (JSON lines)',
  shape: 'json',
  recognise: ({ records }) =>
    records.some((record) => {
      const flat = flatten(record);
      return [CLIENT, STATUS, [...REQUEST, ...ASKED]].every((names) =>
        names.some((name) => flat[name] !== undefined),
      );
    })
      ? 'records have a client, a request and a status'
      : undefined,
  reader(times) {
    const fill = recordFiller(FIELDS, times, { drop: [...CLIENT, ...REQUEST] });
    return (record, sink) => {
      const flat = flatten(record);
      const client = CLIENT.map((name) => given(flat[name])).find((value) => value !== undefined);
      if (client === undefined && flat['status'] === undefined) return sink.other(record);
      const row = newRow();
      fill(flat, row);
      putHost(row, 'source', address(client), client);
      if (flat['request.uri'] !== undefined) {
        // of Caddy, in seconds
        put(row, 'duration_ms', seconds(flat['duration']));
        delete row.values['duration'];
      }
      if (row.values['http.request.method'] === undefined) {
        const request = REQUEST.map((name) => given(flat[name])).find((value) => value !== undefined);
        putRequest(row, request);
      }
      sink.row(row);
    };
  },
};

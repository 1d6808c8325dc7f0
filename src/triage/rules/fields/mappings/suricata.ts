import {
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  objectsOf,
  textOf,
} from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';

/** Suricata EVE: http and dns of the alert's flow, printable payload as a line. */
export const suricata: Mapping = {
  name: 'suricata',
  title: 'Suricata EVE: `http`, `dns`, `tls`, `fileinfo`, `payload_printable`',

  recognise: (payload) => isObject(payload['alert']) && 'signature' in (payload['alert'] as JsonObject),

  read: readSuricata,
};

/** Reads one EVE record, wherever it stands. */
export function readSuricata(eve: JsonObject, into: Observations): void {
  const http = objectOf(eve['http']);
  if (http !== undefined) {
    const host = textOf(http['hostname']);
    const url = textOf(http['url']);
    into.web({
      'c-uri': host === undefined || url === undefined || url.includes('://') ? url : host + url,
      'cs-host': host,
      'cs-uri-query': url,
      'cs-uri-stem': url?.split('?', 1)[0],
      'cs-method': textOf(http['http_method']),
      'c-useragent': textOf(http['http_user_agent']),
      'cs-user-agent': textOf(http['http_user_agent']),
      'cs-referrer': textOf(http['http_refer']),
      'sc-status': textOf(http['status']),
      'r-dns': host,
    });
  }
  const dns = objectOf(eve['dns']);
  into.dns(dns?.['rrname']);
  for (const query of objectsOf(dns?.['query'] ?? dns?.['queries'])) into.dns(query['rrname']);
  into.record('firewall', '-', 'suricata', {
    src_ip: textOf(eve['src_ip']),
    dst_ip: textOf(eve['dest_ip']),
    src_port: textOf(eve['src_port']),
    dst_port: textOf(eve['dest_port']),
    protocol: textOf(eve['proto']),
    app: textOf(eve['app_proto']),
  });
  for (const file of [objectOf(eve['fileinfo']), ...objectsOf(eve['files'])]) into.file(file?.['filename']);
  into.line(listOf(eve['payload_printable']));
  into.word(objectOf(eve['alert'])?.['category']);
}

import type { AlertDraft } from '../../draft/alert-draft.ts';
import { readTextEntities } from '../../evidence/text-entities.ts';
import {
  at,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { severityOfPriority } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

/** A record of Suricata's EVE log: alerts, and the other event types that share the stream. */
export const suricataEve: Dialect = {
  name: 'suricata_eve',
  title: 'Suricata EVE alert',
  reads: {
    recognisedBy: '`event_type` with `flow_id` or `src_ip`',
    id: '`flow_id` + signature + time',
    time: '`timestamp`',
    severity: '`alert.severity`, 1 is the highest',
    tactics: '`alert.metadata.mitre_*`',
    entities: 'addresses, `http`, `tls`, `dns`, `fileinfo`, `smtp`',
  },
  verdictFields: [],

  recognise(payload) {
    const type = payload['event_type'];
    // The types are an open set; what every record has is when and where it was seen.
    if (typeof type === 'string' && ('timestamp' in payload || '@timestamp' in payload))
      return (
        'flow_id' in payload ||
        ('src_ip' in payload && ('dest_ip' in payload || 'proto' in payload)) ||
        type in payload
      );
    const alert = objectOf(payload['alert']);
    return alert !== undefined && 'signature_id' in alert && 'signature' in alert && 'src_ip' in payload;
  },

  toAlert(payload, draft) {
    const alert = objectOf(payload['alert']) ?? {};
    const type = textOf(payload['event_type']) ?? 'alert';
    draft.text('title', payload, 'alert.signature', 'stamus.threat_name', 'anomaly.event');
    draft.set('title', `Suricata ${type}`, 'event_type');
    draft.text('rule_id', payload, 'alert.signature_id');
    draft.text('rule_name', payload, 'alert.signature');
    draft.text('category', payload, 'alert.category', 'anomaly.type', 'event_type');
    draft.text('tenant', payload, 'tenant_id');
    draft.constant('source', isSagan(payload) ? 'sagan' : 'suricata');
    draft.constant('vendor', isSagan(payload) ? 'Quadrant' : 'OISF');
    draft.time('occurred_at', payload, 'timestamp', '@timestamp', 'flow.start');
    readId(payload, draft);
    const priority = numberOf(alert['severity']);
    if (priority !== undefined) draft.setSeverity(severityOfPriority(priority), 'alert.severity');
    else if (!('alert' in payload || 'stamus' in payload)) draft.setSeverity('informational', 'event_type');
    const metadata = objectOf(alert['metadata']) ?? {};
    draft.severity(metadata['signature_severity'], 'alert.metadata.signature_severity');
    for (const name of ['mitre_tactic_id', 'mitre_technique_id', 'mitre_tactic_name'])
      draft.attack(metadata[name], `alert.metadata.${name}`);
    readEnds(payload, alert, draft);
    readProtocols(payload, draft);
    readTelemetry(payload, draft);
  },
};

// EVE has no id of its own: a flow can raise several signatures, and one signature several times.
function readId(payload: JsonObject, draft: AlertDraft): void {
  const flow = textOf(payload['flow_id']);
  const time = textAt(payload, 'timestamp', '@timestamp');
  if (flow === undefined || time === undefined) return;
  const signature = textAt(payload, 'alert.signature_id', 'anomaly.event', 'event_type') ?? '';
  const transaction = textOf(payload['tx_id']);
  const id = `${flow}.${signature}.${time}${transaction === undefined ? '' : `.${transaction}`}`;
  draft.set('id', id, 'flow_id, alert.signature_id, timestamp');
}

// Sagan writes this form too, from log lines: it names no interface, and gives its own default host where the line has no
// second address.
function isSagan(payload: JsonObject): boolean {
  return payload['in_iface'] === 'logs' || 'normalize' in payload;
}

function readEnds(payload: JsonObject, alert: JsonObject, draft: AlertDraft): void {
  // Rules with the keyword `target` say which end is attacked; for the others the direction is not known.
  draft.entity('ip', objectOf(alert['source'])?.['ip'], 'alert.source.ip', 'attacker');
  draft.entity('ip', objectOf(alert['target'])?.['ip'], 'alert.target.ip', 'victim');
  draft.entity('ip', payload['src_ip'], 'src_ip');
  const sagan = isSagan(payload);
  const line = sagan ? logLine(payload) : undefined;
  const destination = textOf(payload['dest_ip']);
  if (!sagan || destination === undefined || line?.includes(destination))
    draft.entity('ip', destination, 'dest_ip');
  for (const [holder, path] of [
    [alert, 'alert.xff'],
    [objectOf(payload['http']), 'http.xff'],
    [payload, 'xff'],
  ] as const)
    draft.entity('ip', holder?.['xff'], path);
  const tunnel = objectOf(payload['tunnel']);
  for (const name of ['src_ip', 'dest_ip']) draft.entity('ip', tunnel?.[name], `tunnel.${name}`);
  if (line !== undefined) readTextEntities([{ text: line, path: 'payload' }], draft);
}

function logLine(payload: JsonObject): string | undefined {
  const text = payload['payload'];
  return typeof text === 'string' && text.length < 16_384
    ? Buffer.from(text, 'base64').toString('utf8')
    : undefined;
}

function readProtocols(payload: JsonObject, draft: AlertDraft): void {
  const http = objectOf(payload['http']);
  if (http) {
    const host = textOf(http['hostname']);
    const url = textOf(http['url']);
    draft.entity('domain', host, 'http.hostname');
    if (url !== undefined) {
      const full = url.startsWith('/') && host !== undefined ? `http://${host}${url}` : url;
      draft.entity('url', full, 'http.url');
    }
  }
  draft.entity('domain', objectOf(payload['tls'])?.['sni'], 'tls.sni');
  const dns = objectOf(payload['dns']);
  if (dns) {
    draft.entity('domain', dns['rrname'], 'dns.rrname');
    for (const list of ['query', 'queries', 'answers'])
      for (const record of objectsOf(dns[list])) {
        draft.entity('domain', record['rrname'], `dns.${list}.rrname`);
        if (record['rrtype'] === 'A' || record['rrtype'] === 'AAAA')
          draft.entity('ip', record['rdata'], `dns.${list}.rdata`);
      }
  }
  for (const name of ['llmnr', 'mdns']) {
    const names = objectOf(payload[name]);
    draft.entity('domain', names?.['rrname'], `${name}.rrname`);
    for (const list of ['queries', 'answers', 'query'])
      for (const record of objectsOf(names?.[list]))
        draft.entity('domain', record['rrname'], `${name}.${list}.rrname`);
  }
  for (const name of ['quic', 'ssl']) draft.entity('domain', objectOf(payload[name])?.['sni'], `${name}.sni`);
  draft.entity('file', objectOf(payload['smb'])?.['filename'], 'smb.filename');
  draft.entity('file', objectOf(payload['nfs'])?.['filename'], 'nfs.filename');
  for (const name of ['tftp', 'ftp_data'])
    draft.entity(
      'file',
      objectOf(payload[name])?.['file'] ?? objectOf(payload[name])?.['filename'],
      `${name}.file`,
    );
  draft.entity('other', objectOf(payload['sip'])?.['uri'], 'sip.uri');
  for (const bind of [at(payload, 'ldap.request.bind_request'), at(payload, 'ldap.bind_request')])
    draft.entity('user', objectOf(bind)?.['name'], 'ldap.request.bind_request.name');
  const pop3 = objectOf(at(payload, 'pop3.request'));
  if (pop3?.['command'] === 'USER') draft.entity('user', pop3['args'], 'pop3.request.args');
  for (const name of ['snmp', 'rdp'])
    draft.entity('user', objectOf(payload[name])?.['usm'] ?? objectOf(payload[name])?.['cookie'], `${name}`);
  for (const file of [...objectsOf(payload['fileinfo']), ...objectsOf(payload['files'])]) {
    draft.entity('file', file['filename'], 'fileinfo.filename');
    for (const hash of ['sha256', 'sha1', 'md5']) draft.entity('hash', file[hash], `fileinfo.${hash}`);
  }
  const smtp = objectOf(payload['smtp']);
  draft.entity('email', smtp?.['mail_from'], 'smtp.mail_from');
  draft.entity('email', smtp?.['rcpt_to'], 'smtp.rcpt_to');
  const email = objectOf(payload['email']);
  draft.entity('url', email?.['url'], 'email.url');
  draft.entity('email', email?.['from'], 'email.from');
  draft.entity('email', email?.['to'], 'email.to');
  draft.entity('user', objectOf(payload['krb5'])?.['cname'], 'krb5.cname');
}

function readTelemetry(payload: JsonObject, draft: AlertDraft): void {
  const flow = objectOf(payload['flow']);
  if (flow) {
    draft.measure('bytes_sent', flow['bytes_toserver'], 'flow.bytes_toserver');
    draft.measure('bytes_recv', flow['bytes_toclient'], 'flow.bytes_toclient');
    draft.measure('packets_sent', flow['pkts_toserver'], 'flow.pkts_toserver');
    draft.measure('packets_recv', flow['pkts_toclient'], 'flow.pkts_toclient');
    const ageSeconds = numberOf(flow['age']);
    if (ageSeconds !== undefined) draft.measure('duration_ms', ageSeconds * 1000, 'flow.age');
  }
  const http = objectOf(payload['http']);
  draft.measure('status_code', http?.['status'], 'http.status');
  draft.measure('payload_size', http?.['length'], 'http.length');
}

import { type JsonObject, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Names of one field over the forms: JSON of the logging service, of a syslog template, of the CSV line.
const FIELDS = {
  threat: ['ThreatName', 'threat_name', 'threat_id', 'ThreatID', 'threatid', 'VendorThreatName'],
  subtype: ['Subtype', 'LogSubtype', 'subtype', 'log_subtype', 'threat_content_type'],
  severity: ['VendorSeverity', 'Severity', 'severity', 'vendor_severity'],
  time: ['TimeGenerated', 'time_generated', 'generated_time', 'TimeReceived', 'receive_time', 'EventTime'],
  source: ['SourceAddress', 'source_address', 'src', 'source_ip', 'SourceIP'],
  destination: ['DestinationAddress', 'destination_address', 'dst', 'dest_ip', 'DestinationIP'],
  user: ['SourceUser', 'source_user', 'srcuser', 'SourceUserName'],
  target: ['DestinationUser', 'destination_user', 'dstuser'],
  category: ['ThreatCategory', 'threat_category', 'thr_category', 'Category'],
  session: ['SessionID', 'session_id', 'sessionid'],
  sequence: ['SequenceNo', 'sequence_number', 'seqno'],
  serial: ['DeviceSN', 'serial_number', 'serial', 'log_source_id'],
  file: ['FileName', 'file_name', 'misc', 'URL', 'url_filename'],
  digest: ['FileSHA256', 'file_digest', 'filedigest', 'FileHash'],
  ports: ['SourcePort', 'source_port', 'sport', 'DestinationPort', 'destination_port', 'dport'],
} as const;

/**
 * A threat log of a Palo Alto Networks firewall: JSON of the logging service or of a syslog profile, and the CSV line.
 *
 * @see https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions/threat-log-fields
 */
export const panThreat: Dialect = {
  name: 'pan_threat',
  title: 'Palo Alto Networks threat log (JSON, CSV syslog)',
  reads: {
    recognisedBy: 'type THREAT (PAN-OS threat log fields)',
    id: 'sequence number on its firewall',
    time: 'generated time',
    severity: 'severity',
    tactics: '-',
    entities: 'addresses, users, file or url, hash',
  },
  verdictFields: [],

  recognise(payload) {
    const type = payload['LogType'] ?? payload['log_type'] ?? payload['type'];
    if (typeof type !== 'string' || type.toUpperCase() !== 'THREAT') return false;
    return has(payload, FIELDS.threat) && has(payload, FIELDS.source);
  },

  toAlert(payload, draft) {
    const [sequence, sequencePath] = first(payload, FIELDS.sequence);
    // The number counts within one firewall.
    if (sequence !== undefined && draft.set('id', sequence, sequencePath))
      draft.set('id_scope', ...first(payload, FIELDS.serial));
    const [threat, threatPath] = first(payload, FIELDS.threat);
    // "Name(1234)": the number is the signature's.
    const { name, number } = signatureOf(textOf(threat) ?? '');
    draft.set('title', name || threat, threatPath);
    draft.set('rule_id', number, threatPath);
    draft.set('rule_name', name || threat, threatPath);
    draft.set('category', ...first(payload, FIELDS.category));
    draft.set('category', ...first(payload, FIELDS.subtype));
    draft.constant('source', 'palo_alto_ngfw');
    draft.constant('vendor', 'Palo Alto Networks');
    draft.severity(...first(payload, FIELDS.severity));
    draft.setTime('occurred_at', ...first(payload, FIELDS.time));
    draft.entity('ip', ...first(payload, FIELDS.source));
    draft.entity('ip', ...first(payload, FIELDS.destination));
    draft.entity('user', ...first(payload, FIELDS.user));
    draft.entity('user', ...first(payload, FIELDS.target));
    const [file, filePath] = first(payload, FIELDS.file);
    if (typeof file === 'string')
      draft.entity(
        /^[\w.-]+\.[a-z]{2,}\//i.test(file) ? 'url' : 'file',
        file.replace(/^"|"$/g, ''),
        filePath,
      );
    draft.entity('hash', ...first(payload, FIELDS.digest));
    draft.distinct(first(payload, FIELDS.session)[0]);
    for (const name of FIELDS.ports) draft.distinct(payload[name]);
  },
};

function signatureOf(threat: string): { readonly name: string; readonly number?: string } {
  const bracket = threat.lastIndexOf('(');
  const number = threat.endsWith(')') ? threat.slice(bracket + 1, -1) : '';
  return bracket >= 0 && /^\d+$/.test(number)
    ? { name: threat.slice(0, bracket).trim(), number }
    : { name: threat };
}

function has(payload: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => name in payload);
}

function first(payload: JsonObject, names: readonly string[]): [unknown, string] {
  for (const name of names) if (textOf(payload[name]) !== undefined) return [payload[name], name];
  return [undefined, names[0] as string];
}

import type { AlertDraft } from '../../draft/alert-draft.ts';
import { readEvidenceTree } from '../../evidence/evidence-tree.ts';
import { readPartEntities } from '../../evidence/part-entities.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { WAZUH_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { readDefenderEvidence } from '../microsoft/defender-evidence.ts';
import { isWorkflowName } from '../workflow-names.ts';

/** An alert of Wazuh 3 and 4 (`alerts.json`, index wazuh-alerts-*), from any decoder. */
export const wazuhAlert: Dialect = {
  name: 'wazuh_alert',
  title: 'Wazuh 4 alert (alerts.json)',
  reads: {
    recognisedBy: '`rule.level` with `agent` or `manager`',
    id: '`id`',
    time: '`timestamp`',
    severity: '`rule.level` 0-16',
    tactics: '`rule.mitre`',
    entities: '`agent`, `data`, `data.win`, `syscheck`',
  },
  verdictFields: [
    'rule.firedtimes',
    'rule.mail',
    'data.ms-graph.status',
    'data.ms-graph.classification',
    'data.ms-graph.determination',
    'data.ms-graph.investigationState',
  ],

  recognise(payload) {
    const rule = objectOf(payload['rule']);
    if (rule === undefined || !('agent' in payload || 'manager' in payload)) return false;
    return (
      ('level' in rule && ('decoder' in payload || 'location' in payload || 'groups' in rule)) ||
      ('decoder' in payload && 'manager' in payload)
    );
  },

  toAlert(payload, draft) {
    const data = objectOf(payload['data']) ?? {};
    draft.text('id', payload, 'id', '_id');
    draft.text('title', payload, 'rule.description');
    draft.text('rule_id', payload, 'rule.id');
    draft.text('rule_name', payload, 'rule.description');
    const ruleId = draft.get('rule_id');
    if (draft.get('title') === undefined && ruleId !== undefined)
      draft.set('title', `Wazuh rule ${ruleId}`, 'rule.id');
    draft.text('tenant', payload, 'cluster.name', 'manager.name');
    draft.constant('source', 'wazuh');
    draft.constant('vendor', 'Wazuh');
    const rule = objectOf(payload['rule']) ?? {};
    draft.severity(rule['level'], 'rule.level', WAZUH_SCALE);
    draft.time('occurred_at', payload, 'timestamp', '@timestamp');
    const groups = listOf(rule['groups']).filter((group) => typeof group === 'string');
    draft.set('category', groups.join(',').slice(0, 512), 'rule.groups');
    const mitre = objectOf(rule['mitre']);
    draft.attack(mitre?.['tactic'] ?? mitre?.['tactics'], 'rule.mitre.tactic');
    draft.attack(mitre?.['id'] ?? mitre?.['technique_ids'], 'rule.mitre.id');
    draft.entity('host', objectOf(payload['agent'])?.['name'], 'agent.name', 'impacted');
    draft.entity('ip', objectOf(payload['agent'])?.['ip'], 'agent.ip', 'impacted');
    draft.entity('host', objectOf(payload['predecoder'])?.['hostname'], 'predecoder.hostname');
    readDecoded(data, draft);
    readForeign(data, draft);
    readWindows(objectOf(data['win']), draft);
    readSyscheck(objectOf(payload['syscheck']), draft);
    readTelemetry(data, draft);
  },
};

const DECODED = [
  [
    'ip',
    ['srcip', 'src_ip', 'dstip', 'dest_ip', 'srcip2', 'ip', 'ClientIP', 'sourceIPAddress', 'actorIpAddress'],
  ],
  ['user', ['srcuser', 'dstuser', 'user', 'username', 'UserId', 'actor', 'uid_name']],
  ['host', ['hostname', 'system_name', 'dhost', 'computer']],
  ['url', ['url', 'redirect_url']],
  ['file', ['file', 'path', 'filename']],
  ['process', ['command', 'process', 'exe']],
  ['hash', ['md5', 'sha1', 'sha256']],
] as const;

function readDecoded(data: JsonObject, draft: AlertDraft): void {
  for (const [kind, names] of DECODED) {
    for (const name of names) draft.entity(kind, data[name], `data.${name}`);
  }
  for (const part of [
    'aws',
    'office365',
    'gcp',
    'github',
    'virustotal',
    'audit',
    'sca',
    'docker',
    'ms-graph',
  ]) {
    const nested = objectOf(data[part]);
    if (nested === undefined) continue;
    for (const [kind, names] of DECODED)
      for (const name of names) draft.entity(kind, nested[name], `data.${part}.${name}`);
    const source = objectOf(nested['source']);
    if (source)
      for (const name of ['md5', 'sha1', 'sha256']) draft.entity('hash', source[name], `data.${part}.source`);
    draft.entity('file', source?.['file'], `data.${part}.source.file`);
    for (const evidence of objectsOf(nested['evidence']))
      readDefenderEvidence(evidence, `data.${part}.evidence`, draft);
    const identity = objectOf(nested['userIdentity']);
    draft.entity('user', identity?.['userName'] ?? identity?.['arn'], `data.${part}.userIdentity`);
    draft.entity('ip', nested['source_ip_address'], `data.${part}.source_ip_address`);
  }
  // Suricata's own record, decoded as JSON.
  const http = objectOf(data['http']);
  draft.entity('domain', http?.['hostname'], 'data.http.hostname');
  draft.entity('domain', objectOf(data['tls'])?.['sni'], 'data.tls.sni');
  draft.entity('domain', objectOf(data['dns'])?.['rrname'], 'data.dns.rrname');
}

/** Records of other products that Wazuh carries whole: GuardDuty, GitHub, Google Cloud, active response, vulnerabilities. */
function readForeign(data: JsonObject, draft: AlertDraft): void {
  const aws = objectOf(data['aws']);
  for (const name of ['service', 'resource', 'resources', 'requestParameters'])
    if (aws?.[name] !== undefined) readEvidenceTree(aws[name], `data.aws.${name}`, draft);
  const gcp = objectOf(data['gcp']);
  const call = objectOf(gcp?.['protoPayload']);
  for (const name of ['authenticationInfo', 'requestMetadata'])
    readEvidenceTree(call?.[name], `data.gcp.protoPayload.${name}`, draft);
  readEvidenceTree(objectOf(gcp?.['jsonPayload']), 'data.gcp.jsonPayload', draft);
  const parameters = objectOf(data['parameters']);
  const alert = objectOf(objectOf(parameters?.['alert'])?.['data']);
  draft.entity('ip', alert?.['srcip'], 'data.parameters.alert.data.srcip', 'attacker');
  draft.entity('user', alert?.['dstuser'], 'data.parameters.alert.data.dstuser');
  readOtherRecords(data, draft);
  const vulnerability = objectOf(data['vulnerability']);
  draft.entity('other', vulnerability?.['cve'], 'data.vulnerability.cve');
}

const READ_HERE =
  /^(win|aws|gcp|parameters|vulnerability|sca|syscheck|ms-graph|office365|github|virustotal|audit|docker|alert|flow|http|tls|dns|metadata|vars|extra_data)$/;
const MAX_RECORDS = 20;

/** What any other product found, which Wazuh carries under the product's name: `data.osquery`, `data.YARA`. */
function readOtherRecords(data: JsonObject, draft: AlertDraft): void {
  let nRecords = 0;
  for (const key in data) {
    const record = data[key];
    if (!isObject(record) || READ_HERE.test(key) || isWorkflowName(key)) continue;
    if (++nRecords > MAX_RECORDS) return;
    readPartEntities(record, `data.${key}`, draft);
  }
}

const WINDOWS = [
  ['ip', ['ipAddress', 'sourceIp', 'destinationIp', 'clientAddress', 'sourceAddress', 'destAddress']],
  ['host', ['workstationName', 'destinationHostname', 'sourceHostname']],
  ['domain', ['queryName']],
  ['process', ['commandLine', 'image', 'newProcessName', 'processName', 'parentCommandLine', 'sourceImage']],
  ['file', ['targetFilename', 'imageLoaded', 'objectName', 'path', 'serviceFileName']],
  ['registry', ['targetObject']],
] as const;

function readWindows(win: JsonObject | undefined, draft: AlertDraft): void {
  if (win === undefined) return;
  draft.entity('host', objectOf(win['system'])?.['computer'], 'data.win.system.computer', 'impacted');
  const event = objectOf(win['eventdata']);
  if (event === undefined) return;
  for (const [kind, names] of WINDOWS) {
    for (const name of names)
      draft.entity(kind, singleBackslashes(textOf(event[name])), `data.win.eventdata.${name}`);
  }
  for (const name of ['targetUserName', 'subjectUserName', 'accountName']) {
    // Other decoders name the same account without its domain.
    draft.entity('user', event[name], `data.win.eventdata.${name}`);
  }
  draft.entity('user', singleBackslashes(textOf(event['user'])), 'data.win.eventdata.user');
  for (const name of ['hashes', 'hash']) {
    const hashes = textOf(event[name]);
    if (hashes !== undefined)
      draft.entity('hash', hashes.slice(0, 1024).split(','), `data.win.eventdata.${name}`);
  }
  draft.attack(event['ruleName'], 'data.win.eventdata.ruleName');
}

// The Windows event channel escapes each backslash once more than JSON does.
function singleBackslashes(text: string | undefined): string | undefined {
  return text?.includes('\\\\') ? text.replaceAll('\\\\', '\\') : text;
}

function readSyscheck(check: JsonObject | undefined, draft: AlertDraft): void {
  if (check === undefined) return;
  draft.entity('file', check['path'], 'syscheck.path', 'impacted');
  for (const name of ['sha256_after', 'sha1_after', 'md5_after'])
    draft.entity('hash', check[name], `syscheck.${name}`, 'impacted');
  draft.entity('user', check['uname_after'], 'syscheck.uname_after');
}

function readTelemetry(data: JsonObject, draft: AlertDraft): void {
  const flow = objectOf(data['flow']);
  draft.measure('bytes_sent', flow?.['bytes_toserver'], 'data.flow.bytes_toserver');
  draft.measure('bytes_recv', flow?.['bytes_toclient'], 'data.flow.bytes_toclient');
  draft.measure('packets_sent', flow?.['pkts_toserver'], 'data.flow.pkts_toserver');
  draft.measure('packets_recv', flow?.['pkts_toclient'], 'data.flow.pkts_toclient');
  // The web decoder writes the answer's status as the record's id.
  if ('url' in data && /^[1-5]\d\d$/.test(textOf(data['id']) ?? ''))
    draft.measure('status_code', data['id'], 'data.id');
}

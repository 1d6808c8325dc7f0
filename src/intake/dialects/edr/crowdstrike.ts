import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { ipAddress } from '../../values/ip-address.ts';
import {
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { FALCON_SCALE, severityOfFive, severityOnScale, TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { joinPath } from '../file-path.ts';

/**
 * CrowdStrike Falcon: event stream in both generations (`DetectionSummaryEvent`, `EppDetectionSummaryEvent` and their
 * kin), the same out of Falcon Data Replicator, and detections of the REST API.
 */
export const crowdstrike: Dialect = {
  name: 'crowdstrike',
  title: 'CrowdStrike Falcon detection (event stream, FDR, alerts API)',
  reads: {
    recognisedBy: '`metadata.eventType`; `ExternalApiType`; `composite_id`',
    id: '`CompositeId`, `DetectId`',
    time: 'start of the detection, `eventCreationTime`',
    severity: '`SeverityName`; 1-5 or 0-100',
    tactics: "`Tactic`, `Technique`, `MitreAttack`, Falcon's own names",
    entities: 'host, user, hashes, command lines, network and DNS lists',
  },
  verdictFields: [
    'event.State',
    'event.PatternDispositionValue',
    'event.PatternDispositionDescription',
    'PatternDispositionValue',
    'PatternDispositionDescription',
    'status',
    'assigned_to_name',
    'assigned_to_uid',
    'tags',
    'resolution',
  ],

  recognise(payload) {
    const metadata = objectOf(payload['metadata']);
    if (metadata !== undefined && 'event' in payload && typeof metadata['eventType'] === 'string')
      return 'customerIDString' in metadata || 'eventCreationTime' in metadata;
    if ('ExternalApiType' in payload || 'fdr_event_type' in payload) return true;
    if ('composite_id' in payload && ('cid' in payload || 'aggregate_id' in payload)) return true;
    return 'detection_id' in payload && 'behaviors' in payload && 'device' in payload;
  },

  toAlert(payload, draft) {
    const event = objectOf(payload['event']) ?? payload;
    const from = event === payload ? '' : 'event.';
    const take = (
      field: 'id' | 'title' | 'rule_id' | 'category' | 'tenant' | 'incident_id',
      ...names: string[]
    ): void => {
      for (const name of names) if (draft.set(field, event[name], from + name)) return;
    };
    take(
      'id',
      'CompositeId',
      'DetectId',
      'LeadId',
      'IncidentID',
      'IdentityProtectionIncidentId',
      'composite_id',
    );
    take('id', 'detection_id', 'id', 'MobileDetectionId', 'EventUUID');
    readAudit(event, draft);
    take('title', 'Name', 'DetectName', 'display_name', 'name', 'IncidentType', 'IncidentDescription');
    take('title', 'DetectDescription', 'Description', 'description', 'OperationName');
    draft.text('title', payload, 'metadata.eventType', 'fdr_event_type');
    take('rule_id', 'PatternId', 'pattern_id');
    draft.set('rule_name', draft.get('title'), 'title');
    take('category', 'Tactic', 'Tactics', 'tactic', 'IncidentType', 'Category', 'type');
    take('incident_id', 'AggregateId', 'aggregate_id', 'IncidentID');
    draft.text(
      'tenant',
      payload,
      'metadata.customerIDString',
      'event.CustomerIdString',
      'CustomerIdString',
      'cid',
    );
    draft.constant('source', 'crowdstrike_falcon');
    draft.constant('vendor', 'CrowdStrike');
    readSeverity(event, from, draft);
    readTimes(payload, event, from, draft);
    readAttack(event, from, draft);
    readEntities(event, from, draft);
    readApiDetection(payload, draft);
  },

  closingOf(payload): Closing | undefined {
    const event = objectOf(payload['event']);
    const audit = event === undefined ? {} : auditOf(event);
    const state = audit['new_state'] ?? textAt(payload, 'status', 'state') ?? textOf(event?.['State']);
    const resolution = textAt(payload, 'resolution');
    const isClosed =
      /^(closed|resolved|auto_?resolved|dismiss(ed)?|ignored|true_positive|false_positive)$/i.test(
        state ?? '',
      ) ||
      (state === undefined && outcomeOfWord(resolution) !== undefined);
    if (!isClosed) return undefined;
    const tags = listOf(payload['tags']).flatMap((tag) => textOf(tag) ?? []);
    // A resolution in words wins over tags, which people add for other reasons too.
    const word = [resolution, state, ...tags].find(
      (one) => one !== undefined && !/^(closed|resolved)$/i.test(one) && outcomeOfWord(one) !== undefined,
    );
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word: word ?? resolution,
      raw: [state, word],
      closedAt: momentOf(event?.['UTCTimestamp'] ?? payload['updated_timestamp']),
      trace: {
        tags,
        ...(/^auto/i.test(state ?? '') ? { marker: 'machine' as const } : {}),
        closers: [textOf(event?.['UserId']), textAt(payload, 'resolved_by', 'closed_by')],
        owners: [textAt(payload, 'assigned_to_name', 'assigned_to_uid')],
        changes: changesOf(payload['comments']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    const facts = factsOf(
      payload,
      ['updated_timestamp', 'last_behavior'],
      ['assigned_to_uid', 'assigned_to_name'],
    );
    const changedAt = momentOf(objectOf(payload['event'])?.['UTCTimestamp']);
    return changedAt !== undefined && facts.changedAt === undefined ? { ...facts, changedAt } : facts;
  },
};

// A change of a detection's state is an audit event that names the detection among key-value pairs.
function auditOf(event: JsonObject): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of objectsOf(event['AuditKeyValues'])) {
    const key = textOf(pair['Key']);
    const value = textOf(pair['ValueString']);
    if (key !== undefined && value !== undefined && key !== '__proto__') pairs[key] = value;
  }
  return pairs;
}

function readAudit(event: JsonObject, draft: AlertDraft): void {
  if (!('AuditKeyValues' in event)) return;
  const audit = auditOf(event);
  draft.set('id', audit['detection_id'] ?? audit['composite_id'], 'event.AuditKeyValues.detection_id');
  draft.setSeverity('informational', 'event.OperationName');
  draft.entity('user', event['UserId'], 'event.UserId');
  draft.entity('ip', event['UserIp'], 'event.UserIp');
}

/** Old detections count 1-5, new ones 0-100; the name beside the number says the same without doubt. */
function readSeverity(event: JsonObject, from: string, draft: AlertDraft): void {
  for (const name of ['SeverityName', 'severity_name', 'max_severity_displayname'])
    draft.severity(event[name], from + name);
  for (const name of ['Severity', 'severity', 'max_severity', 'Score']) {
    const value = numberOf(event[name]);
    if (value === undefined) continue;
    // Alerts of the second API count to 100 from the start.
    if (name !== 'Score' && value >= 1 && value <= 5 && !('composite_id' in event))
      draft.setSeverity(severityOfFive(value), from + name);
    else {
      draft.setSeverity(severityOnScale(value, FALCON_SCALE), from + name);
      draft.score(value, from + name);
    }
  }
  const fine = numberOf(event['FineScore']);
  if (fine !== undefined) {
    draft.setSeverity(severityOnScale(fine, TEN_SCALE), `${from}FineScore`);
    draft.score(fine, `${from}FineScore`, 10);
  }
}

// A process may have run for days before it was caught, so its start is not when it happened.
function readTimes(payload: JsonObject, event: JsonObject, from: string, draft: AlertDraft): void {
  for (const name of [
    'ContextTimeStamp',
    'IncidentStartTime',
    'StartTimeEpoch',
    'StartTime',
    'SignalStartTimestamp',
  ])
    draft.setTime('occurred_at', event[name], from + name);
  for (const name of ['UTCTimestamp', 'timestamp', 'first_behavior', 'created_timestamp'])
    draft.setTime('occurred_at', event[name], from + name);
  draft.time('occurred_at', payload, 'metadata.eventCreationTime', 'timestamp', 'p_event_time');
  for (const name of ['ProcessStartTime']) draft.setTime('occurred_at', event[name], from + name);
  draft.time('created_at', payload, 'metadata.eventCreationTime', 'created_timestamp');
}

function readAttack(event: JsonObject, from: string, draft: AlertDraft): void {
  for (const name of [
    'Tactic',
    'TacticId',
    'Tactics',
    'TacticIds',
    'Technique',
    'TechniqueId',
    'Techniques',
    'TechniqueIds',
  ])
    draft.attack(event[name], from + name);
  for (const name of ['tactic', 'tactic_id', 'technique', 'technique_id'])
    draft.attack(event[name], from + name);
  for (const part of [...objectsOf(event['MitreAttack']), ...objectsOf(event['mitre_attack'])])
    for (const name of ['TacticID', 'Tactic', 'TechniqueID', 'tactic_id', 'technique_id'])
      draft.attack(part[name], `${from}MitreAttack`);
}

const HOSTS = [
  'Hostname',
  'ComputerName',
  'EndpointName',
  'SourceEndpointHostName',
  'TargetEndpointHostName',
  'HostNames',
];
const ADDRESSES = [
  'LocalIP',
  'LocalIPv6',
  'EndpointIp',
  'SourceEndpointIpAddress',
  'OriginSourceIpAddress',
  'ExternalIP',
  'IPv4Addresses',
  'local_ip',
  'external_ip',
];
const HASHES = [
  'SHA256String',
  'MD5String',
  'SHA1String',
  'SHA256Hashes',
  'MD5Hashes',
  'sha256',
  'md5',
  'sha1',
];
const USERS = [
  'SourceAccountName',
  'TargetAccountName',
  'SourceAccountUpn',
  'Users',
  'user_name',
  'user_principal',
];

function readEntities(event: JsonObject, from: string, draft: AlertDraft): void {
  for (const name of HOSTS) draft.entity('host', event[name], from + name, 'impacted');
  const realm = textOf(event['MachineDomain']) ?? textOf(event['LogonDomain']);
  draft.user(event['UserName'], realm, undefined, `${from}UserName`);
  for (const name of USERS) draft.entity('user', event[name], from + name);
  for (const name of ADDRESSES) draft.entity('ip', event[name], from + name);
  const file = textAt(event, 'FileName', 'filename');
  if (file !== undefined)
    draft.entity('file', joinPath(textAt(event, 'FilePath', 'filepath'), file), `${from}FileName`);
  draft.entity('file', event['AssociatedFile'], `${from}AssociatedFile`);
  for (const name of HASHES) {
    const value = event[name];
    draft.entity(
      'hash',
      typeof value === 'string' && value.includes(',') ? value.slice(0, 8192).split(',') : value,
      from + name,
    );
  }
  for (const name of ['CommandLine', 'cmdline', 'ParentCommandLine'])
    draft.entity('process', event[name], from + name);
  readIndicator(event, from, draft);
  for (const access of objectsOf(event['NetworkAccesses']))
    draft.entity('ip', access['RemoteAddress'], `${from}NetworkAccesses`);
  for (const request of objectsOf(event['DnsRequests']))
    draft.entity('domain', request['DomainName'], `${from}DnsRequests`);
  for (const one of objectsOf(event['ThreatgraphIndicators']))
    draft.entity('host', one['Hostname'], `${from}ThreatgraphIndicators`, 'impacted');
  for (const app of objectsOf(event['MobileAppsDetails']))
    draft.entity('file', app['ImageFileName'], `${from}MobileAppsDetails`);
  for (const quarantined of objectsOf(event['QuarantineFiles']))
    draft.entity('file', quarantined['ImageFileName'], `${from}QuarantineFiles`);
}

function readIndicator(event: JsonObject, from: string, draft: AlertDraft): void {
  const type = textAt(event, 'IOCType', 'ioc_type');
  const value = textAt(event, 'IOCValue', 'ioc_value');
  if (type === undefined || value === undefined) return;
  const kind = type.startsWith('hash')
    ? 'hash'
    : type.startsWith('ip') || ipAddress(value)
      ? 'ip'
      : type === 'domain'
        ? 'domain'
        : 'file';
  draft.entity(kind, value.slice(0, 8192).split(','), `${from}IOCValue`, 'attacker');
}

/** The parts that only the REST API nests. */
function readApiDetection(payload: JsonObject, draft: AlertDraft): void {
  const device = objectOf(payload['device']);
  if (device !== undefined) {
    draft.entity('host', device['hostname'], 'device.hostname', 'impacted');
    for (const name of ['local_ip', 'external_ip']) draft.entity('ip', device[name], `device.${name}`);
  }
  for (const behavior of objectsOf(payload['behaviors'])) {
    draft.set('title', behavior['display_name'] ?? behavior['scenario'], 'behaviors.display_name');
    for (const name of ['tactic', 'tactic_id', 'technique_id'])
      draft.attack(behavior[name], `behaviors.${name}`);
    readEntities(behavior, 'behaviors.', draft);
  }
}

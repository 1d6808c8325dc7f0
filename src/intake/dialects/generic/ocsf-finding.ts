import type { Disposition, EntityKind } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { readEvidenceTree } from '../../evidence/evidence-tree.ts';
import {
  at,
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import { severityOfOcsf } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';
import { ENTITY_TYPE_WORDS } from './generic-names.ts';

// OCSF 1.x verdict_id. 3, 7, 8, 9 and 10 close the record without saying what it was.
const VERDICTS: Readonly<Record<number, Disposition>> = {
  1: 'false_positive',
  2: 'true_positive',
  4: 'suspicious',
  5: 'benign',
  6: 'benign',
};

const INCIDENT_FINDING = 2005;
const SECURITY_FINDING = 2001;
/** `activity_id` of all finding classes. */
const CLOSE = 3;

/**
 * Whether a finding's life is over. The same number means another thing in another class: 3 is Suppressed for findings
 * and On Hold for incidents.
 */
function isClosedFinding(payload: JsonObject): boolean {
  const word = textOf(payload['status']);
  if (numberOf(payload['activity_id']) === CLOSE) return true;
  if (word !== undefined && /^(new|in ?progress|on ?hold|pending|open)$/i.test(word)) return false;
  if (word !== undefined && /^(resolved|closed|suppressed|archived|deleted)$/i.test(word)) return true;
  const classUid = numberOf(payload['class_uid']);
  const status =
    numberOf(payload['status_id']) ??
    (classUid === SECURITY_FINDING ? numberOf(payload['state_id']) : undefined);
  if (status !== undefined) return status >= (classUid === INCIDENT_FINDING ? 4 : 3) && status <= 6;
  const verdict = numberOf(payload['verdict_id']);
  return word === undefined && verdict !== undefined && verdict > 0 && verdict !== 99;
}

const memberIds = (payload: JsonObject): string[] =>
  objectsOf(payload['finding_info_list']).flatMap((finding) => textOf(finding['uid']) ?? []);

// OCSF observable type ids.
const OBSERVABLES: Readonly<Record<number, EntityKind>> = {
  1: 'host',
  2: 'ip',
  4: 'user',
  5: 'email',
  6: 'url',
  7: 'file',
  8: 'hash',
  9: 'process',
  3: 'other',
  10: 'cloud_resource',
  12: 'other',
  13: 'process',
  19: 'other',
  20: 'host',
  21: 'user',
  22: 'email',
  23: 'url',
  24: 'file',
  25: 'process',
  27: 'other',
  28: 'registry',
  29: 'registry',
  30: 'hash',
  36: 'process',
  42: 'other',
  45: 'file',
};

const PARTS: readonly EntityField[] = [
  ['ip', 'src_endpoint.ip'],
  ['host', 'src_endpoint.hostname'],
  ['host', 'src_endpoint.name'],
  ['ip', 'dst_endpoint.ip'],
  ['host', 'dst_endpoint.hostname'],
  ['domain', 'dst_endpoint.domain'],
  ['ip', 'device.ip', 'impacted'],
  ['host', 'device.hostname', 'impacted'],
  ['host', 'device.name', 'impacted'],
  ['user', 'actor.user.name'],
  ['email', 'actor.user.email_addr'],
  ['process', 'actor.process.cmd_line'],
  ['process', 'actor.process.name'],
  ['file', 'actor.process.file.path'],
  ['user', 'user.name'],
  ['email', 'user.email_addr'],
  ['process', 'process.cmd_line'],
  ['process', 'process.name'],
  ['file', 'process.file.path'],
  ['user', 'process.user.name'],
  ['file', 'file.path'],
  ['file', 'file.name'],
  ['url', 'url.url_string'],
  ['domain', 'query.hostname'],
  ['email', 'email.from'],
  ['email', 'email.to', 'victim'],
  ['cloud_resource', 'api.operation.resource'],
  ['registry', 'reg_key.path'],
  ['registry', 'reg_value.path'],
  ['registry', 'win.reg_value.path'],
  ['ip', 'src_endpoint.intermediate_ips'],
  ['ip', 'dst_endpoint.intermediate_ips'],
  ['domain', 'src_endpoint.domain'],
  ['domain', 'tls.sni'],
  ['url', 'http_request.url.url_string'],
  ['domain', 'http_request.url.hostname'],
  ['ip', 'http_request.x_forwarded_for'],
  ['domain', 'url.hostname'],
  ['email', 'email.sender'],
  ['email', 'email.from_list'],
  ['email', 'email.to_list', 'victim'],
  ['email', 'email.smtp_from'],
  ['email', 'email.smtp_to', 'victim'],
  ['ip', 'email.x_originating_ip'],
  ['process', 'process.parent_process.cmd_line', 'related'],
  ['file', 'process.parent_process.file.path', 'related'],
  ['process', 'actor.process.parent_process.cmd_line', 'related'],
  ['process', 'job.cmd_line'],
  ['file', 'job.file.path'],
  ['process', 'script.script_content.value'],
  ['file', 'script.file.path'],
  ['file', 'databucket.file.path'],
  ['other', 'win_service.name'],
];
// Parts that have a name and no kind of ours, and what they are called by, best first.
const NAMED_PARTS = [
  'ai_agent',
  'container',
  'database',
  'databucket',
  'service',
  'managed_entity',
  'application',
  'api.service',
];

/** A finding of the Open Cybersecurity Schema Framework: detection (2004), security (2001), incident (2005) and kin. */
export const ocsfFinding: Dialect = {
  name: 'ocsf_finding',
  title: 'OCSF finding (2004, 2001, 2005 and other classes)',
  reads: {
    recognisedBy: '`class_uid`',
    id: '`finding_info.uid`',
    time: '`time_dt`, `time` (s or ms)',
    severity: '`severity_id`, then `severity`',
    tactics: '`attacks[]`',
    entities: '`evidences`, endpoints, `actor`, `process`, `file`, `observables`, `resources`',
  },
  verdictFields: [
    'status',
    'status_id',
    'status_detail',
    'verdict',
    'verdict_id',
    'state',
    'state_id',
    'assignee',
    'assignee_group',
    'comment',
    'is_suspected_breach',
    'disposition',
    'disposition_id',
  ],

  recognise(payload) {
    if (!('class_uid' in payload)) return false;
    return (
      'metadata' in payload || 'category_uid' in payload || 'type_uid' in payload || 'finding_info' in payload
    );
  },

  toAlert(payload, draft) {
    const list = objectsOf(payload['finding_info_list'])[0];
    // An incident lists its findings: their ids are not its own.
    if (numberOf(payload['class_uid']) === INCIDENT_FINDING) draft.text('id', payload, 'uid', 'metadata.uid');
    draft.text(
      'id',
      payload,
      'finding_info.uid',
      'finding.uid',
      'finding_info_list.uid',
      'metadata.uid',
      'uid',
    );
    draft.text(
      'title',
      payload,
      'finding_info.title',
      'finding.title',
      'finding_info_list.title',
      'desc',
      'message',
    );
    draft.text('title', payload, 'finding_info.desc', 'class_name', 'type_name');
    for (const part of ['finding_info.analytic', 'analytic', 'finding_info_list.analytic', 'rule']) {
      draft.text('rule_id', payload, `${part}.uid`);
      draft.text('rule_name', payload, `${part}.name`);
    }
    draft.text(
      'category',
      payload,
      'finding_info.types',
      'finding.types',
      'class_name',
      'classname',
      'type_name',
    );
    draft.text('tenant', payload, 'metadata.tenant_uid', 'cloud.account.uid', 'cloud.account_uid');
    const product = textAt(payload, 'metadata.product.name', 'metadata.product.uid');
    if (product !== undefined) draft.set('source', sourceOfProduct(product), 'metadata.product.name');
    draft.text('vendor', payload, 'metadata.product.vendor_name');
    readSeverity(payload, draft);
    draft.time('occurred_at', payload, 'time_dt', 'time', 'start_time', 'finding_info.created_time');
    draft.time('created_at', payload, 'finding_info.created_time_dt', 'finding_info.created_time');
    draft.time('created_at', payload, 'finding.created_time', 'finding_info_list.created_time');
    for (const from of ['finding_info.attacks', 'attacks', 'finding_info_list.attacks'])
      readAttacks(at(payload, from), from, draft);
    draft.measure('event_count', payload['count'], 'count');
    readEntities(payload, draft);
    if (list !== undefined) readEntities(list, draft);
  },

  closingOf(payload): Closing | undefined {
    const id = numberOf(payload['verdict_id']);
    // Only findings have a life; `status` of other classes is the outcome of an activity.
    const isFinding =
      numberOf(payload['category_uid']) === 2 || 'finding_info' in payload || 'finding' in payload;
    if ((!isFinding && id === undefined) || !isClosedFinding(payload)) return undefined;
    const named = textOf(payload['verdict']);
    const outcome =
      id === undefined || id === 0 || id === 99 ? outcomeOfWord(named) : (VERDICTS[id] ?? 'no_label');
    const word = textOf(payload['status']);
    return closingOf({
      record: payload,
      outcome,
      word: named,
      raw: [named ?? (id === undefined ? undefined : `verdict_id ${id}`), word],
      reason: textOf(payload['status_detail']),
      closedAt: momentOf(
        payload['end_time_dt'] ?? payload['end_time'] ?? at(payload, 'finding_info.modified_time'),
      ),
      trace: {
        tags: objectsOf(payload['finding_info_list']).flatMap((finding) => listOf(finding['tags'])),
        owners: [textAt(payload, 'assignee.email_addr', 'assignee.name', 'assignee.uid')],
        comments: [textOf(payload['comment'])],
      },
      memberAlertIds: memberIds(payload),
    });
  },

  recordOf(payload): RecordFacts {
    const names = ['finding_info.modified_time', 'finding_info.modified_time_dt', 'metadata.modified_time'];
    const isIncident = numberOf(payload['class_uid']) === INCIDENT_FINDING;
    // Each change of an incident is its own event, with its own time.
    if (isIncident) names.push('time_dt', 'time');
    const changedAt = names.map((name) => momentOf(at(payload, name))).find((moment) => moment !== undefined);
    return {
      ...(changedAt === undefined ? {} : { changedAt }),
      isIncident,
      memberAlertIds: memberIds(payload),
    };
  },
};

function readSeverity(payload: JsonObject, draft: AlertDraft): void {
  // Where the consumer may change the severity, the provider's own stands here.
  const own = numberOf(at(payload, 'vendor_attributes.severity_id'));
  if (own !== undefined) draft.setSeverity(severityOfOcsf(own), 'vendor_attributes.severity_id');
  draft.severity(at(payload, 'vendor_attributes.severity'), 'vendor_attributes.severity');
  const id = numberOf(payload['severity_id']);
  if (id !== undefined) draft.setSeverity(severityOfOcsf(id), 'severity_id');
  const word = textOf(payload['severity']);
  if (word !== undefined && id !== 0 && word.toLowerCase() !== 'other') draft.severity(word, 'severity');
  draft.score(payload['risk_score'], 'risk_score');
  draft.score(payload['confidence_score'] ?? payload['confidence'], 'confidence_score');
}

function readAttacks(attacks: unknown, path: string, draft: AlertDraft): void {
  for (const attack of objectsOf(attacks)) {
    for (const tactic of [...objectsOf(attack['tactic']), ...objectsOf(attack['tactics'])]) {
      draft.attack(tactic['uid'], path);
      draft.attack(tactic['name'], path);
    }
    for (const name of ['technique', 'sub_technique'])
      for (const technique of objectsOf(attack[name])) draft.attack(technique['uid'], path);
  }
}

function readEntities(payload: JsonObject, draft: AlertDraft): void {
  readParts(payload, '', draft);
  for (const evidence of objectsOf(payload['evidences'])) readParts(evidence, 'evidences.', draft);
  for (const observable of objectsOf(payload['observables'])) {
    const kind = OBSERVABLES[numberOf(observable['type_id']) ?? -1] ?? kindOfName(textOf(observable['name']));
    if (kind !== undefined) draft.entity(kind, observable['value'], 'observables');
  }
  for (const name of ['resources', 'resource']) {
    for (const resource of objectsOf(payload[name])) {
      readResource(resource, name, draft);
    }
  }
  for (const malware of objectsOf(payload['malware'])) {
    draft.entity('file', malware['path'], 'malware.path');
    readEvidenceTree(malware['files'], 'malware.files', draft);
  }
  for (const object of objectsOf(at(payload, 'unmapped.risk_objects')))
    draft.entity('host', objectOf(object['device'])?.['name'], 'unmapped.risk_objects', 'impacted');
}

function readResource(resource: JsonObject, path: string, draft: AlertDraft): void {
  // An address as a resource is an address.
  draft.entity('ip', resource['ip'] ?? resource['uid'], path, 'impacted');
  const uid = textOf(resource['uid']);
  if (uid !== undefined && !/^[\d.:]+$/.test(uid)) draft.entity('cloud_resource', uid, path, 'impacted');
  draft.entity('host', resource['hostname'], path, 'impacted');
  if (uid === undefined && textAt(resource, 'hostname', 'ip') === undefined)
    draft.entity('cloud_resource', resource['name'], path, 'impacted');
  const owner = objectOf(resource['owner']);
  draft.entity(
    'user',
    owner?.['name'] ?? owner?.['email_addr'] ?? owner?.['uid'],
    `${path}.owner`,
    'related',
  );
}

function readParts(part: JsonObject, prefix: string, draft: AlertDraft): void {
  readEntityFields(part, prefix, PARTS, draft);
  for (const name of NAMED_PARTS) {
    const named = at(part, name);
    if (isObject(named))
      draft.entity('other', named['name'] ?? textAt(named, 'image.name') ?? named['uid'], prefix + name);
  }
  // Where a part has nothing better, its id stands for it.
  for (const name of ['actor.user', 'user', 'process.user']) {
    const user = at(part, name);
    if (isObject(user) && textAt(user, 'name', 'email_addr') === undefined)
      draft.entity('user', user['uid'], prefix + name);
  }
  for (const name of ['src_endpoint', 'dst_endpoint', 'device']) {
    const end = at(part, name);
    if (
      isObject(end) &&
      textAt(end, 'ip', 'hostname', 'name', 'domain') === undefined &&
      !('intermediate_ips' in end)
    )
      draft.entity('other', end['instance_uid'] ?? end['uid'] ?? end['svc_name'], prefix + name);
  }
  for (const list of ['email.files', 'email.urls', 'databucket.file', 'job.file'])
    for (const one of objectsOf(at(part, list))) readEvidenceTree([one], prefix + list, draft);
  if (prefix !== '')
    for (const resource of objectsOf(part['resources'])) readResource(resource, `${prefix}resources`, draft);
  for (const path of [
    'file.hashes',
    'process.file.hashes',
    'actor.process.file.hashes',
    'script.hashes',
    'script.file.hashes',
    'databucket.file.hashes',
    'job.file.hashes',
  ])
    for (const hash of listOf(at(part, path))) draft.entity('hash', objectOf(hash)?.['value'], prefix + path);
}

/** Writers that do not know the type ids leave the kind to the name: `hostname`, `infected_device.ip`. */
function kindOfName(name: string | undefined): EntityKind | undefined {
  const word = (name ?? '')
    .slice(-64)
    .toLowerCase()
    .replace(/^.*\./, '')
    .replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(ENTITY_TYPE_WORDS, word) ? ENTITY_TYPE_WORDS[word] : undefined;
}

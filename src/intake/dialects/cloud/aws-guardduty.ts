import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { readEvidenceTree } from '../../evidence/evidence-tree.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { GUARDDUTY_SCALE } from '../../values/severity-scale.ts';
import { find, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields, readText, readTime } from '../entity-fields.ts';
import { isWorkflowName } from '../workflow-names.ts';

// Threat purposes, the first part of a finding's type, that are no tactic's name.
const PURPOSES: Readonly<Record<string, string>> = {
  Backdoor: 'TA0011',
  CryptoCurrency: 'TA0040',
  Trojan: 'TA0002',
  UnauthorizedAccess: 'TA0001',
};

const RESOURCES: readonly EntityField[] = [
  ['cloud_resource', 'instanceDetails.instanceId', 'impacted'],
  ['user', 'accessKeyDetails.userName'],
  ['cloud_resource', 'eksClusterDetails.arn', 'impacted'],
  ['cloud_resource', 'eksClusterDetails.name', 'impacted'],
  ['cloud_resource', 'ecsClusterDetails.arn', 'impacted'],
  ['cloud_resource', 'lambdaDetails.functionArn', 'impacted'],
  ['cloud_resource', 'rdsDbInstanceDetails.dbInstanceArn', 'impacted'],
  ['user', 'rdsDbUserDetails.user'],
  ['other', 'containerDetails.name', 'impacted'],
  ['other', 'containerDetails.id', 'impacted'],
  ['user', 'kubernetesDetails.kubernetesUserDetails.username'],
];

// Details that are read field by field; all others are read by their shape.
const READ_DETAILS = /^(accessKeyDetails|instanceDetails|s3BucketDetails)$/i;

const ACTIONS = [
  'networkConnectionAction',
  'awsApiCallAction',
  'kubernetesApiCallAction',
  'rdsLoginAttemptAction',
];

const PROCESS: readonly EntityField[] = [
  ['process', 'executablePath'],
  ['hash', 'executableSha256'],
  ['user', 'user'],
];

/** A finding of Amazon GuardDuty, as EventBridge sends it (camelCase) or as the API answers (PascalCase). */
export const awsGuardduty: Dialect = {
  name: 'aws_guardduty',
  title: 'Amazon GuardDuty finding',
  reads: {
    recognisedBy: '`service.serviceName`',
    id: '`id`',
    time: '`service.eventFirstSeen`',
    severity: '0-10, cut at 4, 7, 9',
    tactics: 'prefix of `type`, sequence indicators',
    entities: '`resource`, `service.action`, scans',
  },
  verdictFields: ['service.archived', 'service.userFeedback', 'updatedAt'],

  recognise(payload) {
    const service = objectOf(prop(payload, 'service'));
    if (service === undefined) return false;
    if (prop(service, 'serviceName') === 'guardduty') return true;
    return prop(service, 'detectorId') !== undefined && prop(payload, 'accountId') !== undefined;
  },

  toAlert(payload, draft) {
    readText('id', payload, draft, 'id', 'arn');
    readText('title', payload, draft, 'title', 'type');
    readText('rule_id', payload, draft, 'type');
    readText('rule_name', payload, draft, 'type');
    readText('tenant', payload, draft, 'accountId');
    draft.constant('source', 'aws_guardduty');
    draft.constant('vendor', 'AWS');
    const purpose = textOf(prop(payload, 'type'))?.split(':')[0];
    draft.set('category', purpose, 'type');
    if (purpose !== undefined)
      draft.attack(Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose] : purpose, 'type');
    draft.severity(prop(payload, 'severity'), 'severity', GUARDDUTY_SCALE);
    draft.score(prop(payload, 'severity'), 'severity', 10);
    readTime('occurred_at', payload, draft, 'service.eventFirstSeen', 'createdAt', 'updatedAt');
    readTime('created_at', payload, draft, 'createdAt');
    const service = objectOf(prop(payload, 'service')) ?? {};
    draft.measure('event_count', prop(service, 'count'), 'service.count');
    readResource(objectOf(prop(payload, 'resource')), draft);
    readAction(service, draft);
    readDetection(service, draft);
  },

  closingOf(payload): Closing | undefined {
    return find(payload, 'service.archived')?.value === true
      ? closingOf({
          record: payload,
          outcome: 'no_label',
          raw: ['archived'],
          closedAt: momentOf(prop(payload, 'updatedAt')),
          trace: {},
        })
      : undefined;
  },

  recordOf(payload): RecordFacts {
    const changedAt = momentOf(prop(payload, 'updatedAt'));
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};

function readResource(resource: JsonObject | undefined, draft: AlertDraft): void {
  readEntityFields(resource, 'resource.', RESOURCES, draft);
  const instance = objectOf(resource === undefined ? undefined : prop(resource, 'instanceDetails'));
  for (const card of objectsOf(instance === undefined ? undefined : prop(instance, 'networkInterfaces'))) {
    const from = 'resource.instanceDetails.networkInterfaces';
    draft.entity('ip', prop(card, 'privateIpAddress'), from, 'impacted');
    draft.entity('ip', prop(card, 'publicIp'), from, 'impacted');
    draft.entity('host', prop(card, 'publicDnsName'), from, 'impacted');
    draft.entity('ip', prop(card, 'ipv6Addresses'), from, 'impacted');
  }
  for (const bucket of objectsOf(resource === undefined ? undefined : prop(resource, 's3BucketDetails'))) {
    draft.entity('cloud_resource', prop(bucket, 'arn'), 'resource.s3BucketDetails.arn', 'impacted');
    readEvidenceTree(
      prop(bucket, 's3ObjectDetails'),
      'resource.s3BucketDetails.s3ObjectDetails',
      draft,
      'impacted',
    );
  }
  const before = draft.entities.nOffered;
  for (const name in resource)
    if (isObject(resource[name]) && !READ_DETAILS.test(name) && !isWorkflowName(name))
      readEvidenceTree(resource[name], `resource.${name}`, draft, 'impacted');
  // Roles have no user name.
  if (
    draft.entities.nOffered === before &&
    resource !== undefined &&
    find(resource, 'accessKeyDetails.userName') === undefined
  )
    draft.entity(
      'user',
      find(resource, 'accessKeyDetails.principalId')?.value,
      'resource.accessKeyDetails.principalId',
    );
}

const REMOTE = (role: EntityRole | undefined): readonly EntityField[] => [
  role === undefined ? ['ip', 'remoteIpDetails.ipAddressV4'] : ['ip', 'remoteIpDetails.ipAddressV4', role],
  role === undefined ? ['ip', 'remoteIpDetails.ipAddressV6'] : ['ip', 'remoteIpDetails.ipAddressV6', role],
];

function readAction(service: JsonObject, draft: AlertDraft): void {
  const action = objectOf(prop(service, 'action'));
  if (action === undefined) return;
  // Where the resource is the target, whoever talked to it is the attacker.
  const role = prop(service, 'resourceRole') === 'TARGET' ? 'attacker' : undefined;
  for (const name of ACTIONS) {
    const one = objectOf(prop(action, name));
    if (one === undefined) continue;
    readEntityFields(one, `service.action.${name}.`, REMOTE(role), draft);
    draft.entity(
      'ip',
      find(one, 'localIpDetails.ipAddressV4')?.value,
      `service.action.${name}.localIpDetails`,
    );
    draft.entity('domain', find(one, 'domainDetails.domain')?.value, `service.action.${name}.domainDetails`);
    const affected = objectOf(prop(one, 'affectedResources')) ?? {};
    for (const [type, arn] of Object.entries(affected)) {
      if (isWorkflowName(type)) continue;
      draft.entity('cloud_resource', arn, `service.action.${name}.affectedResources`, 'impacted');
    }
    draft.entity('ip', prop(one, 'sourceIPs'), `service.action.${name}.sourceIPs`, role);
  }
  for (const probe of objectsOf(find(action, 'portProbeAction.portProbeDetails')?.value))
    readEntityFields(probe, 'service.action.portProbeAction.', REMOTE(role), draft);
  draft.entity(
    'domain',
    find(action, 'dnsRequestAction.domain')?.value,
    'service.action.dnsRequestAction.domain',
  );
}

function readDetection(service: JsonObject, draft: AlertDraft): void {
  readEntityFields(
    objectOf(find(service, 'runtimeDetails.process')?.value),
    'service.runtimeDetails.process.',
    PROCESS,
    draft,
  );
  const threats = find(
    service,
    'ebsVolumeScanDetails.scanDetections.threatDetectedByName.threatNames',
  )?.value;
  for (const threat of objectsOf(threats)) {
    for (const file of objectsOf(prop(threat, 'filePaths'))) {
      draft.entity('file', prop(file, 'filePath'), 'service.ebsVolumeScanDetails');
      draft.entity('hash', prop(file, 'hash'), 'service.ebsVolumeScanDetails');
    }
  }
  readEvidenceTree(find(service, 'runtimeDetails.context')?.value, 'service.runtimeDetails.context', draft);
  readEvidenceTree(
    find(service, 'malwareScanDetails.threats')?.value,
    'service.malwareScanDetails.threats',
    draft,
  );
  readEvidenceTree(
    find(service, 'evidence.threatIntelligenceDetails')?.value,
    'service.evidence.threatIntelligenceDetails',
    draft,
  );
  readSequence(objectOf(find(service, 'detection.sequence')?.value), draft);
}

function readSequence(sequence: JsonObject | undefined, draft: AlertDraft): void {
  if (sequence === undefined) return;
  const from = 'service.detection.sequence';
  for (const indicator of [
    ...objectsOf(prop(sequence, 'sequenceIndicators')),
    ...objectsOf(prop(sequence, 'signals')).flatMap((signal) => objectsOf(prop(signal, 'signalIndicators'))),
  ])
    readIndicator(indicator, `${from}.sequenceIndicators`, draft);
  for (const actor of objectsOf(prop(sequence, 'actors'))) {
    const user = find(actor, 'user.name') ?? find(actor, 'user.uid');
    draft.entity('user', user?.value, `${from}.actors`, 'attacker');
    draft.entity(
      'process',
      (find(actor, 'process.path') ?? find(actor, 'process.name'))?.value,
      `${from}.actors`,
      'attacker',
    );
    draft.entity('hash', find(actor, 'process.sha256')?.value, `${from}.actors`, 'attacker');
    draft.entity('user', find(actor, 'session.issuer')?.value, `${from}.actors`, 'attacker');
  }
  for (const end of objectsOf(prop(sequence, 'endpoints'))) {
    draft.entity('ip', prop(end, 'ip'), `${from}.endpoints`);
    draft.entity('domain', prop(end, 'domain'), `${from}.endpoints`);
  }
  for (const resource of objectsOf(prop(sequence, 'resources'))) {
    draft.entity(
      'cloud_resource',
      prop(resource, 'uid') ?? prop(resource, 'name'),
      `${from}.resources`,
      'impacted',
    );
    readResourceData(objectOf(prop(resource, 'data')), `${from}.resources.data`, draft);
  }
}

/** What an attack sequence keeps of a resource: its key's user, its addresses, its image, the object in the bucket. */
function readResourceData(data: JsonObject | undefined, path: string, draft: AlertDraft): void {
  if (data === undefined) return;
  const key = objectOf(prop(data, 'accessKey'));
  if (key !== undefined)
    draft.entity('user', prop(key, 'userName') ?? prop(key, 'principalId'), `${path}.accessKey`, 'impacted');
  for (const name in data)
    if (!/^accessKey$/i.test(name)) readEvidenceTree(data[name], `${path}.${name}`, draft, 'impacted');
  draft.entity('file', find(data, 's3Object.key')?.value, `${path}.s3Object.key`, 'impacted');
}

function readIndicator(indicator: JsonObject, path: string, draft: AlertDraft): void {
  const values = prop(indicator, 'values');
  const type = textOf(prop(indicator, 'key')) ?? '';
  if (/_IP$/.test(type)) draft.entity('ip', values, path, 'attacker');
  else if (/_DOMAIN$/.test(type)) draft.entity('domain', values, path, 'attacker');
  else if (/_PROCESS$/.test(type)) draft.entity('process', values, path, 'attacker');
  else if (/_FILE$/.test(type)) draft.entity('file', values, path, 'attacker');
  else draft.attack(values, path);
}

import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { GUARDDUTY_SCALE } from '../../values/severity-scale.ts';
import { find, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields, readText, readTime } from '../entity-fields.ts';

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
  ['user', 'kubernetesDetails.kubernetesUserDetails.username'],
];

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

  verdictOf(payload): Closing | undefined {
    return find(payload, 'service.archived')?.value === true
      ? closingOf({
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
  }
  for (const bucket of objectsOf(resource === undefined ? undefined : prop(resource, 's3BucketDetails')))
    draft.entity('cloud_resource', prop(bucket, 'arn'), 'resource.s3BucketDetails.arn', 'impacted');
}

function readAction(service: JsonObject, draft: AlertDraft): void {
  const action = objectOf(prop(service, 'action'));
  if (action === undefined) return;
  // Where the resource is the target, whoever talked to it is the attacker.
  const role = prop(service, 'resourceRole') === 'TARGET' ? 'attacker' : undefined;
  for (const name of ACTIONS) {
    const one = objectOf(prop(action, name));
    if (one === undefined) continue;
    readEntityFields(one, `service.action.${name}.`, [['ip', 'remoteIpDetails.ipAddressV4', role]], draft);
    draft.entity('domain', find(one, 'domainDetails.domain')?.value, `service.action.${name}.domainDetails`);
    const affected = objectOf(prop(one, 'affectedResources')) ?? {};
    for (const arn of Object.values(affected))
      draft.entity('cloud_resource', arn, `service.action.${name}.affectedResources`, 'impacted');
    draft.entity('ip', prop(one, 'sourceIPs'), `service.action.${name}.sourceIPs`, role);
  }
  for (const probe of objectsOf(find(action, 'portProbeAction.portProbeDetails')?.value))
    readEntityFields(
      probe,
      'service.action.portProbeAction.',
      [['ip', 'remoteIpDetails.ipAddressV4', role]],
      draft,
    );
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
  const sequence = objectOf(find(service, 'detection.sequence')?.value);
  if (sequence === undefined) return;
  for (const indicator of objectsOf(prop(sequence, 'sequenceIndicators')))
    draft.attack(prop(indicator, 'values'), 'service.detection.sequence.sequenceIndicators');
  for (const actor of objectsOf(prop(sequence, 'actors')))
    draft.entity('user', find(actor, 'user.name')?.value, 'service.detection.sequence.actors', 'attacker');
  for (const end of objectsOf(prop(sequence, 'endpoints')))
    draft.entity('ip', prop(end, 'ip'), 'service.detection.sequence.endpoints');
  for (const resource of objectsOf(prop(sequence, 'resources')))
    draft.entity('cloud_resource', prop(resource, 'uid'), 'service.detection.sequence.resources', 'impacted');
}

import type { AlertDraft } from '../../draft/alert-draft.ts';
import { readPartEntities } from '../../evidence/part-entities.ts';
import {
  at,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  objectsOf,
  textOf,
} from '../../values/json-value.ts';
import { keyOf, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A finding of Google Security Command Center: notification (`finding`, `resource`) or the finding alone. The title is
 * its category, the id its name.
 *
 * @see google-cloud-securitycenter, Finding
 */
export const googleScc: Dialect = {
  name: 'google_scc',
  title: 'Google Security Command Center finding',
  reads: {
    recognisedBy: '`finding.name` with `/findings/` (google-cloud-securitycenter 1.48)',
    id: '`finding.name`',
    time: '`eventTime`',
    severity: '`severity`',
    tactics: '`mitreAttack`',
    entities: 'access, indicator, connections, processes, files, Kubernetes and more',
  },
  verdictFields: [
    'finding.state',
    'finding.mute',
    'finding.muteInitiator',
    'finding.muteUpdateTime',
    'finding.muteInfo',
    'finding.securityMarks',
    'finding.externalSystems',
    'state',
    'mute',
    'muteInitiator',
    'muteUpdateTime',
    'muteInfo',
    'securityMarks',
    'externalSystems',
  ],

  recognise(payload) {
    const finding = objectOf(payload['finding']) ?? payload;
    const name = finding['name'];
    return typeof name === 'string' && name.includes('/findings/') && 'category' in finding;
  },

  toAlert(payload, draft) {
    const finding = objectOf(payload['finding']) ?? payload;
    const from = finding === payload ? '' : 'finding.';
    draft.set('id', finding['name'], `${from}name`);
    draft.set('title', finding['category'], `${from}category`);
    draft.set('rule_name', finding['category'], `${from}category`);
    draft.set('category', prop(finding, 'findingClass'), `${from}findingClass`);
    draft.set(
      'tenant',
      /^(organizations|folders|projects)\/[^/]+/.exec(textOf(finding['name']) ?? '')?.[0],
      `${from}name`,
    );
    draft.constant('source', 'google_scc');
    draft.constant('vendor', 'Google');
    draft.severity(finding['severity'], `${from}severity`);
    draft.setTime('occurred_at', prop(finding, 'eventTime'), `${from}eventTime`);
    draft.setTime('created_at', prop(finding, 'createTime'), `${from}createTime`);
    const attack = objectOf(prop(finding, 'mitreAttack'));
    if (attack !== undefined)
      for (const name of ['primaryTactic', 'primaryTechniques', 'additionalTactics', 'additionalTechniques'])
        draft.attack(words(prop(attack, name)), `${from}mitreAttack.${name}`);
    draft.entity('cloud_resource', prop(finding, 'resourceName'), `${from}resourceName`, 'impacted');
    readParts(finding, from, draft);
  },
};

// MITRE names come as COMMAND_AND_CONTROL.
function words(value: unknown): unknown {
  return listOf(value).map((word) => (typeof word === 'string' ? word.replaceAll('_', ' ') : word));
}

function readParts(finding: JsonObject, from: string, draft: AlertDraft): void {
  const part = (name: string): readonly [unknown, string] => [
    prop(finding, name),
    `${from}${keyOf(finding, name) ?? name}`,
  ];
  const [access, accessPath] = part('access');
  if (isObject(access)) {
    draft.entity(
      'user',
      prop(access, 'principalEmail') ?? prop(access, 'principalSubject') ?? prop(access, 'userName'),
      accessPath,
    );
    draft.entity('ip', prop(access, 'callerIp'), accessPath);
    draft.entity('user', prop(access, 'serviceAccountKeyName'), accessPath, 'related');
  }
  const [indicator, indicatorPath] = part('indicator');
  if (isObject(indicator)) {
    draft.entity('ip', prop(indicator, 'ipAddresses'), indicatorPath, 'attacker');
    draft.entity('domain', indicator['domains'], indicatorPath, 'attacker');
    draft.entity('url', indicator['uris'], indicatorPath, 'attacker');
  }
  for (const connection of objectsOf(prop(finding, 'connections')))
    for (const name of ['sourceIp', 'destinationIp'])
      draft.entity('ip', prop(connection, name), `${from}connections.${name}`);
  for (const process of objectsOf(prop(finding, 'processes'))) {
    const binary = objectOf(process['binary']);
    draft.entity('process', binary?.['path'] ?? process['name'], `${from}processes`);
    for (const name of ['binary', 'script', 'libraries'])
      for (const file of objectsOf(process[name])) readFile(file, `${from}processes.${name}`, draft);
  }
  for (const file of objectsOf(prop(finding, 'files'))) readFile(file, `${from}files`, draft);
  for (const container of objectsOf(prop(finding, 'containers')))
    for (const name of ['name', 'uri']) draft.entity('other', container[name], `${from}containers.${name}`);
  readKubernetes(objectOf(prop(finding, 'kubernetes')), `${from}kubernetes`, draft);
  const database = objectOf(prop(finding, 'database'));
  draft.entity(
    'user',
    database === undefined ? undefined : prop(database, 'userName'),
    `${from}database.userName`,
  );
  draft.entity(
    'other',
    database === undefined ? undefined : (prop(database, 'displayName') ?? database['name']),
    `${from}database.name`,
  );
  const exfiltration = objectOf(prop(finding, 'exfiltration'));
  for (const side of ['sources', 'targets'])
    for (const end of objectsOf(exfiltration?.[side]))
      draft.entity('cloud_resource', end['name'], `${from}exfiltration.${side}`);
  for (const binding of objectsOf(prop(finding, 'iamBindings'))) {
    const member = textOf(binding['member']);
    draft.entity(
      'user',
      member?.replace(/^(user|serviceAccount|group|principal|deleted:\w+):/, ''),
      `${from}iamBindings.member`,
    );
  }
  for (const name of [
    'loadBalancers',
    'notebook',
    'aiModel',
    'vertexAi',
    'agent',
    'application',
    'disk',
    'backupDisasterRecovery',
  ])
    for (const one of objectsOf(prop(finding, name)))
      draft.entity(
        'other',
        prop(one, 'displayName') ?? one['name'] ?? prop(one, 'baseUri'),
        `${from}${name}`,
      );
  const properties =
    objectOf(at(finding, 'sourceProperties.properties')) ?? objectOf(prop(finding, 'sourceProperties'));
  if (properties !== undefined) readPartEntities(properties, `${from}sourceProperties`, draft);
}

function readFile(file: JsonObject, path: string, draft: AlertDraft): void {
  draft.entity('file', file['path'], path);
  draft.entity('hash', file['sha256'], path);
  for (const hash of objectsOf(file['hashes'])) draft.entity('hash', hash['value'] ?? hash['hash'], path);
}

function readKubernetes(cluster: JsonObject | undefined, path: string, draft: AlertDraft): void {
  if (cluster === undefined) return;
  for (const pod of objectsOf(cluster['pods'])) {
    draft.entity('other', pod['name'], `${path}.pods.name`);
    for (const container of objectsOf(pod['containers']))
      draft.entity('other', container['name'] ?? container['uri'], `${path}.pods.containers`);
  }
  for (const name of ['nodes', 'nodePools', 'objects'])
    for (const one of objectsOf(cluster[name])) draft.entity('other', one['name'], `${path}.${name}`);
  for (const name of ['roles', 'bindings', 'accessReviews'])
    for (const one of objectsOf(cluster[name])) {
      draft.entity('other', one['name'], `${path}.${name}`);
      for (const subject of objectsOf(one['subjects']))
        draft.entity('user', subject['name'], `${path}.${name}.subjects`);
    }
}

import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { find, keyOf, prop } from '../case-variants.ts';
import type { Dialect } from '../dialect.ts';

/**
 * SentinelOne: threats, cloud detection alerts, activities about them, and alerts of the unified alert view. Names are
 * read in camelCase and, since a forwarder lowers them, in lower case.
 */
export const sentinelone: Dialect = {
  name: 'sentinelone',
  title: 'SentinelOne threat, alert and activity',
  reads: {
    recognisedBy: '`threatInfo`; `activityType`; `attackSurfaces`',
    id: '`threatId`, `alertId`',
    time: '`identifiedAt`, `detectedAt`',
    severity: '`severity`; malicious = high, suspicious = medium',
    tactics: '`indicators[].tactics`',
    entities: 'agent, threat and process fields',
  },
  verdictFields: [
    'threatInfo.analystVerdict',
    'threatInfo.analystVerdictDescription',
    'threatInfo.incidentStatus',
    'threatInfo.incidentStatusDescription',
    'threatInfo.mitigationStatus',
    'threatInfo.automaticallyResolved',
    'threatInfo.updatedAt',
    'mitigationStatus',
    'alertInfo.analystVerdict',
    'alertInfo.incidentStatus',
    'analystVerdict',
    'status',
    'assignee',
    'updatedAt',
  ],

  recognise(payload) {
    if (keyOf(payload, 'threatInfo') !== undefined) return true;
    if ('alertInfo' in payload && ('ruleInfo' in payload || 'agentDetectionInfo' in payload)) return true;
    if (keyOf(payload, 'activityType') !== undefined)
      return keyOf(payload, 'siteId') !== undefined || keyOf(payload, 'accountId') !== undefined;
    return 'attackSurfaces' in payload || ('analystVerdict' in payload && 'detectedAt' in payload);
  },

  toAlert(payload, draft) {
    const read = readerOf(payload, draft);
    read('id', 'threatInfo.threatId', 'alertInfo.alertId', 'threatId', 'data.alertId', 'id');
    read(
      'title',
      'threatInfo.threatName',
      'ruleInfo.name',
      'data.ruleName',
      'name',
      'primaryDescription',
      'description',
    );
    read('rule_id', 'ruleInfo.id', 'data.ruleId', 'activityType');
    read('rule_name', 'ruleInfo.name', 'data.ruleName', 'name', 'threatInfo.threatName');
    read(
      'category',
      'threatInfo.classification',
      'data.threatClassification',
      'classification',
      'data.sourceName',
    );
    read('tenant', 'threatInfo.accountId', 'agentDetectionInfo.accountId', 'accountId');
    read('incident_id', 'threatInfo.storyline', 'storylineId');
    draft.constant('source', 'sentinelone');
    draft.constant('vendor', 'SentinelOne');
    readSeverity(payload, draft);
    for (const path of [
      'threatInfo.identifiedAt',
      'alertInfo.createdAt',
      'data.detectedAt',
      'detectedAt',
      'firstSeenAt',
    ])
      readTime('occurred_at', payload, path, draft);
    for (const path of ['threatInfo.createdAt', 'createdAt']) {
      readTime('occurred_at', payload, path, draft);
      readTime('created_at', payload, path, draft);
    }
    for (const indicator of objectsOf(prop(payload, 'indicators'))) {
      for (const tactic of objectsOf(indicator['tactics'])) {
        draft.attack(tactic['name'], 'indicators.tactics.name');
        for (const technique of objectsOf(tactic['techniques']))
          draft.attack(technique['name'], 'indicators.tactics.techniques');
      }
    }
    readEntities(payload, draft);
  },

  closingOf(payload): Closing | undefined {
    const record = objectOf(prop(payload, 'threatInfo')) ?? objectOf(payload['alertInfo']) ?? payload;
    const status = textOf(prop(record, 'incidentStatus') ?? prop(record, 'status'));
    if (status === undefined || !/^(resolved|closed)$/i.test(status)) return undefined;
    const word = textOf(prop(record, 'analystVerdict'));
    const assignee = textOf(
      objectOf(payload['assignee'])?.['email'] ??
        objectOf(payload['assignee'])?.['fullName'] ??
        payload['assignee'],
    );
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word,
      raw: [word ?? status],
      closedAt: momentOf(prop(record, 'updatedAt')),
      trace: {
        ...(prop(record, 'automaticallyResolved') === true
          ? { marker: 'machine' as const }
          : word !== undefined && assignee === undefined && outcomeOfWord(word) !== 'no_label'
            ? { marker: 'person' as const }
            : {}),
        owners: [assignee],
      },
    });
  },

  recordOf(payload): RecordFacts {
    const record = objectOf(prop(payload, 'threatInfo')) ?? objectOf(payload['alertInfo']) ?? payload;
    const changedAt = momentOf(prop(record, 'updatedAt') ?? payload['updatedAt']);
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};

type Field = 'id' | 'title' | 'rule_id' | 'rule_name' | 'category' | 'tenant' | 'incident_id';

function readerOf(payload: JsonObject, draft: AlertDraft): (field: Field, ...paths: string[]) => void {
  return (field, ...paths) => {
    for (const path of paths) {
      const found = find(payload, path);
      if (found !== undefined && draft.set(field, found.value, found.path)) return;
    }
  };
}

function readTime(
  field: 'occurred_at' | 'created_at',
  payload: JsonObject,
  path: string,
  draft: AlertDraft,
): void {
  const found = find(payload, path);
  if (found !== undefined) draft.setTime(field, found.value, found.path);
}

function readSeverity(payload: JsonObject, draft: AlertDraft): void {
  for (const path of ['ruleInfo.severity', 'data.severity', 'severity', 'alertInfo.severity']) {
    const found = find(payload, path);
    if (found !== undefined) draft.severity(found.value, found.path);
  }
  for (const path of ['threatInfo.confidenceLevel', 'data.confidenceLevel', 'confidenceLevel']) {
    const found = find(payload, path);
    const level = textOf(found?.value)?.toLowerCase();
    if (found === undefined || level === undefined) continue;
    if (level === 'malicious') draft.setSeverity('high', found.path);
    else if (level === 'suspicious') draft.setSeverity('medium', found.path);
  }
  // What is left are activities of the console and the agents: scans, log-ins, policy changes.
  const activity = keyOf(payload, 'activityType');
  if (activity !== undefined) draft.setSeverity('informational', activity);
}

const PARTS = [
  ['agentRealtimeInfo', [['host', 'agentComputerName', 'impacted']]],
  [
    'agentDetectionInfo',
    [
      ['host', 'name', 'impacted'],
      ['ip', 'agentIpV4', undefined],
      ['ip', 'agentIpV6', undefined],
      ['ip', 'externalIp', undefined],
      ['user', 'agentLastLoggedInUserName', undefined],
    ],
  ],
  [
    'threatInfo',
    [
      ['file', 'filePath', undefined],
      ['hash', 'sha256', undefined],
      ['hash', 'sha1', undefined],
      ['hash', 'md5', undefined],
      ['user', 'processUser', undefined],
      ['user', 'initiatingUsername', undefined],
      ['process', 'maliciousProcessArguments', undefined],
      ['process', 'originatorProcess', 'related'],
    ],
  ],
  [
    'data',
    [
      ['host', 'computerName', 'impacted'],
      ['host', 'origAgentName', 'impacted'],
      ['ip', 'agentIpv4', undefined],
      ['ip', 'srcIp', undefined],
      ['ip', 'dstIp', undefined],
      ['domain', 'dnsRequest', undefined],
      ['file', 'filePath', undefined],
      ['hash', 'fileContentHash', undefined],
      ['file', 'sourceProcessFilePath', undefined],
      ['process', 'sourceProcessCommandLine', undefined],
      ['hash', 'sourceProcessSha256', undefined],
      ['hash', 'sourceProcessSha1', undefined],
      ['user', 'sourceProcessUsername', undefined],
      ['process', 'sourceParentProcessCommandLine', 'related'],
      ['file', 'tgtFilePath', undefined],
      ['registry', 'registryKeyPath', undefined],
      ['user', 'userName', undefined],
    ],
  ],
  [
    'sourceProcessInfo',
    [
      ['process', 'commandline', undefined],
      ['file', 'filePath', undefined],
      ['hash', 'fileHashSha256', undefined],
      ['hash', 'fileHashSha1', undefined],
      ['user', 'user', undefined],
    ],
  ],
] as const;

function readEntities(payload: JsonObject, draft: AlertDraft): void {
  for (const [name, parts] of PARTS) {
    const object = objectOf(prop(payload, name));
    if (object === undefined) continue;
    for (const [kind, key, role] of parts) draft.entity(kind, prop(object, key), `${name}.${key}`, role);
  }
  const realtime = objectOf(prop(payload, 'agentRealtimeInfo'));
  for (const card of objectsOf(realtime?.['networkInterfaces']))
    draft.entity('ip', [...listOf(card['inet'])], 'agentRealtimeInfo.networkInterfaces');
  const process = objectOf(payload['process']);
  draft.entity('process', process?.['cmdLine'], 'process.cmdLine');
  const file = objectOf(process?.['file']);
  draft.entity('file', file?.['path'], 'process.file.path');
  for (const name of ['sha256', 'sha1', 'md5']) draft.entity('hash', file?.[name], `process.file.${name}`);
  for (const asset of objectsOf(payload['assets']))
    draft.entity('host', asset['name'], 'assets.name', 'impacted');
  const asset = objectOf(payload['asset']);
  draft.entity('host', asset?.['name'], 'asset.name', 'impacted');
}

import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { at, type JsonObject, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';

/** An issue or a detection of Wiz. */
export const wiz: Dialect = {
  name: 'wiz',
  title: 'Wiz issue and detection',
  reads: {
    recognisedBy: '`entitySnapshot`; `tdrId`; `issue` with `control`',
    id: '`id`',
    time: '`timeframe.start`, `createdAt`',
    severity: '`severity`',
    tactics: '`mitreTactics`, ATT&CK categories of the rule',
    entities: 'snapshot, resources, actors',
  },
  verdictFields: [
    'status',
    'issue.status',
    'statusChangedAt',
    'resolvedAt',
    'resolutionReason',
    'resolution',
    'notes',
    'serviceTickets',
    'updatedAt',
    'dueAt',
  ],

  recognise(payload) {
    if ('entitySnapshot' in payload && ('sourceRule' in payload || 'control' in payload)) return true;
    if ('tdrId' in payload || 'tdrSource' in payload) return true;
    // The issue webhook sends the issue, its control and the resource side by side.
    if ('issue' in payload && 'control' in payload && 'resource' in payload) return true;
    return 'triggeringEvents' in payload && ('primaryResource' in payload || 'cloudAccounts' in payload);
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'issue.id', 'threatId');
    draft.text(
      'title',
      payload,
      'title',
      'sourceRule.name',
      'control.name',
      'ruleMatch.rule.name',
      'description',
    );
    draft.text(
      'rule_id',
      payload,
      'sourceRule.id',
      'control.id',
      'ruleMatch.rule.id',
      'tdrId',
      'trigger.ruleId',
    );
    draft.text('rule_name', payload, 'sourceRule.name', 'control.name', 'ruleMatch.rule.name', 'title');
    draft.text('category', payload, 'type', 'tdrSource', 'trigger.source');
    draft.text('incident_id', payload, 'threatId');
    draft.constant('source', 'wiz');
    draft.constant('vendor', 'Wiz');
    draft.severity(payload['severity'], 'severity');
    draft.severity(at(payload, 'issue.severity'), 'issue.severity');
    draft.time(
      'occurred_at',
      payload,
      'timeframe.start',
      'triggeringEvents.eventTime',
      'triggeringEvents.nodes.timestamp',
    );
    draft.time('occurred_at', payload, 'createdAt', 'issue.created', 'issue.createdAt');
    draft.time('created_at', payload, 'createdAt', 'issue.created', 'issue.createdAt');
    draft.attack(payload['mitreTactics'], 'mitreTactics');
    draft.attack(payload['mitreTechniques'], 'mitreTechniques');
    for (const path of ['sourceRule', 'control', 'ruleMatch.rule']) {
      for (const part of objectsOf(at(payload, `${path}.securitySubCategories`))) {
        if (
          !/mitre|att&ck/i.test(textAt(part, 'category.framework.name') ?? '') &&
          !/^TA?\d{4}/.test(textOf(part['title']) ?? '')
        )
          continue;
        draft.attack(textAt(part, 'category.name'), `${path}.securitySubCategories`);
        draft.attack(part['title'], `${path}.securitySubCategories`);
      }
    }
    const snapshot = at(payload, 'entitySnapshot');
    for (const part of objectsOf(snapshot)) readThing(part, 'entitySnapshot', draft, 'impacted');
    for (const name of ['primaryResource', 'resources', 'resource'])
      for (const part of objectsOf(payload[name])) readThing(part, name, draft, 'impacted');
    for (const name of ['primaryActor', 'actors'])
      for (const part of objectsOf(payload[name])) readThing(part, name, draft);
    for (const event of [
      ...objectsOf(payload['triggeringEvents']),
      ...objectsOf(at(payload, 'triggeringEvents.nodes')),
    ])
      draft.entity('ip', event['actorIP'], 'triggeringEvents.actorIP');
  },

  closingOf(payload): Closing | undefined {
    const status = textAt(payload, 'status', 'issue.status');
    if (status === undefined || !/^(resolved|rejected|closed)$/i.test(status)) return undefined;
    const reason = textAt(payload, 'resolutionReason', 'resolution', 'issue.resolutionReason');
    const outcome = outcomeOfWord(reason);
    const closer = textAt(payload, 'resolvedBy.user.email', 'resolvedBy.user.name', 'resolvedBy.email');
    return closingOf({
      record: payload,
      outcome,
      word: reason,
      raw: [status, reason],
      reason,
      closedAt: momentOf(payload['resolvedAt'] ?? payload['statusChangedAt']),
      trace: {
        // Only people say what a threat was; what the product resolves by itself has other reasons.
        ...(closer === undefined && outcome !== undefined && outcome !== 'no_label'
          ? { marker: 'person' as const }
          : {}),
        closers: [closer],
        changes: changesOf(payload['notes']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    return factsOf(payload, ['updatedAt', 'statusChangedAt', 'resolvedAt'], []);
  },
};

function readThing(thing: JsonObject, path: string, draft: AlertDraft, role?: 'impacted'): void {
  const type = textOf(thing['type']) ?? '';
  const name = textOf(thing['name']);
  if (type === 'NETWORK_ADDRESS' || type === 'IP_ADDRESS')
    draft.entity('ip', name ?? thing['externalId'], path, role);
  else if (/USER|SERVICE_ACCOUNT|IDENTITY|ACCESS_ROLE/.test(type)) draft.entity('user', name, path, role);
  else if (/VIRTUAL_?MACHINE|COMPUTE_INSTANCE|ENDPOINT|HOST/i.test(type))
    draft.entity('host', name?.replace(/:\d+$/, ''), path, role);
  else if (name !== undefined) draft.entity('cloud_resource', name, path, role);
  draft.entity(
    'cloud_resource',
    textAt(thing, 'providerUniqueId', 'providerId') ?? namedByCloud(thing),
    path,
    role,
  );
  const external = textOf(thing['externalId']);
  if (
    external !== undefined &&
    type !== 'NETWORK_ADDRESS' &&
    /^(arn:|\/subscriptions|i-|projects\/)/i.test(external)
  )
    draft.entity('cloud_resource', external, path, role);
}

/** The webhook's template has the cloud's own id under `id`. */
function namedByCloud({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && /^(arn:|\/subscriptions\/|\/\/[a-z]+\.googleapis\.com\/)/i.test(id)
    ? id
    : undefined;
}

import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { isObject, type JsonObject, listOf, numberOf, objectsOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import { ELASTIC_SCALE, TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { ecs, ecsText, readEcsEntities, readEcsTelemetry, readEcsThreat } from './ecs-fields.ts';

/** An alert of Elastic Security: `kibana.alert.*`, or `signal.*` before version 8; dotted and nested keys mixed. */
export const elasticAlert: Dialect = {
  name: 'elastic_alert',
  title: 'Elastic Security alert (kibana.alert.*, signal.*)',
  reads: {
    recognisedBy: '`kibana.alert.*`, `signal.rule`',
    id: '`kibana.alert.uuid`',
    time: '`kibana.alert.original_time`',
    severity: '`kibana.alert.severity`, rule severity, risk score',
    tactics: '`kibana.alert.rule.threat`, `threat`',
    entities: 'ECS, `winlog.event_data`',
  },
  verdictFields: [
    'kibana.alert.workflow_status',
    'kibana.alert.workflow_tags',
    'kibana.alert.workflow_reason',
    'kibana.alert.workflow_user',
    'kibana.alert.workflow_assignee_ids',
    'kibana.alert.workflow_status_updated_at',
    'kibana.alert.status',
    'kibana.alert.case_ids',
    'signal.status',
  ],

  recognise(payload) {
    if (
      'kibana.alert.uuid' in payload ||
      'kibana.alert.rule.name' in payload ||
      'kibana.alert.rule.uuid' in payload
    )
      return true;
    const alert = ecs(payload, 'kibana.alert');
    if (isObject(alert)) return 'rule' in alert || 'uuid' in alert;
    const signal = payload['signal'];
    return (isObject(signal) && 'rule' in signal) || 'signal.rule.name' in payload;
  },

  toAlert(payload, draft) {
    const take = taker(payload, draft);
    take('id', 'kibana.alert.uuid', '_id', 'event.id');
    take(
      'title',
      'kibana.alert.attack_discovery.title',
      'kibana.alert.rule.name',
      'signal.rule.name',
      'kibana.alert.reason',
      'message',
    );
    take(
      'rule_id',
      'kibana.alert.rule.rule_id',
      'signal.rule.rule_id',
      'kibana.alert.rule.uuid',
      'signal.rule.id',
    );
    take('rule_name', 'kibana.alert.rule.name', 'signal.rule.name');
    take('category', 'event.category', 'kibana.alert.rule.category', 'signal.rule.type');
    take('incident_id', 'kibana.alert.group.id', 'signal.group.id');
    take('tenant', 'organization.id');
    draft.constant('source', 'elastic_security');
    draft.constant('vendor', 'Elastic');
    // The alert's own severity may differ from its rule's.
    for (const path of ['kibana.alert.severity', 'kibana.alert.rule.severity', 'signal.rule.severity'])
      draft.severity(ecs(payload, path), path);
    for (const path of [
      'kibana.alert.risk_score',
      'kibana.alert.rule.risk_score',
      'signal.rule.risk_score',
    ]) {
      draft.severity(ecs(payload, path), path, ELASTIC_SCALE);
      draft.score(ecs(payload, path), path);
    }
    takeTime(
      payload,
      draft,
      'occurred_at',
      'kibana.alert.original_time',
      'signal.original_time',
      '@timestamp',
    );
    takeTime(payload, draft, 'created_at', 'kibana.alert.start', '@timestamp');
    for (const path of ['kibana.alert.rule.threat', 'signal.rule.threat', 'threat'])
      readEcsThreat(ecs(payload, path), path, draft);
    // Bare `fields` answers list the ids without their nesting.
    for (const path of ['kibana.alert.rule.threat.tactic.id', 'kibana.alert.rule.threat.technique.id'])
      draft.attack(listOf(payload[path]), path);
    readEcsEntities(payload, draft);
    readDiscovery(payload, draft);
    readEcsTelemetry(payload, draft);
  },

  closingOf(payload): Closing | undefined {
    const status = ecsText(payload, 'kibana.alert.workflow_status', 'signal.status')?.text;
    if (status !== 'closed') return undefined;
    const tags = listOf(ecs(payload, 'kibana.alert.workflow_tags'));
    const reason = ecsText(payload, 'kibana.alert.workflow_reason')?.text;
    const tag = tags.flatMap((one) => textOf(one) ?? []).find((one) => outcomeOfWord(one) !== undefined);
    const user = ecsText(payload, 'kibana.alert.workflow_user')?.text;
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(reason ?? tag),
      word: reason ?? tag,
      raw: [status, reason ?? tag],
      reason: reason ?? tag,
      closedAt: momentOf(ecs(payload, 'kibana.alert.workflow_status_updated_at')),
      trace: {
        tags,
        // A reason or a tag with a verdict is chosen by hand; what Kibana closes by itself says so.
        ...(/^automat/i.test(reason ?? '')
          ? { marker: 'machine' as const }
          : user === undefined && (reason ?? tag) !== undefined
            ? { marker: 'person' as const }
            : {}),
        closers: [user],
        owners: listOf(ecs(payload, 'kibana.alert.workflow_assignee_ids')).map(textOf),
      },
    });
  },

  recordOf(payload): RecordFacts {
    const changedAt = momentOf(ecs(payload, 'kibana.alert.workflow_status_updated_at'));
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};

// An attack discovery names its entities only in its text: {{ host.name ws-018 }}.
const TOKEN = /\{\{([^{}]{4,340})\}\}/g;

function readDiscovery(payload: JsonObject, draft: AlertDraft): void {
  const from = 'kibana.alert.attack_discovery';
  draft.attack(listOf(ecs(payload, `${from}.mitre_attack_tactics`)), `${from}.mitre_attack_tactics`);
  for (const name of ['summary_markdown', 'details_markdown', 'entity_summary_markdown']) {
    const text = textOf(ecs(payload, `${from}.${name}`));
    if (text === undefined) continue;
    const document: Record<string, unknown> = {};
    for (const [, inside = ''] of text.slice(0, 65_536).matchAll(TOKEN)) {
      const token = inside.trim();
      const blank = token.search(/\s/);
      const field = token.slice(0, Math.max(0, blank));
      const value = token.slice(blank).trim();
      if (!/^[\w.]{3,64}$/.test(field) || field === '__proto__') continue;
      document[field] = [...listOf(document[field]), value];
    }
    readEcsEntities(document, draft);
  }
}

/** Any other alert in the Elastic Common Schema: Elastic Endpoint, Defend, and products that ship ECS. */
export const ecsAlert: Dialect = {
  name: 'ecs_alert',
  title: 'Alert in the Elastic Common Schema (Elastic Endpoint and others)',
  reads: {
    recognisedBy: '`event.kind` alert or signal',
    id: '`event.id`',
    time: '`@timestamp`',
    severity: '`event.severity`, `event.risk_score`, `log.level`',
    tactics: '`threat`',
    entities: 'ECS',
  },
  verdictFields: ['event.outcome', 'labels'],

  recognise(payload) {
    if (!('@timestamp' in payload)) return false;
    const kind = textOf(ecs(payload, 'event.kind'));
    if (kind === 'alert' || kind === 'signal') return true;
    return ('ecs' in payload || 'ecs.version' in payload) && ('rule' in payload || 'threat' in payload);
  },

  toAlert(payload, draft) {
    const take = taker(payload, draft);
    take('id', 'event.id', '_id', 'event.hash');
    take('title', 'rule.name', 'message', 'rule.description', 'event.action', 'event.reason', 'event.code');
    take('rule_id', 'rule.id', 'rule.uuid', 'event.code');
    take('rule_name', 'rule.name', 'rule.description');
    take('category', 'event.category', 'rule.category', 'event.type');
    take('tenant', 'organization.id', 'cloud.account.id');
    const product = ecsText(payload, 'observer.product', 'event.module', 'event.provider', 'agent.type');
    if (product) draft.set('source', sourceOfProduct(product.text), product.path);
    take('vendor', 'observer.vendor');
    const level = ecs(payload, 'log.level');
    const score = ecs(payload, 'event.risk_score') ?? ecs(payload, 'event.risk_score_norm');
    const severity = numberOf(ecs(payload, 'event.severity'));
    draft.severity(textOf(ecs(payload, 'rule.severity')), 'rule.severity');
    // `event.severity` is the product's own number: Elastic's 0-100, elsewhere mostly 0-10.
    if (severity !== undefined)
      draft.severity(severity, 'event.severity', severity <= 10 ? TEN_SCALE : ELASTIC_SCALE);
    draft.severity(score, 'event.risk_score', ELASTIC_SCALE);
    draft.severity(level, 'log.level');
    draft.score(score, 'event.risk_score');
    takeTime(payload, draft, 'occurred_at', '@timestamp', 'event.start', 'event.created');
    takeTime(payload, draft, 'created_at', 'event.created');
    readEcsThreat(ecs(payload, 'threat'), 'threat', draft);
    readEcsEntities(payload, draft);
    readEcsTelemetry(payload, draft);
  },
};

/** A finding of Wazuh 5: ECS with the rule, the agent and ATT&CK under `wazuh`. */
export const wazuhFinding: Dialect = {
  name: 'wazuh_finding',
  title: 'Wazuh 5 finding',
  reads: {
    recognisedBy: '`wazuh.rule`',
    id: '`_id`, else `event.id` with the rule',
    time: '`@timestamp`',
    severity: '`wazuh.rule.level`',
    tactics: '`wazuh.rule.mitre`',
    entities: 'ECS',
  },
  verdictFields: [
    'event.outcome',
    'wazuh.rule.status',
    'wazuh.case',
    'wazuh.case.status',
    'wazuh.case.tags',
    'wazuh.case.comment',
    'wazuh.case.user',
  ],

  recognise(payload) {
    const rule = ecs(payload, 'wazuh.rule');
    return isObject(rule) && ('title' in rule || 'id' in rule);
  },

  toAlert(payload, draft) {
    const take = taker(payload, draft);
    // `event.id` is the source's, often shared: two rules on one event are two findings.
    take('id', '_id', 'wazuh.event.id', 'event.id', 'event.doc_id');
    if (payload['_id'] === undefined) take('id_scope', 'wazuh.rule.id');
    take('title', 'wazuh.rule.title', 'wazuh.rule.name', 'message');
    take('rule_id', 'wazuh.rule.id');
    take('rule_name', 'wazuh.rule.title', 'wazuh.rule.name');
    take('category', 'wazuh.integration.category', 'event.category');
    take('tenant', 'wazuh.cluster.name');
    draft.constant('source', 'wazuh');
    draft.constant('vendor', 'Wazuh');
    draft.severity(ecs(payload, 'wazuh.rule.level'), 'wazuh.rule.level');
    takeTime(payload, draft, 'occurred_at', '@timestamp', 'event.created');
    takeTime(payload, draft, 'created_at', 'event.created');
    const mitre = ecs(payload, 'wazuh.rule.mitre');
    if (isObject(mitre))
      for (const path of ['tactic.id', 'tactic.name', 'technique.id', 'subtechnique.id'])
        draft.attack(listOf(ecs(mitre, path)), `wazuh.rule.mitre.${path}`);
    draft.attack(
      listOf(ecs(payload, 'wazuh.rule.tags')).map((tag) =>
        typeof tag === 'string' ? tag.replace(/^attack\./i, '').replaceAll('_', ' ') : tag,
      ),
      'wazuh.rule.tags',
    );
    draft.entity('host', ecs(payload, 'wazuh.agent.host.hostname'), 'wazuh.agent.host.hostname', 'impacted');
    draft.entity('ip', ecs(payload, 'wazuh.agent.host.ip'), 'wazuh.agent.host.ip', 'impacted');
    readEcsEntities(payload, draft);
    for (const indicator of objectsOf(ecs(payload, 'wazuh.threat.enrichments.indicator')))
      readEcsEntities({ file: indicator['file'] }, draft);
    readEcsTelemetry(payload, draft);
  },

  closingOf(payload): Closing | undefined {
    const status = textOf(ecs(payload, 'wazuh.case.status'));
    if (status === undefined || !/^(completed|closed)$/i.test(status)) return undefined;
    const tags = listOf(ecs(payload, 'wazuh.case.tags')).flatMap((tag) => textOf(tag) ?? []);
    const word = tags.find((tag) => outcomeOfWord(tag) !== undefined);
    const user = ecs(payload, 'wazuh.case.user');
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word,
      raw: [status, word],
      reason: word,
      closedAt: momentOf(ecs(payload, 'wazuh.case.updated_at')),
      trace: {
        tags,
        closers: [textOf(isObject(user) ? user['name'] : user)],
        comments: [textOf(ecs(payload, 'wazuh.case.comment'))],
      },
    });
  },

  recordOf(payload): RecordFacts {
    const changedAt = momentOf(ecs(payload, 'wazuh.case.updated_at') ?? ecs(payload, 'wazuh.case.modified'));
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};

type Field =
  | 'id'
  | 'id_scope'
  | 'title'
  | 'rule_id'
  | 'rule_name'
  | 'category'
  | 'tenant'
  | 'incident_id'
  | 'vendor';

function taker(payload: JsonObject, draft: AlertDraft): (field: Field, ...paths: string[]) => void {
  return (field, ...paths) => {
    for (const path of paths) if (draft.set(field, ecs(payload, path), path)) return;
  };
}

function takeTime(
  payload: JsonObject,
  draft: AlertDraft,
  field: 'occurred_at' | 'created_at',
  ...paths: readonly string[]
): void {
  for (const path of paths) if (draft.setTime(field, ecs(payload, path), path)) return;
}

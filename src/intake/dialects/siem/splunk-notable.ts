import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { falseAlarmReason, outcomeOfWord } from '../../evidence/closing-words.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, type JsonObject, listOf, lookup, numberOf, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';
import { keyValuePairs } from '../generic/key-value-text.ts';

/** A notable event or finding of Splunk Enterprise Security; its fields may stand in `_raw` only. */
export const splunkNotable: Dialect = {
  name: 'splunk_notable',
  title: 'Splunk Enterprise Security notable and finding',
  reads: {
    recognisedBy: 'index notable; `@@notable@@`',
    id: '`event_id`',
    time: '`orig_time`, `_time`',
    severity: '`severity`, then `urgency`',
    tactics: 'any `*mitre*` field, `annotations`',
    entities: '`src`, `dest`, `user`, `risk_object`, hashes, `extract_artifacts`; also inside `_raw`',
  },
  verdictFields: [
    'disposition',
    'disposition_label',
    'disposition_description',
    'status',
    'status_label',
    'status_group',
    'status_end',
    'status_description',
    'owner',
    'owner_realname',
    'reviewer',
    'review_time',
    'comment',
  ],

  recognise(payload) {
    if (payload['index'] === 'notable') return true;
    const id = payload['event_id'] ?? payload['finding_id'];
    if (typeof id === 'string' && id.includes('@@notable@@')) return true;
    if ('search_name' in payload)
      return ['orig_time', 'info_min_time', 'rule_title', 'risk_object', 'orig_sourcetype'].some(
        (key) => key in payload,
      );
    const source = payload['source'];
    return typeof source === 'string' && source.endsWith(' - Rule') && '_time' in payload;
  },

  toAlert(payload, draft) {
    const raw = textOf(payload['_raw']);
    const inRaw = raw === undefined ? {} : keyValuePairs(raw);
    const value = (name: string): unknown => payload[name] ?? inRaw[name];
    const take = (
      field: 'id' | 'rule_id' | 'rule_name' | 'category' | 'tenant',
      ...names: string[]
    ): void => {
      for (const name of names) if (draft.set(field, value(name), pathOf(payload, name))) return;
    };
    take('id', 'event_id', 'finding_id', 'notable_id');
    readTitle(payload, value, draft);
    take('rule_id', 'search_name', 'detection_id', 'savedsearch_name', 'source');
    take('rule_name', 'rule_name', 'search_name', 'source');
    take('category', 'security_domain', 'category', 'notable_type');
    draft.constant('source', 'splunk_es');
    draft.constant('vendor', 'Splunk');
    // An analyst may override the urgency, so what the rule said comes first.
    for (const name of ['severity', 'urgency', 'event.SeverityName']) {
      const word = textOf(value(name));
      if (word !== undefined) draft.severity(word, pathOf(payload, name));
    }
    draft.score(numberOf(value('risk_score')), pathOf(payload, 'risk_score'));
    for (const name of ['orig_time', '_time'])
      draft.setTime('occurred_at', value(name), pathOf(payload, name));
    draft.setTime('occurred_at', /^\d{9,10}(\.\d+)?/.exec(raw ?? '')?.[0], '_raw');
    draft.setTime('created_at', payload['_time'], '_time');
    draft.setTime('created_at', payload['_indextime'], '_indextime');
    readAttack(payload, inRaw, draft);
    readEntities(payload, inRaw, draft);
    draft.measure('event_count', value('count'), pathOf(payload, 'count'));
  },

  closingOf(payload): Closing | undefined {
    const isClosed =
      payload['status_end'] === true ||
      payload['status_end'] === 'true' ||
      [payload['status_label'], payload['status_group'], payload['status'], payload['status_name']].some(
        (word) => /^(closed|resolved|4|5)$/i.test(textOf(word) ?? ''),
      );
    if (!isClosed) return undefined;
    const label = textOf(payload['disposition_label'] ?? payload['disposition_name']);
    const disposition = textOf(payload['disposition']);
    const number = /^(?:disposition:)?(\d)$/.exec(disposition ?? '')?.[1];
    const word = label ?? disposition;
    const outcome =
      (number === undefined ? undefined : lookup(DISPOSITION_NUMBERS, number)) ??
      outcomeOfWord(word) ??
      outcomeOfWord(disposition);
    return closingOf({
      record: payload,
      outcome,
      word,
      raw: [word ?? 'closed'],
      reason: REASONS[number ?? ''] ?? falseAlarmReason(word) ?? label,
      closedAt: momentOf(payload['review_time']),
      trace: {
        closers: [textOf(payload['reviewer'])],
        owners: [textOf(payload['owner_realname']), textOf(payload['owner'])],
        comments: [textOf(payload['comment'])],
      },
    });
  },

  recordOf(payload): RecordFacts {
    return factsOf(payload, ['review_time', 'update_time', 'last_modified_timestamp'], ['owner']);
  },
};

// The six dispositions that come with the product; a site's own ones have higher numbers and say it in the label.
const DISPOSITION_NUMBERS: Readonly<Record<string, Closing['outcome']>> = {
  0: 'no_label',
  1: 'true_positive',
  2: 'benign',
  3: 'false_positive',
  4: 'false_positive',
  5: 'no_label',
  6: 'no_label',
};
const REASONS: Readonly<Record<string, string>> = { 3: 'incorrect_logic', 4: 'incorrect_data' };

function pathOf(payload: JsonObject, name: string): string {
  return name in payload ? name : `_raw.${name}`;
}

function readTitle(payload: JsonObject, value: (name: string) => unknown, draft: AlertDraft): void {
  for (const name of ['rule_title', 'finding_title', 'title', 'rule_name', 'search_name', 'source']) {
    const title = textOf(value(name));
    if (title === undefined) continue;
    // A title keeps its $token$ where the search had no such field; here it may be one.
    const filled = title.replace(/\$([\w.:]{1,64})\$/g, (token, key: string) => textOf(value(key)) ?? token);
    draft.set('title', filled, pathOf(payload, name));
    return;
  }
}

function readAttack(payload: JsonObject, inRaw: JsonObject, draft: AlertDraft): void {
  for (const fields of [payload, inRaw]) {
    for (const name in fields) {
      if (name.length < 80 && /mitre/i.test(name)) draft.attack(listOf(fields[name]), name);
    }
  }
  const annotations = jsonIn(payload['annotations']);
  if (isObject(annotations)) draft.attack(listOf(annotations['mitre_attack']), 'annotations.mitre_attack');
}

const KINDS = [
  [
    'host',
    [
      'src',
      'dest',
      'dvc',
      'orig_host',
      'src_ip',
      'dest_ip',
      'src_host',
      'dest_host',
      'dest_nt_host',
      'src_nt_host',
      'ip',
      'src_dns',
    ],
  ],
  ['user', ['user', 'src_user', 'target_user', 'UserName', 'user_name']],
  ['hash', ['file_hash', 'process_hash', 'hash']],
  ['file', ['file_path', 'file_name']],
  ['process', ['process', 'parent_process', 'process_name']],
  ['url', ['url']],
  ['domain', ['query', 'domain', 'dest_dns']],
  ['email', ['src_user_email', 'recipient', 'sender']],
  ['registry', ['registry_path']],
] as const;
const KIND_OF = new Map<string, (typeof KINDS)[number][0]>();
for (const [kind, names] of KINDS) for (const name of names) KIND_OF.set(name, kind);

function readEntities(payload: JsonObject, inRaw: JsonObject, draft: AlertDraft): void {
  // Rules may list the fields they take their assets and identities from.
  const listed = jsonIn(payload['extract_artifacts']);
  const assets = new Set(isObject(listed) ? listOf(listed['asset']) : []);
  const identities = new Set(isObject(listed) ? listOf(listed['identity']) : []);
  for (const fields of [payload, inRaw]) {
    for (const name in fields) {
      if (name.length > 80) continue;
      // Data models write their own name before the field: IDS_Attacks.src.
      const last = name.slice(name.lastIndexOf('.') + 1);
      const kind =
        KIND_OF.get(last) ?? (assets.has(name) ? 'host' : identities.has(name) ? 'user' : undefined);
      if (kind !== undefined) draft.entity(kind, listOf(fields[name]), pathOf(payload, name));
    }
  }
  const object = textOf(payload['risk_object'] ?? inRaw['risk_object']);
  const type = textOf(payload['risk_object_type'] ?? inRaw['risk_object_type']);
  if (object !== undefined)
    draft.entity(
      type === 'user' ? 'user' : type === 'system' || type === undefined ? 'host' : 'other',
      object,
      'risk_object',
      'impacted',
    );
}

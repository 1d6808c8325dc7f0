import type { Closing } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { PERCENT_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';

const FIELDS: readonly EntityField[] = [
  ['email', 'sender'],
  ['email', 'fromAddress'],
  ['email', 'recipient', 'victim'],
  ['email', 'toAddresses', 'victim'],
  ['ip', 'senderIP'],
  ['ip', 'clickIP', 'victim'],
  ['url', 'url', 'attacker'],
];

/** A click or message event of Proofpoint Targeted Attack Protection. It states scores, but no severity. */
export const proofpointTap: Dialect = {
  name: 'proofpoint_tap',
  title: 'Proofpoint TAP click and message event',
  reads: {
    recognisedBy: '`threatsInfoMap`; `clickTime`',
    id: '`id`, `GUID`',
    time: '`clickTime`, `messageTime`',
    severity: 'highest threat score, else unknown',
    tactics: '-',
    entities: 'sender, recipients, addresses, url, parts',
  },
  verdictFields: ['threatStatus', 'threatsInfoMap.threatStatus'],

  recognise(payload) {
    if (Array.isArray(payload['threatsInfoMap'])) return true;
    return 'clickTime' in payload && ('threatID' in payload || 'threatURL' in payload);
  },

  toAlert(payload, draft) {
    const threat = objectsOf(payload['threatsInfoMap'])[0] ?? {};
    const isClick = 'clickTime' in payload;
    draft.text('id', payload, 'id', 'GUID', 'messageID');
    const word = textAt(payload, 'classification') ?? textOf(threat['classification']) ?? 'threat';
    const action = textAt(payload, 'status');
    const kind = `${word.toLowerCase()} ${isClick ? 'click' : 'message'}`;
    draft.set(
      'title',
      `Proofpoint ${kind}${action === undefined ? '' : ` ${action}`}`,
      isClick ? 'classification' : 'threatsInfoMap.classification',
    );
    draft.set(
      'rule_name',
      `Proofpoint ${kind}`,
      isClick ? 'classification' : 'threatsInfoMap.classification',
    );
    draft.text('category', payload, 'classification', 'threatsInfoMap.classification');
    draft.text('incident_id', payload, 'campaignId', 'threatsInfoMap.campaignID', 'campaignID');
    draft.text('tenant', payload, 'cluster');
    draft.constant('source', 'proofpoint_tap');
    draft.constant('vendor', 'Proofpoint');
    draft.time('occurred_at', payload, 'clickTime', 'messageTime', 'threatTime', 'threatsInfoMap.threatTime');
    readScore(payload, draft);
    readEntityFields(payload, '', FIELDS, draft);
    for (const one of objectsOf(payload['threatsInfoMap'])) {
      const type = textOf(one['threatType'])?.toLowerCase();
      const value = textOf(one['threat']);
      if (type === 'url') draft.entity('url', value, 'threatsInfoMap.threat', 'attacker');
      else if (type === 'attachment') {
        draft.entity('hash', value, 'threatsInfoMap.threat', 'attacker');
        if (value?.includes('.')) draft.entity('file', value, 'threatsInfoMap.threat', 'attacker');
      }
    }
    for (const part of objectsOf(payload['messageParts'])) {
      draft.entity('file', part['filename'], 'messageParts.filename');
      for (const hash of ['sha256', 'md5']) draft.entity('hash', part[hash], `messageParts.${hash}`);
    }
    draft.measure('payload_size', payload['messageSize'], 'messageSize');
  },

  closingOf(payload): Closing | undefined {
    const status = textAt(payload, 'threatStatus', 'threatsInfoMap.threatStatus');
    // Proofpoint's own second thought about the threat, not an analyst's word.
    return status !== undefined && /^(falsePositive|cleared)$/i.test(status)
      ? closingOf({ record: payload, outcome: 'false_positive', raw: [status], trace: { marker: 'machine' } })
      : undefined;
  },
};

function readScore(payload: JsonObject, draft: Parameters<Dialect['toAlert']>[1]): void {
  let highest: number | undefined;
  let path = '';
  for (const name of ['malwareScore', 'phishScore', 'impostorScore']) {
    const score = numberOf(payload[name]);
    if (score === undefined || (highest !== undefined && score <= highest)) continue;
    highest = score;
    path = name;
  }
  if (highest === undefined) return;
  draft.score(highest, path);
  if (highest > 0) draft.severity(highest, path, PERCENT_SCALE);
}

const LISTS = [
  ['messagesDelivered', 'message', 'delivered'],
  ['messagesBlocked', 'message', 'blocked'],
  ['clicksPermitted', 'click', 'permitted'],
  ['clicksBlocked', 'click', 'blocked'],
] as const;

/** The events of a SIEM API answer, each with the type and action its list stands for, or undefined. */
export function eventsOfTapAnswer(record: JsonObject): JsonObject[] | undefined {
  if (!LISTS.some(([name]) => Array.isArray(record[name]))) return undefined;
  return LISTS.flatMap(([name, type, status]) =>
    listOf(record[name])
      .filter(isObject)
      .map((event) => ({ type, status, ...event })),
  );
}

import type { EntityKind } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  lookup,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import type { Dialect } from '../dialect.ts';

// Type words of impact scope and indicators.
const KINDS: Readonly<Record<string, EntityKind>> = {
  host: 'host',
  endpoint: 'host',
  container: 'other',
  account: 'user',
  user_account: 'user',
  cloudidentity: 'user',
  awslambda: 'cloud_resource',
  email_address: 'email',
  emailaddress: 'email',
  email_sender: 'email',
  email_recipient: 'email',
  ip: 'ip',
  domain: 'domain',
  url: 'url',
  file_sha1: 'hash',
  file_sha256: 'hash',
  file_md5: 'hash',
  filename: 'file',
  fullpath: 'file',
  command_line: 'process',
  process_name: 'process',
  registry_key: 'registry',
  registry_value: 'registry',
};

/** A workbench alert of Trend Vision One. */
export const trendVisionOne: Dialect = {
  name: 'trend_vision_one',
  title: 'Trend Vision One workbench alert',
  reads: {
    recognisedBy: '`impactScope`',
    id: '`id`',
    time: 'first `matchedDateTime`',
    severity: '`severity`',
    tactics: '`mitreTechniqueIds`',
    entities: '`impactScope.entities`, `indicators`',
  },
  verdictFields: [
    'investigationStatus',
    'investigationResult',
    'status',
    'ownerIds',
    'updatedDateTime',
    'caseId',
  ],

  recognise: (payload) =>
    'impactScope' in payload &&
    ('matchedRules' in payload || 'workbenchLink' in payload || 'model' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'workbenchId');
    draft.text('title', payload, 'model', 'description');
    draft.text('rule_id', payload, 'modelId', 'matchedRules.id');
    draft.text('rule_name', payload, 'model', 'matchedRules.name');
    draft.text('category', payload, 'alertProvider', 'modelType');
    draft.text('incident_id', payload, 'incidentId');
    draft.constant('source', 'trend_vision_one');
    draft.constant('vendor', 'Trend Micro');
    draft.severity(payload['severity'], 'severity');
    draft.score(payload['score'], 'score');
    draft.time('occurred_at', payload, 'matchedRules.matchedFilters.matchedDateTime', 'createdDateTime');
    draft.time('created_at', payload, 'createdDateTime');
    for (const rule of objectsOf(payload['matchedRules'])) {
      for (const filter of objectsOf(rule['matchedFilters']))
        draft.attack(filter['mitreTechniqueIds'], 'matchedRules.matchedFilters.mitreTechniqueIds');
    }
    for (const entity of objectsOf(objectOf(payload['impactScope'])?.['entities']))
      readValue(
        textOf(entity['entityType']),
        entity['entityValue'],
        'impactScope.entities',
        draft,
        'impacted',
      );
    for (const indicator of objectsOf(payload['indicators']))
      readValue(textOf(indicator['type']), indicator['value'], 'indicators', draft);
  },

  closingOf(payload): Closing | undefined {
    // The older field stays behind at `New` where the newer one is used.
    const status = textAt(payload, 'status') ?? textAt(payload, 'investigationStatus');
    if (status === undefined || !/closed|true positive|false positive|benign/i.test(status)) return undefined;
    const result = textAt(payload, 'investigationResult');
    const older = textAt(payload, 'investigationStatus');
    const word = [result, status, older].find(
      (one) => outcomeOfWord(one) !== undefined && !/^closed$/i.test(one ?? ''),
    );
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word: word ?? result,
      raw: [word ?? result ?? status],
      closedAt: momentOf(payload['updatedDateTime']),
      // Findings are chosen by whoever investigates; automation closes without them.
      trace: {
        ...(word === undefined ? {} : { marker: 'person' as const }),
        owners: listOf(payload['ownerIds']).map(textOf),
        changes: changesOf(payload['notes']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    return factsOf(payload, ['updatedDateTime'], ['ownerIds']);
  },
};

/** A value is a text, or for hosts an object with a name and addresses. */
function readValue(
  type: string | undefined,
  value: unknown,
  path: string,
  draft: AlertDraft,
  role?: EntityRole,
): void {
  const kind = lookup(KINDS, (type ?? '').toLowerCase());
  if (isObject(value)) {
    const host: JsonObject = value;
    draft.entity('host', host['name'], path, role);
    draft.entity('ip', host['ips'], path, role);
  } else if (typeof value === 'string' && value.startsWith('arn:'))
    draft.entity('cloud_resource', value, path, role);
  else if (kind !== undefined) draft.entity(kind, value, path, role);
}

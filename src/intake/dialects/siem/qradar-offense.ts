import type { EntityKind } from '../../../alert/alert.ts';
import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { changesOf } from '../../evidence/record-changes.ts';
import { factsOf } from '../../evidence/record-facts.ts';
import { numberOf, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

// What `offense_source` holds, by `offense_type`; the types left out are ports, rules, event names and the like.
const SOURCE_KINDS: Readonly<Record<number, EntityKind>> = {
  0: 'ip',
  1: 'ip',
  3: 'user',
  7: 'host',
  10: 'ip',
  11: 'ip',
};

/** An offence of IBM QRadar. Its id is a small number that repeats from box to box. */
export const qradarOffense: Dialect = {
  name: 'qradar_offense',
  title: 'IBM QRadar offence',
  reads: {
    recognisedBy: '`offense_source`, `magnitude`',
    id: '`id` with tenant or start',
    time: '`start_time`',
    severity: '`severity` 0-10',
    tactics: '-',
    entities: '`offense_source` by its type',
  },
  verdictFields: [
    'status',
    'closing_reason_id',
    'closing_user',
    'close_time',
    'assigned_to',
    'follow_up',
    'protected',
    'inactive',
    'last_updated_time',
    'last_persisted_time',
  ],

  recognise(payload) {
    return (
      ('offense_type' in payload || 'offense_source' in payload) &&
      ('magnitude' in payload || 'credibility' in payload || 'offense_source' in payload)
    );
  },

  toAlert(payload, draft) {
    draft.text('id', payload, 'id', 'offense_id');
    draft.text('title', payload, 'description', 'offense_name', 'offense_source');
    const rule = textOf(objectsOf(payload['rules'])[0]?.['id']);
    draft.set('rule_id', rule, 'rules.id');
    draft.text('rule_name', payload, 'rules.name', 'description');
    draft.text('category', payload, 'categories', 'category');
    if (numberOf(payload['domain_id'])) draft.text('tenant', payload, 'domain_id');
    draft.text('tenant', payload, 'domain_name');
    draft.idIsCounter();
    draft.constant('source', 'qradar');
    draft.constant('vendor', 'IBM');
    draft.severity(payload['severity'], 'severity', TEN_SCALE);
    draft.severity(payload['magnitude'], 'magnitude', TEN_SCALE);
    draft.score(payload['magnitude'], 'magnitude', 10);
    draft.time('occurred_at', payload, 'start_time', 'first_persisted_time');
    draft.time('created_at', payload, 'first_persisted_time');
    const type = numberOf(payload['offense_type']);
    const kind = type === undefined ? undefined : SOURCE_KINDS[type];
    if (kind !== undefined) draft.entity(kind, payload['offense_source'], 'offense_source');
    // Without the type only an address shows what it is.
    else if (type === undefined) draft.entity('ip', payload['offense_source'], 'offense_source');
    for (const name of [
      'source_addresses',
      'local_destination_addresses',
      'remote_destination_addresses',
      'source_ip',
    ])
      draft.entity('ip', payload[name], name);
    for (const name of ['usernames', 'username']) draft.entity('user', payload[name], name);
    draft.measure('event_count', payload['event_count'], 'event_count');
    draft.measure('flow_count', payload['flow_count'], 'flow_count');
  },

  closingOf(payload): Closing | undefined {
    const status = textAt(payload, 'status');
    if (status?.toUpperCase() !== 'CLOSED') return undefined;
    // Closing reasons are numbers of each box's own table; only a text can be understood here.
    const reason = textAt(payload, 'closing_reason', 'closing_reason_text', 'closing_reason_name');
    const id = textAt(payload, 'closing_reason_id');
    const word = reason?.split(',')[0];
    return closingOf({
      record: payload,
      outcome: outcomeOfWord(word),
      word,
      raw: [status, reason ?? (id === undefined ? undefined : `closing_reason_id ${id}`)],
      reason: reason ?? (id === undefined ? undefined : `closing reason ${id} of this box`),
      closedAt: momentOf(payload['close_time']),
      trace: {
        closers: [textAt(payload, 'closing_user')],
        owners: [textAt(payload, 'assigned_to')],
        changes: changesOf(payload['notes']),
      },
    });
  },

  recordOf(payload): RecordFacts {
    return factsOf(payload, ['last_persisted_time', 'last_updated_time', 'close_time'], ['assigned_to']);
  },
};

import { readTexts } from '../../evidence/part-entities.ts';
import { at, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A record of Zeek's notice.log as JSON. `note` names the type of notice; it states no severity.
 *
 * @see https://docs.zeek.org/en/master/logs/notice.html
 */
export const zeekNotice: Dialect = {
  name: 'zeek_notice',
  title: 'Zeek notice (notice.log as JSON)',
  reads: {
    recognisedBy: '`note` with `::` (Zeek documentation)',
    id: '`uid` with note and time',
    time: '`ts`',
    severity: 'not stated: unknown',
    tactics: '-',
    entities: 'both ends, addresses in `msg`, `sub`',
  },
  verdictFields: [],

  recognise: (payload) =>
    typeof payload['note'] === 'string' &&
    payload['note'].includes('::') &&
    ('ts' in payload || '@timestamp' in payload || 'peer_descr' in payload),

  toAlert(payload, draft) {
    // A connection's uid is of the connection: two notices on one are two.
    const uid = textOf(payload['uid']);
    if (uid !== undefined) {
      draft.set('id', uid, 'uid');
      draft.set('id_scope', `${textOf(payload['note'])} ${textOf(payload['ts']) ?? ''}`, 'note, ts');
    }
    draft.text('title', payload, 'note');
    draft.text('rule_id', payload, 'note');
    draft.text('rule_name', payload, 'note');
    draft.constant('source', 'zeek');
    draft.constant('vendor', 'Zeek');
    draft.time('occurred_at', payload, 'ts', '@timestamp');
    for (const name of ['src', 'id.orig_h']) draft.entity('ip', payload[name] ?? at(payload, name), name);
    for (const name of ['dst', 'id.resp_h']) draft.entity('ip', payload[name] ?? at(payload, name), name);
    draft.entity('file', payload['file_desc'], 'file_desc');
    draft.measure('event_count', payload['n'], 'n');
    for (const name of ['msg', 'sub', 'p', 'fuid']) draft.distinct(payload[name]);
    readTexts(payload, ['msg', 'sub'], draft);
  },
};

import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { jsonIn } from '../../values/json-text.ts';
import { isObject, numberOf, textOf } from '../../values/json-value.ts';
import { severityOfSyslog } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A message in the Graylog Extended Log Format, as pygelf, ElastAlert and Docker send it. `level` is of syslog.
 *
 * @see https://go2docs.graylog.org/current/getting_in_log_data/gelf.html
 */
export const gelfMessage: Dialect = {
  name: 'gelf_message',
  title: 'GELF message',
  reads: {
    recognisedBy: '`short_message` with `host` (GELF 1.1; ElastAlert recorded)',
    id: 'own field only',
    time: '`timestamp`',
    severity: 'own field, then syslog `level`',
    tactics: 'own fields',
    entities: 'host, own fields, message',
  },
  verdictFields: [],

  recognise: (payload) =>
    'short_message' in payload && 'host' in payload && ('version' in payload || 'level' in payload),

  toAlert(payload, draft) {
    // ElastAlert writes the alert's fields as JSON text in place of the message.
    const inner = jsonIn(payload['short_message']);
    const fields = isObject(inner) ? inner : {};
    for (const name of ['Title', 'title', 'rule', 'rule_name', 'name', 'alert'])
      draft.set('title', fields[name], `short_message.${name}`);
    if (!isObject(inner)) draft.set('title', payload['short_message'], 'short_message');
    for (const name of ['_rule', '_rule_name', '_alert_rule', '_signature'])
      draft.set('rule_name', payload[name], name);
    for (const name of ['_rule_id', '_signature_id']) draft.set('rule_id', payload[name], name);
    for (const name of ['_alert_id', '_event_id', '_uuid', '_alert_uuid'])
      draft.set('id', payload[name], name);
    draft.constant('source', 'gelf');
    const word = payload['_severity'] ?? fields['severity'] ?? fields['Severity'];
    draft.severity(word, '_severity');
    const level = numberOf(payload['level']);
    if (level !== undefined) draft.setSeverity(severityOfSyslog(level), 'level');
    draft.setTime('occurred_at', payload['timestamp'], 'timestamp');
    const host = textOf(payload['host']);
    if (host !== undefined && host !== 'localhost') draft.entity('host', host, 'host');
    readPartEntities(fields, 'short_message', draft);
    const own: Record<string, unknown> = {};
    for (const key in payload) if (key.startsWith('_')) own[key.slice(1)] = payload[key];
    readPartEntities(own, '', draft);
    draft.attack([own['mitre'], own['technique'], own['tactic']], '_mitre');
    for (const name of ['full_message', 'short_message']) draft.distinct(payload[name]);
    readTexts(payload, ['full_message', 'short_message'], draft);
  },
};

import type { Severity } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { type JsonObject, numberOf, objectOf, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import { momentMs } from '../../values/moment.ts';
import { severityOfWord } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

// Severity of rules: 0 emergency, 1 alert, 2 critical, 3 error, 4 warning, 5 notice, 6 info, 7 debug.
const SEVERITIES: readonly Severity[] = [
  'critical',
  'critical',
  'critical',
  'high',
  'medium',
  'informational',
  'informational',
  'informational',
];
const ORDER: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical'];

/**
 * A transaction of a web application firewall in the audit log of Coraza or ModSecurity 3 (JSON). One transaction is one
 * alert; its messages are the rules that matched.
 *
 * @see https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats
 */
export const modsecurityAudit: Dialect = {
  name: 'modsecurity_audit',
  title: 'Coraza and ModSecurity audit record',
  reads: {
    recognisedBy: '`transaction.client_ip` (Coraza 3.8.1 recorded; ModSecurity data formats)',
    id: '`transaction.id`, `unique_id`',
    time: '`unix_timestamp`, `time_stamp`',
    severity: 'worst rule, 0-2 critical',
    tactics: 'tags',
    entities: 'client, host, url',
  },
  verdictFields: [],

  recognise(payload) {
    const transaction = objectOf(payload['transaction']);
    return (
      transaction !== undefined &&
      'client_ip' in transaction &&
      ('messages' in payload || 'messages' in transaction || 'request' in transaction)
    );
  },

  toAlert(payload, draft) {
    const transaction = objectOf(payload['transaction']) ?? {};
    const messages = objectsOf(payload['messages'] ?? transaction['messages']);
    draft.text('id', payload, 'transaction.id', 'transaction.unique_id');
    const main = worst(messages);
    const details = main === undefined ? {} : detailsOf(main);
    draft.set('title', main?.['message'] ?? details['msg'], 'messages.message');
    draft.set('title', textOf(main?.['error_message'])?.slice(0, 400), 'messages.error_message');
    draft.set('title', 'Web application firewall transaction', 'transaction');
    draft.set('rule_id', details['id'] ?? details['ruleId'], 'messages.data.id');
    draft.set('rule_name', details['msg'] ?? main?.['message'], 'messages.data.msg');
    draft.constant('source', 'data' in (main ?? {}) ? 'coraza' : 'modsecurity');
    const severity = main === undefined ? 'unknown' : severityOf(main);
    draft.setSeverity(severity, 'messages.data.severity');
    // Coraza's `timestamp` is local time without a zone.
    for (const name of ['unix_timestamp', 'time_stamp', 'timestamp', 'time']) {
      if (
        momentMs(transaction[name]) !== undefined &&
        draft.setTime('occurred_at', transaction[name], `transaction.${name}`)
      )
        break;
    }
    readEnds(payload, transaction, draft);
    for (const message of messages) {
      const tags = detailsOf(message)['tags'];
      draft.attack(tags, 'messages.data.tags');
    }
    const tag = messages
      .flatMap((message) => detailsOf(message)['tags'])
      .find((one) => typeof one === 'string' && one.startsWith('attack-'));
    draft.set('category', tag, 'messages.data.tags');
  },
};

function detailsOf(message: JsonObject): JsonObject {
  return objectOf(message['data']) ?? objectOf(message['details']) ?? {};
}

function severityOf(message: JsonObject): Severity {
  const value = detailsOf(message)['severity'];
  const number = numberOf(value);
  if (number !== undefined) return SEVERITIES[number] ?? 'unknown';
  return severityOfWord(textOf(value) ?? '') ?? 'unknown';
}

function worst(messages: readonly JsonObject[]): JsonObject | undefined {
  let found: JsonObject | undefined;
  for (const message of messages)
    if (found === undefined || ORDER.indexOf(severityOf(message)) > ORDER.indexOf(severityOf(found)))
      found = message;
  return found;
}

function readEnds(payload: JsonObject, transaction: JsonObject, draft: AlertDraft): void {
  draft.entity('ip', transaction['client_ip'], 'transaction.client_ip', 'attacker');
  draft.entity('ip', transaction['host_ip'], 'transaction.host_ip', 'victim');
  const host = textAt(payload, 'transaction.request.headers.host', 'transaction.request.headers.Host');
  draft.entity('domain', host?.replace(/:\d+$/, ''), 'transaction.request.headers.host', 'victim');
  const uri = textAt(payload, 'transaction.request.uri');
  if (uri?.startsWith('/') && host !== undefined)
    draft.entity('url', `http://${host}${uri}`, 'transaction.request.uri');
  draft.measure(
    'status_code',
    objectOf(transaction['response'])?.['status'] ?? objectOf(transaction['response'])?.['http_code'],
    'transaction.response.status',
  );
}

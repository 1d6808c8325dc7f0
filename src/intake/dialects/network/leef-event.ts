import type { AlertDraft } from '../../draft/alert-draft.ts';
import { readPartEntities } from '../../evidence/part-entities.ts';
import { type JsonObject, objectOf, textOf } from '../../values/json-value.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import { TEN_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';
import { type EntityField, readEntityFields } from '../entity-fields.ts';
import { joinPath } from '../file-path.ts';

const FIELDS: readonly EntityField[] = [
  ['ip', 'src'],
  ['ip', 'dst'],
  ['ip', 'srcPostNAT'],
  ['ip', 'dstPostNAT'],
  ['user', 'usrName'],
  ['user', 'accountName'],
  ['host', 'identHostName'],
  ['ip', 'identSrc'],
  ['host', 'shost'],
  ['host', 'dhost'],
  ['url', 'url'],
  ['hash', 'fileHash'],
];

/**
 * A message in IBM's Log Event Extended Format, as `parseLeefLine` reads it.
 *
 * @see https://www.ibm.com/docs/en/dsm?topic=overview-predefined-leef-event-attributes
 */
export const leefEvent: Dialect = {
  name: 'leef_event',
  title: 'LEEF line (1.0, 2.0), with or without syslog header',
  reads: {
    recognisedBy: "`LEEF:1.0`, `LEEF:2.0` (IBM's attribute list)",
    id: 'own attribute only',
    time: '`devTime`, syslog header',
    severity: '`sev` 0-10',
    tactics: '-',
    entities: '`src`, `dst`, `usrName` and other attributes',
  },
  verdictFields: ['extension.outcome'],

  recognise: (payload) => 'leef_version' in payload && 'extension' in payload,

  toAlert(payload, draft) {
    const extension = objectOf(payload['extension']) ?? {};
    for (const name of ['externalId', 'alertId', 'eventId', 'uniqueId', 'alarmID', 'incidentId'])
      if (draft.set('id', extension[name], `extension.${name}`)) break;
    for (const name in extension)
      if (/(alert|incident|detection|finding|alarm|case)_?(id|uid|uuid)$/i.test(name))
        draft.set('id', extension[name], `extension.${name}`);
    for (const name of ['eventName', 'EventMessage', 'Action', 'name', 'msg', 'reason', 'cat'])
      if (draft.set('title', extension[name], `extension.${name}`)) break;
    draft.text('title', payload, 'event_id');
    draft.text('rule_id', payload, 'event_id');
    draft.text('category', payload, 'extension.cat');
    draft.text('vendor', payload, 'device_vendor');
    const both = [payload['device_vendor'], payload['device_product']]
      .map((part) => textOf(part) ?? '')
      .join(' ')
      .trim();
    if (both !== '') draft.set('source', sourceOfProduct(both), 'device_product');
    draft.severity(extension['sev'], 'extension.sev', TEN_SCALE);
    for (const name of ['severity', 'alarmSev', 'Severity', 'priority'])
      draft.severity(extension[name], `extension.${name}`, TEN_SCALE);
    for (const name of ['devTime', 'startTime', 'eventTime', 'rt', 'start'])
      draft.setTime('occurred_at', extension[name], `extension.${name}`);
    draft.setTime('occurred_at', payload['syslog_time'], 'syslog_time');
    readEntityFields(extension, 'extension.', FIELDS, draft);
    readFile(extension, draft);
    readPartEntities(extension, 'extension', draft);
    draft.measure('bytes_sent', extension['srcBytes'], 'extension.srcBytes');
    draft.measure('bytes_recv', extension['dstBytes'], 'extension.dstBytes');
    for (const name of ['srcPort', 'dstPort', 'EventMessage', 'msg', 'File']) draft.distinct(extension[name]);
  },
};

function readFile(extension: JsonObject, draft: AlertDraft): void {
  const name = textOf(extension['fileName'] ?? extension['File']);
  if (name !== undefined)
    draft.entity('file', joinPath(textOf(extension['filePath']), name), 'extension.fileName');
}

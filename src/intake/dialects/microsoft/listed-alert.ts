import type { RecordFacts } from '../../../alert/closing.ts';
import { type JsonObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';

/** Key under which an alert that an incident lists is handed the verdict fields of its incident. */
export const INCIDENT = 'incident';

/** Verdict fields of an incident, as they stand in the alerts it lists. */
export function incidentFields(incident: JsonObject): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const name of [
    'status',
    'classification',
    'determination',
    'assignedTo',
    'tags',
    'customTags',
    'lastUpdateTime',
    'lastUpdateDateTime',
    'resolvedTime',
    'comments',
    'createdTime',
    'createdDateTime',
  ])
    if (incident[name] !== undefined) fields[name] = incident[name];
  return fields;
}

/** Whose word stands on a record: its own, or within an expanded incident that of the incident where it has none. */
export function judgedRecord(payload: JsonObject): { record: JsonObject; isInherited: boolean } {
  const incident = objectOf(payload[INCIDENT]);
  const own = textOf(payload['classification']);
  const isInherited =
    incident !== undefined &&
    (own === undefined || /^(unknown|notset|notavailable|unknownfuturevalue)$/i.test(own));
  return { record: isInherited ? { ...payload, ...incident } : payload, isInherited };
}

/** The facts of an alert on which its incident's word stands. */
export function inheritedFacts(payload: JsonObject): Pick<RecordFacts, 'isInherited' | 'incident'> {
  const incident = objectOf(payload[INCIDENT]) ?? {};
  const id = textAt(payload, 'incidentId');
  if (id === undefined) return { isInherited: true };
  return {
    isInherited: true,
    incident: {
      tenant: textAt(payload, 'tenantId'),
      source: 'defender_xdr',
      id,
      id_scope: momentOf(incident['createdTime'] ?? incident['createdDateTime']),
    },
  };
}

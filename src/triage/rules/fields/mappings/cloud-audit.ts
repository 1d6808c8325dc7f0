import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** Okta system log events under their own names. */
export const okta: Mapping = {
  name: 'okta',
  title: 'Okta system log: `eventType`, `displayMessage`, `outcome`',

  recognise: (payload) =>
    'eventType' in payload && ('displayMessage' in payload || 'legacyEventType' in payload),

  read(payload, into) {
    const type = textOf(payload['eventType']);
    into.operation(type);
    const outcome = objectOf(payload['outcome']);
    into.record('-', 'okta', 'okta', {
      eventType: type,
      eventtype: type,
      displayMessage: textOf(payload['displayMessage']),
      displaymessage: textOf(payload['displayMessage']),
      'outcome.result': textOf(outcome?.['result']),
      'outcome.reason': textOf(outcome?.['reason']),
      'securityContext.isProxy': objectOf(payload['securityContext'])?.['isProxy'],
      'client.user_agent.rawUserAgent': textOf(
        objectOf(objectOf(payload['client'])?.['userAgent'])?.['rawUserAgent'],
      ),
    });
    into.line(objectOf(objectOf(payload['client'])?.['userAgent'])?.['rawUserAgent']);
  },
};

/** Microsoft 365 unified audit log, Entra audit and sign-in log, Azure activity log. */
export const microsoftAudit: Mapping = {
  name: 'microsoft_audit',
  title: 'Microsoft 365 and Azure audit: `Operation`, `operationName`, `Parameters`',

  recognise: (payload) =>
    ('Operation' in payload && ('Workload' in payload || 'RecordType' in payload)) ||
    typeof payload['operationName'] === 'string' ||
    isObject(payload['operationName']),

  read(payload, into) {
    const operation = payload['Operation'] ?? payload['operationName'];
    const name = textOf(isObject(operation) ? operation['value'] : operation);
    into.operation(name);
    const properties = objectOf(payload['properties']);
    if ('Workload' in payload || 'RecordType' in payload) {
      into.record('-', 'm365', 'audit', {
        ...payload,
        eventName: name,
        eventSource: textOf(payload['Workload']),
      });
      into.line(parametersOf(payload));
    } else {
      into.record('-', 'azure', 'activitylogs', { ...properties, operationName: name, properties });
    }
  },
};

function parametersOf(payload: JsonObject): string[] {
  return listOf(payload['Parameters']).flatMap((parameter) =>
    isObject(parameter) ? [`${textOf(parameter['Name']) ?? ''}=${textOf(parameter['Value']) ?? ''}`] : [],
  );
}

/** Google Cloud audit log, as a record or within a finding of the Security Command Center. */
export const gcpAudit: Mapping = {
  name: 'gcp_audit',
  title: 'Google Cloud audit log: `protoPayload.methodName`, finding `access.methodName`',

  recognise: (payload) =>
    isObject(payload['protoPayload']) || isObject(objectOf(payload['finding'])?.['access']),

  read(payload, into) {
    const call = objectOf(payload['protoPayload']);
    const method = call?.['methodName'] ?? objectOf(objectOf(payload['finding'])?.['access'])?.['methodName'];
    into.operation(method);
    into.record('-', 'gcp', 'gcp.audit', {
      'gcp.audit.method_name': textOf(method),
      'data.protoPayload.methodName': textOf(method),
      'data.protoPayload.serviceName': textOf(call?.['serviceName']),
    });
  },
};

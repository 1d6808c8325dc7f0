import {
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';

/** GuardDuty findings: the API call, name look-up, connection or runtime process behind them. */
export const guardduty: Mapping = {
  name: 'guardduty',
  title: 'GuardDuty: `service.action.*`, `service.runtimeDetails.process`',

  recognise: (payload) => isObject(payload['service']) && 'type' in payload,

  read(payload, into) {
    into.word([payload['description'], payload['type']]);
    const service = objectOf(payload['service']) ?? {};
    const action = objectOf(service['action']);
    const call = objectOf(action?.['awsApiCallAction']);
    if (call !== undefined) {
      into.operation(call['api']);
      into.record('-', 'aws', 'cloudtrail', {
        eventName: textOf(call['api']),
        eventSource: textOf(call['serviceName']),
        errorCode: textOf(call['errorCode']),
        userAgent: textOf(call['userAgent']),
        sourceIPAddress: textOf(objectOf(call['remoteIpDetails'])?.['ipAddressV4']),
      });
    }
    into.dns(objectOf(action?.['dnsRequestAction'])?.['domain']);
    const process = objectOf(objectOf(service['runtimeDetails'])?.['process']);
    if (process !== undefined) readRuntime(process, into);
  },
};

function readRuntime(process: JsonObject, into: Observations): void {
  const parent = objectsOf(process['lineage'])[0];
  into.process(
    {
      image: process['executablePath'] ?? process['name'],
      commandLine: process['commandLine'] ?? process['executablePath'],
      parentImage: parent?.['executablePath'] ?? parent?.['name'],
      user: process['user'],
      currentDirectory: process['pwd'],
    },
    'linux',
  );
}

/** CloudTrail records under their own names, which are those of the Sigma taxonomy. */
export const cloudtrail: Mapping = {
  name: 'cloudtrail',
  title: 'CloudTrail: the record as it is',

  recognise: (payload) => 'eventName' in payload && 'eventSource' in payload,

  read(payload, into) {
    into.operation(payload['eventName']);
    into.record('-', 'aws', 'cloudtrail', payload);
    const request = payload['requestParameters'];
    if (isObject(request)) into.line(JSON.stringify(request));
  },
};

/** Security Hub findings: the process and the network of the finding, and its types. */
export const securityHub: Mapping = {
  name: 'security_hub',
  title: 'Security Hub ASFF: `Process`, `Types`, `Action.AwsApiCallAction`',

  recognise: (payload) => 'ProductArn' in payload,

  read(payload, into) {
    into.word([payload['Description'], payload['Types']]);
    const process = objectOf(payload['Process']);
    into.process({ image: process?.['Path'] ?? process?.['Name'], commandLine: process?.['CommandLine'] });
    into.operation(objectOf(objectOf(payload['Action'])?.['AwsApiCallAction'])?.['Api']);
  },
};

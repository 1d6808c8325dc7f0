import { isObject, type JsonObject, objectOf, objectsOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import { productOfHost } from './ecs.ts';

/** SentinelOne: threats (`threatInfo`), custom-rule alerts (`sourceProcessInfo`), activities in lower-case names. */
export const sentinelone: Mapping = {
  name: 'sentinelone',
  title: 'SentinelOne: `threatInfo`, `sourceProcessInfo`, `sourceParentProcessInfo`, activity `data`',

  recognise: (payload) =>
    isObject(payload['threatInfo']) ||
    isObject(payload['sourceProcessInfo']) ||
    isObject(payload['alertInfo']) ||
    'activitytype' in payload ||
    'activityType' in payload,

  read(payload, into) {
    const threat = objectOf(payload['threatInfo']);
    const agent = objectOf(payload['agentRealtimeInfo']) ?? objectOf(payload['agentDetectionInfo']);
    const product = productOfHost(agent?.['agentOsType'] ?? agent?.['agentOsName']);
    if (threat !== undefined) {
      into.process(
        {
          image: threat['filePath'],
          commandLine: threat['maliciousProcessArguments'],
          parentImage: threat['originatorProcess'],
          user: threat['processUser'],
          hashes: threat['sha256'] ?? threat['sha1'],
        },
        product,
      );
      into.file(threat['filePath'], threat['originatorProcess'], threat['processUser']);
      into.word([threat['threatName'], threat['classification']]);
    }
    for (const indicator of objectsOf(payload['indicators'])) into.word(indicator['description']);
    const source = objectOf(payload['sourceProcessInfo']);
    const parent = objectOf(payload['sourceParentProcessInfo']);
    if (source !== undefined) {
      into.process(
        {
          image: source['filePath'] ?? source['name'],
          commandLine: source['commandline'],
          parentImage: parent?.['filePath'] ?? parent?.['name'],
          parentCommandLine: parent?.['commandline'],
          user: source['user'] ?? source['effectiveUser'],
          integrityLevel: source['integrityLevel'],
          hashes: source['fileHashSha256'],
        },
        product,
      );
    }
    const rule = objectOf(payload['ruleInfo']);
    into.word(rule?.['description']);
    const info = objectOf(payload['alertInfo']);
    into.dns(info?.['dnsRequest']);
    into.registry(info?.['registryPath'] ?? info?.['registryKeyPath'], info?.['registryValue']);
    const data = objectOf(payload['data']);
    if (data !== undefined) readActivity(data, product, into);
    into.word(payload['primaryDescription'] ?? payload['primarydescription']);
  },
};

/** Names of an activity are lower-cased by one forwarder and camelCase from the API. */
function readActivity(
  data: JsonObject,
  product: string | undefined,
  into: Parameters<Mapping['read']>[1],
): void {
  const lower: Record<string, unknown> = {};
  for (const name in data) lower[name.toLowerCase()] = data[name];
  into.process(
    {
      image: lower['sourceprocessfilepath'] ?? lower['sourceprocessname'],
      commandLine: lower['sourceprocesscommandline'],
      parentImage: lower['sourceparentprocesspath'] ?? lower['sourceparentprocessname'],
      parentCommandLine: lower['sourceparentprocesscommandline'],
      user: lower['sourceprocessusername'],
      integrityLevel: lower['sourceprocessintegritylevel'],
    },
    product,
  );
  into.file(lower['filepath']);
  into.dns(lower['dnsrequest']);
  into.word([lower['threatclassification'], lower['ruledescription']]);
}

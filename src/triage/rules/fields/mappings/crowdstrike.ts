import { joinPath } from '../../../../intake/dialects/file-path.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';
import { productOfHost } from './ecs.ts';

/** CrowdStrike Falcon: detection events of the stream, and alerts and detections of the API. */
export const crowdstrike: Mapping = {
  name: 'crowdstrike',
  title: 'CrowdStrike Falcon: `CommandLine`, `ParentImageFileName`, `DnsRequests`, `behaviors[]`',

  recognise: (payload) =>
    'CompositeId' in payload ||
    'composite_id' in payload ||
    'DetectId' in payload ||
    Array.isArray(payload['behaviors']) ||
    'CommandLine' in (objectOf(payload['event']) ?? {}) ||
    'CompositeId' in (objectOf(payload['event']) ?? {}),

  read(payload, into) {
    const event = objectOf(payload['event']) ?? payload;
    readDetection(event, into);
    for (const behavior of objectsOf(payload['behaviors'])) readDetection(behavior, into);
  },
};

function readDetection(event: JsonObject, into: Observations): void {
  const name = textOf(event['FileName'] ?? event['filename']);
  const path = textOf(event['FilePath'] ?? event['filepath']);
  const parent = objectOf(event['parent_details']);
  const grandparent = objectOf(event['grandparent_details']);
  const image = name === undefined ? path : joinPath(path, name);
  into.process(
    {
      image,
      commandLine: event['CommandLine'] ?? event['cmdline'],
      parentImage:
        event['ParentImageFilePath'] ??
        event['ParentImageFileName'] ??
        parent?.['filepath'] ??
        parent?.['filename'],
      parentCommandLine: event['ParentCommandLine'] ?? parent?.['cmdline'] ?? event['parent_cmdline'],
      grandparentCommandLine: event['GrandParentCommandLine'] ?? grandparent?.['cmdline'],
      user: event['UserName'] ?? event['user_name'],
      hashes: event['SHA256String'] ?? event['sha256'],
    },
    productOfHost(objectOf(event['device'])?.['platform_name'] ?? event['platform']),
  );
  into.word([event['Description'], event['description'], event['DetectDescription'], event['Objective']]);
  for (const request of objectsOf(event['DnsRequests'] ?? event['dns_requests']))
    into.dns(request['DomainName'] ?? request['domain_name'], image);
  for (const access of objectsOf(event['NetworkAccesses'] ?? event['network_accesses'])) {
    into.record('network_connection', 'windows', '-', {
      Image: image,
      DestinationIp: textOf(access['RemoteAddress'] ?? access['remote_address']),
      DestinationPort: textOf(access['RemotePort'] ?? access['remote_port']),
      SourceIp: textOf(access['LocalAddress'] ?? access['local_address']),
      Initiated: 'true',
    });
  }
  for (const written of objectsOf(event['ExecutablesWritten'] ?? event['files_written'])) {
    const file = textOf(written['FileName'] ?? written['filename']);
    if (file !== undefined)
      into.file(joinPath(textOf(written['FilePath'] ?? written['filepath']), file), image);
  }
}

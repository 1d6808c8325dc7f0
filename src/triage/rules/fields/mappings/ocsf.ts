import {
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';
import { productOfHost } from './ecs.ts';

/** Open Cybersecurity Schema Framework: findings with evidences, and activity records. */
export const ocsf: Mapping = {
  name: 'ocsf',
  title:
    'OCSF: `evidences[]`, `actor.process`, `process`, `file`, `api.operation`, `query.hostname`, `http_request`',

  recognise: (payload) => 'class_uid' in payload || 'category_uid' in payload,

  read(payload, into) {
    const product = productOfHost(objectOf(objectOf(payload['device'])?.['os'])?.['name']);
    readActivity(payload, product, into);
    for (const evidence of objectsOf(payload['evidences'])) {
      readActivity(evidence, product, into);
      const data = objectOf(evidence['data']);
      if (data !== undefined) readActivity(data, product, into);
    }
    into.word([objectOf(payload['finding_info'])?.['desc'], payload['message']]);
    into.line(payload['raw_data']);
  },
};

function readActivity(part: JsonObject, product: string | undefined, into: Observations): void {
  const actor = objectOf(objectOf(part['actor'])?.['process']);
  const process = objectOf(part['process']);
  if (process !== undefined) readProcess(process, actor, product, into);
  if (actor !== undefined) readProcess(actor, undefined, product, into);
  const file = objectOf(part['file']);
  into.file(file?.['path'] ?? file?.['name'], objectOf(actor?.['file'])?.['path']);
  into.registry(
    objectOf(part['reg_key'])?.['path'] ?? objectOf(part['reg_value'])?.['path'],
    objectOf(part['reg_value'])?.['data'],
  );
  into.dns(objectOf(part['query'])?.['hostname']);
  into.operation(objectOf(part['api'])?.['operation']);
  const request = objectOf(part['http_request']);
  const url = request?.['url'] ?? part['url'];
  if (url === undefined) return;
  into.web({
    'c-uri': isObject(url) ? (textOf(url['url_string']) ?? textOf(url['path'])) : textOf(url),
    'cs-host': isObject(url) ? textOf(url['hostname']) : undefined,
    'cs-method': textOf(request?.['http_method']),
    'c-useragent': textOf(request?.['user_agent']),
    'cs-user-agent': textOf(request?.['user_agent']),
  });
}

function readProcess(
  process: JsonObject,
  actor: JsonObject | undefined,
  product: string | undefined,
  into: Observations,
): void {
  const parent = objectOf(process['parent_process']) ?? actor;
  into.process(
    {
      image: objectOf(process['file'])?.['path'] ?? process['path'] ?? process['name'],
      commandLine: process['cmd_line'],
      parentImage: objectOf(parent?.['file'])?.['path'] ?? parent?.['name'],
      parentCommandLine: parent?.['cmd_line'],
      user: objectOf(process['user'])?.['name'],
      currentDirectory: process['working_directory'],
      integrityLevel: process['integrity'],
      processId: process['pid'],
    },
    product,
  );
}

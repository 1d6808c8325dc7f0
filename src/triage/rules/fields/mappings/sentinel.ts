import { keyOf, prop } from '../../../../intake/dialects/case-variants.ts';
import { joinPath } from '../../../../intake/dialects/file-path.ts';
import { jsonAt } from '../../../../intake/values/json-at.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';

const MAX_DEPTH = 6;
// Extended properties in which Defender for Cloud tells a process.
const IMAGE_NAMES = [
  'suspicious process',
  'process name',
  'image path',
  'suspicious image path',
  'suspicious command process',
];
const LINE_NAMES = [
  'command line',
  'suspicious command line',
  'full command',
  'suspicious command',
  'arguments',
];
const PARENT_NAMES = ['parent process', 'parent image path'];

/** Microsoft Sentinel alerts and incidents: typed entities with `$ref` links, and Defender for Cloud's properties. */
export const sentinel: Mapping = {
  name: 'sentinel',
  title: 'Sentinel alert and incident: `Entities`, `ExtendedProperties`',

  recognise: (payload) =>
    'Entities' in payload ||
    'SystemAlertId' in payload ||
    'entities' in payload ||
    isObject(payload['object']) ||
    'relatedEntities' in (objectOf(payload['properties']) ?? {}) ||
    'incidentNumber' in (objectOf(payload['properties']) ?? {}),

  read(payload, into) {
    const properties =
      objectOf(objectOf(payload['object'])?.['properties']) ?? objectOf(payload['properties']);
    into.word([payload['Description'], payload['description'], properties?.['description']]);
    const own = keyOf(payload, 'entities');
    const entities =
      own === undefined && properties !== undefined
        ? jsonAt(properties, keyOf(properties, 'relatedEntities') ?? keyOf(properties, 'entities'))
        : jsonAt(payload, own);
    const list = isObject(entities) ? Object.values(entities).flat() : listOf(entities);
    const byId = new Map<string, JsonObject>();
    for (const entity of list) index(entity, byId, 0);
    for (const entity of list) readEntity(entity, byId, into, 0);
    readExtended(jsonAt(payload, keyOf(payload, 'extendedProperties')), into);
  },
};

function index(value: unknown, byId: Map<string, JsonObject>, depth: number): void {
  if (!isObject(value) || depth > MAX_DEPTH) return;
  const id = textOf(value['$id']);
  if (id !== undefined) byId.set(id, value);
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && part !== null)
      for (const item of listOf(part)) index(item, byId, depth + 1);
  }
}

/** An entity given in place or as `{"$ref": n}`. */
function resolved(value: unknown, byId: Map<string, JsonObject>): JsonObject | undefined {
  const entity = objectOf(value);
  const ref = textOf(entity?.['$ref']);
  return ref === undefined ? entity : byId.get(ref);
}

function readEntity(value: unknown, byId: Map<string, JsonObject>, into: Observations, depth: number): void {
  if (!isObject(value) || depth > 3) return;
  const entity = objectOf(value['properties']) ?? value;
  const type = textOf(value['Type'] ?? value['type'] ?? value['kind'] ?? value['Kind'])?.toLowerCase() ?? '';
  switch (type.replace(/[^a-z]/g, '')) {
    case 'process':
      readProcess(entity, byId, into);
      break;
    case 'file':
      into.file(filePath(entity));
      break;
    case 'url':
      into.web({ 'c-uri': textOf(prop(entity, 'url')) });
      break;
    case 'dns':
    case 'dnsresolution':
      into.dns(prop(entity, 'domainName'));
      break;
    case 'registryvalue': {
      const key = resolved(prop(entity, 'key'), byId);
      const path =
        key === undefined ? '' : `${textOf(prop(key, 'hive')) ?? ''}\\${textOf(prop(key, 'key')) ?? ''}`;
      into.registry(`${path}\\${textOf(prop(entity, 'name')) ?? ''}`, prop(entity, 'value'));
      break;
    }
    case 'registrykey':
      into.registry(`${textOf(prop(entity, 'hive')) ?? ''}\\${textOf(prop(entity, 'key')) ?? ''}`);
      break;
  }
}

function readProcess(entity: JsonObject, byId: Map<string, JsonObject>, into: Observations): void {
  const parent = resolved(prop(entity, 'parentProcess'), byId);
  const account = resolved(prop(entity, 'account'), byId);
  const grandparent = parent === undefined ? undefined : resolved(prop(parent, 'parentProcess'), byId);
  into.process({
    image: filePath(resolved(prop(entity, 'imageFile'), byId)),
    commandLine: prop(entity, 'commandLine'),
    parentImage: parent === undefined ? undefined : filePath(resolved(prop(parent, 'imageFile'), byId)),
    parentCommandLine: parent === undefined ? undefined : prop(parent, 'commandLine'),
    grandparentCommandLine: grandparent === undefined ? undefined : prop(grandparent, 'commandLine'),
    user: account === undefined ? undefined : prop(account, 'name'),
    integrityLevel: prop(entity, 'elevationToken'),
    processId: prop(entity, 'processId'),
  });
}

function filePath(file: JsonObject | undefined): string | undefined {
  if (file === undefined) return undefined;
  const name = textOf(prop(file, 'fileName')) ?? textOf(prop(file, 'name'));
  return name === undefined ? undefined : joinPath(textOf(prop(file, 'directory')), name);
}

function readExtended(value: unknown, into: Observations): void {
  if (!isObject(value)) return;
  const parts: { image?: unknown; commandLine?: unknown; parentImage?: unknown } = {};
  for (const name in value) {
    const plain = name.toLowerCase();
    if (IMAGE_NAMES.includes(plain)) parts.image ??= value[name];
    else if (LINE_NAMES.includes(plain)) parts.commandLine ??= value[name];
    else if (PARENT_NAMES.includes(plain)) parts.parentImage ??= value[name];
    else if (plain === 'query') continue;
    else if (plain === 'operation name' || plain === 'operationname' || plain === 'operations')
      into.operation(value[name]);
    else if (plain === 'description' || plain === 'threat name' || plain === 'detected issue')
      into.word(value[name]);
  }
  into.process(parts);
}

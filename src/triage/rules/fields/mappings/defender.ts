import { joinPath } from '../../../../intake/dialects/file-path.ts';
import { jsonIn } from '../../../../intake/values/json-text.ts';
import {
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
} from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';

/** Defender XDR: evidence of Graph alerts, entities of the incidents API, advanced hunting records. */
export const defender: Mapping = {
  name: 'defender',
  title: 'Defender XDR: `evidence[]`, `entities[]`, advanced hunting `properties`',

  recognise: (payload) =>
    Array.isArray(payload['evidence']) ||
    Array.isArray(payload['alerts']) ||
    (Array.isArray(payload['entities']) && 'serviceSource' in payload) ||
    (typeof payload['category'] === 'string' && payload['category'].startsWith('AdvancedHunting')),

  read(payload, into) {
    into.word(payload['description']);
    for (const item of [...objectsOf(payload['evidence']), ...entitiesOf(payload)]) readEvidence(item, into);
    for (const alert of Array.isArray(payload['alerts']) ? objectsOf(payload['alerts']) : []) {
      into.word([alert['title'], alert['description']]);
      for (const item of [...objectsOf(alert['evidence']), ...entitiesOf(alert)]) readEvidence(item, into);
    }
    const properties = objectOf(payload['properties']);
    if (properties !== undefined) readHunting(properties, into);
  },
};

function entitiesOf(payload: JsonObject): readonly JsonObject[] {
  return Array.isArray(payload['entities']) ? objectsOf(payload['entities']) : [];
}

function readEvidence(evidence: JsonObject, into: Observations): void {
  const parentFile = objectOf(evidence['parentProcessImageFile']);
  const image = objectOf(evidence['imageFile']);
  const line = evidence['processCommandLine'];
  const user = objectOf(evidence['userAccount'])?.['accountName'] ?? evidence['accountName'];
  if (line !== undefined || image !== undefined) {
    into.process({
      image: pathOf(image ?? evidence),
      commandLine: line,
      parentImage:
        pathOf(parentFile) ??
        pathOf({ fileName: evidence['parentProcessFileName'], filePath: evidence['parentProcessFilePath'] }),
      parentCommandLine: evidence['parentProcessCommandLine'],
      user,
      processId: evidence['processId'],
    });
  } else into.file(pathOf(objectOf(evidence['fileDetails']) ?? evidence), undefined, user);
  const key = textOf(evidence['registryKey']);
  if (key !== undefined) {
    const hive = textOf(evidence['registryHive']);
    const name = textOf(evidence['registryValueName']);
    into.registry(
      [hive, key, name].filter((part) => part !== undefined).join('\\'),
      evidence['registryValue'],
    );
  }
  if (evidence['url'] !== undefined) into.web({ 'c-uri': textOf(evidence['url']) });
  // a DNS name in DNS evidence, the account's realm elsewhere
  if (evidence['domainName'] !== undefined && user === undefined) into.dns(evidence['domainName']);
}

function pathOf(file: JsonObject | undefined): string | undefined {
  const name = textOf(file?.['fileName']);
  return name === undefined ? undefined : joinPath(textOf(file?.['filePath']), name);
}

function readHunting(row: JsonObject, into: Observations): void {
  const more = jsonIn(row['AdditionalFields']);
  const fields = isObject(more) ? more : {};
  const file = objectOf(fields['ImageFile']) ?? fields;
  const folder = textOf(row['FolderPath']) ?? textOf(file['Directory']);
  const name = textOf(row['FileName']) ?? textOf(file['Name']);
  const path = name === undefined ? undefined : joinPath(folder, name);
  const line = row['ProcessCommandLine'] ?? fields['CommandLine'];
  if (textOf(line) !== undefined || row['EntityType'] === 'Process') {
    into.process({
      image: path,
      commandLine: line,
      parentImage: row['InitiatingProcessFolderPath'] ?? row['InitiatingProcessFileName'],
      parentCommandLine: row['InitiatingProcessCommandLine'],
      user: row['AccountName'],
    });
  } else into.file(path, undefined, row['AccountName']);
  const key = textOf(row['RegistryKey']);
  if (key !== undefined)
    into.registry(`${key}\\${textOf(row['RegistryValueName']) ?? ''}`, row['RegistryValueData']);
  if (row['RemoteUrl'] !== undefined) into.web({ 'c-uri': textOf(row['RemoteUrl']) });
  into.operation(row['ActionType']);
}

import type { EntityKind } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { isObject, type JsonObject, listOf, objectsOf, textOf } from '../../values/json-value.ts';

// Ways to cut a path in two, longest head first. Paths are constants of ours.
const CUTS = new Map<string, readonly (readonly [string, string])[]>();

/**
 * The value of an ECS field. Documents write `host.name` as one key, as two levels, or as any mix of both. `path` must
 * be a constant of ours.
 */
export function ecs(root: JsonObject, path: string): unknown {
  const whole = root[path];
  if (whole !== undefined && whole !== null) return whole;
  let cuts = CUTS.get(path);
  if (cuts === undefined) {
    const found: [string, string][] = [];
    for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1))
      found.push([path.slice(0, dot), path.slice(dot + 1)]);
    cuts = found;
    CUTS.set(path, cuts);
  }
  for (const [head, tail] of cuts) {
    const inner = root[head];
    if (!isObject(inner)) continue;
    const value = ecs(inner, tail);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Takes the first text among ECS fields. */
export function ecsText(
  root: JsonObject,
  ...paths: readonly string[]
): { text: string; path: string } | undefined {
  for (const path of paths) {
    const text = textOf(ecs(root, path));
    if (text !== undefined) return { text, path };
  }
  return undefined;
}

type EcsEntity = readonly [kind: EntityKind, path: string, role?: EntityRole];

const ENTITIES: readonly EcsEntity[] = [
  ['host', 'host.name', 'impacted'],
  ['host', 'host.hostname', 'impacted'],
  ['ip', 'host.ip', 'impacted'],
  ['ip', 'source.ip'],
  ['ip', 'destination.ip'],
  ['ip', 'client.ip'],
  ['ip', 'server.ip'],
  ['domain', 'source.domain'],
  ['domain', 'destination.domain'],
  ['domain', 'dns.question.name'],
  ['domain', 'url.domain'],
  ['domain', 'tls.client.server_name'],
  ['email', 'user.email'],
  ['email', 'email.from.address'],
  ['email', 'email.to.address', 'victim'],
  ['url', 'url.full'],
  ['url', 'url.original'],
  ['file', 'file.path'],
  ['file', 'file.name'],
  ['process', 'process.command_line'],
  ['process', 'process.executable'],
  ['process', 'process.parent.command_line', 'related'],
  ['file', 'dll.path'],
  ['registry', 'registry.path'],
  ['registry', 'registry.key'],
  ['cloud_resource', 'cloud.instance.id'],
  ['ip', 'threat.indicator.ip', 'attacker'],
  ['domain', 'threat.indicator.domain', 'attacker'],
];
const HASHED = ['file.hash', 'process.hash', 'dll.hash', 'threat.indicator.file.hash'];
const USERS = ['user', 'user.target', 'source.user', 'destination.user', 'client.user', 'user.effective'];

/** Adds the entities of an ECS document, Windows event data included. */
export function readEcsEntities(root: JsonObject, draft: AlertDraft): void {
  for (const [kind, path, role] of ENTITIES) draft.entity(kind, listOf(ecs(root, path)), path, role);
  for (const path of HASHED) {
    const hashes = ecs(root, path);
    for (const name of ['sha256', 'sha1', 'md5'])
      draft.entity('hash', isObject(hashes) ? hashes[name] : ecs(root, `${path}.${name}`), `${path}.${name}`);
  }
  for (const path of USERS) readUser(root, path, draft);
  readWindowsEvent(root, draft);
  for (const item of objectsOf(ecs(root, 'related'))) {
    draft.entity('ip', item['ip'], 'related.ip', 'related');
    draft.entity('user', item['user'], 'related.user', 'related');
    draft.entity('host', item['hosts'], 'related.hosts', 'related');
    draft.entity('hash', item['hash'], 'related.hash', 'related');
  }
}

function readUser(root: JsonObject, path: string, draft: AlertDraft): void {
  const domain = ecs(root, `${path}.domain`);
  for (const name of listOf(ecs(root, `${path}.name`)))
    draft.user(name, listOf(domain)[0], undefined, `${path}.name`);
}

// Winlogbeat leaves accounts and addresses of some events under the event's own names only.
function readWindowsEvent(root: JsonObject, draft: AlertDraft): void {
  const data = ecs(root, 'winlog.event_data');
  if (!isObject(data)) return;
  const from = 'winlog.event_data.';
  draft.user(data['SubjectUserName'], data['SubjectDomainName'], undefined, `${from}SubjectUserName`);
  draft.user(data['TargetUserName'], data['TargetDomainName'], undefined, `${from}TargetUserName`);
  for (const name of ['IpAddress', 'SourceIp', 'DestinationIp']) draft.entity('ip', data[name], from + name);
  draft.entity('host', data['WorkstationName'], `${from}WorkstationName`);
  draft.entity('process', data['CommandLine'], `${from}CommandLine`);
  draft.entity('registry', data['TargetObject'], `${from}TargetObject`);
}

/** Adds tactics and techniques of ECS `threat` fields and of rule `threat` lists. */
export function readEcsThreat(threats: unknown, path: string, draft: AlertDraft): void {
  for (const threat of objectsOf(threats)) {
    draft.attack(listOf(ecs(threat, 'tactic.id')), `${path}.tactic`);
    draft.attack(listOf(ecs(threat, 'tactic.name')), `${path}.tactic`);
    for (const technique of objectsOf(threat['technique'])) {
      draft.attack(listOf(technique['id']), `${path}.technique`);
      for (const sub of objectsOf(technique['subtechnique']))
        draft.attack(listOf(sub['id']), `${path}.technique`);
    }
    draft.attack(listOf(threat['technique.id']), `${path}.technique`);
    draft.attack(listOf(ecs(threat, 'technique.subtechnique.id')), `${path}.technique`);
    draft.attack(listOf(ecs(threat, 'subtechnique.id')), `${path}.technique`);
  }
}

/** Adds the traffic and count numbers of ECS. */
export function readEcsTelemetry(root: JsonObject, draft: AlertDraft): void {
  draft.measure('bytes_sent', ecs(root, 'source.bytes'), 'source.bytes');
  draft.measure('bytes_recv', ecs(root, 'destination.bytes'), 'destination.bytes');
  draft.measure('packets_sent', ecs(root, 'source.packets'), 'source.packets');
  draft.measure('packets_recv', ecs(root, 'destination.packets'), 'destination.packets');
  draft.measure('status_code', ecs(root, 'http.response.status_code'), 'http.response.status_code');
  const durationNs = ecs(root, 'event.duration');
  if (typeof durationNs === 'number') draft.measure('duration_ms', durationNs / 1e6, 'event.duration');
}

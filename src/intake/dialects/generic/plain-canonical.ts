import {
  type Alert,
  ENTITY_KINDS,
  ENTITY_ROLES,
  type Entity,
  type EntityKind,
  SEVERITIES,
  type Severity,
} from '../../../alert/alert.ts';
import { tacticIdOf, techniqueIdsIn } from '../../../alert/attack-tactics.ts';
import type { EntityRole } from '../../evidence/entity-collector.ts';
import { isObject, type JsonObject } from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { severityOfWord } from '../../values/severity-scale.ts';

const KINDS: ReadonlySet<unknown> = new Set(ENTITY_KINDS);
const ROLES: ReadonlySet<unknown> = new Set(ENTITY_ROLES);
const SEVERITY_WORDS: ReadonlySet<unknown> = new Set(SEVERITIES);

/** Ids that are compared one by one. */
const FEW = 16;

const OPTIONAL_TEXTS = [
  'id_scope',
  'rule_id',
  'rule_name',
  'vendor',
  'tenant',
  'incident_id',
  'category',
] as const;

/**
 * A payload in our own form in which nothing is wrong, several times faster than through the schema. On any doubt the
 * answer is undefined and the schema decides; a test holds both to the same answers.
 */
export function plainCanonical(payload: JsonObject): Alert | undefined {
  const { id, title, source } = payload;
  const occurredAt = momentOf(payload['occurred_at']);
  const severity = severityOf(payload['severity']);
  const tactics = idsOf(payload['tactics'], 64, (text) => tacticIdOf(text) ?? text);
  const techniques = idsOf(payload['techniques'], 256, (text) => techniqueIdsIn(text)[0] ?? text);
  const entities = entitiesOf(payload['entities']);
  if (!isText(id, 1024) || !isText(title, 4096) || !isText(source, 256)) return undefined;
  if (occurredAt === undefined || severity === undefined || !tactics || !techniques || !entities)
    return undefined;
  const alert: Alert = {
    id,
    title,
    source,
    severity,
    occurred_at: occurredAt,
    tactics,
    techniques,
    entities,
  };
  for (const name of OPTIONAL_TEXTS) {
    const value = payload[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value.length > 1024) return undefined;
    alert[name] = value;
  }
  const score = payload['vendor_score'];
  if (score !== undefined && score !== null) {
    if (typeof score !== 'number' || !(score >= 0 && score <= 100)) return undefined;
    alert.vendor_score = score;
  }
  const created = payload['created_at'];
  if (created !== undefined && created !== null) {
    const createdAt = momentOf(created);
    if (createdAt === undefined) return undefined;
    alert.created_at = createdAt;
  }
  const telemetry = payload['telemetry'];
  if (telemetry !== undefined && telemetry !== null) {
    const numbers = numbersOf(telemetry);
    if (numbers === undefined) return undefined;
    alert.telemetry = numbers;
  }
  return alert;
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function severityOf(value: unknown): Severity | undefined {
  if (value === undefined || value === null) return 'unknown';
  if (typeof value !== 'string') return undefined;
  const severity = severityOfWord(value) ?? value.toLowerCase();
  return SEVERITY_WORDS.has(severity) ? (severity as Severity) : undefined;
}

function idsOf(value: unknown, maxCount: number, toId: (text: string) => string): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const ids: string[] = [];
  // in a longer list looking through all before each would be slow
  const seen = value.length > FEW ? new Set<string>() : undefined;
  for (const item of value) {
    const id = typeof item === 'string' ? toId(item) : undefined;
    if (id === undefined || id.length > 16) return undefined;
    if (seen?.has(id) ?? ids.includes(id)) continue;
    seen?.add(id);
    ids.push(id);
  }
  return ids.length > maxCount ? undefined : ids;
}

function entitiesOf(value: unknown): Entity[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > 20_000) return undefined;
  const entities: Entity[] = [];
  for (const item of value) {
    if (!isObject(item)) return undefined;
    const { kind, value: text, role } = item;
    if (!KINDS.has(kind) || !isText(text, 4096)) return undefined;
    if (role === undefined || role === null) entities.push({ kind: kind as EntityKind, value: text });
    else if (ROLES.has(role))
      entities.push({ kind: kind as EntityKind, value: text, role: role as EntityRole });
    else return undefined;
  }
  return entities;
}

function numbersOf(value: unknown): Record<string, number> | undefined {
  if (!isObject(value)) return undefined;
  const numbers: Record<string, number> = {};
  for (const name of Object.keys(value)) {
    const number = value[name];
    if (name.length > 64 || name === '__proto__') return undefined;
    if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
    numbers[name] = number;
  }
  return numbers;
}

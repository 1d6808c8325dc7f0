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
  const scope = labelOf(payload['id_scope']);
  const ruleId = labelOf(payload['rule_id']);
  const ruleName = labelOf(payload['rule_name']);
  const vendor = labelOf(payload['vendor']);
  const tenant = labelOf(payload['tenant']);
  const incident = labelOf(payload['incident_id']);
  const category = labelOf(payload['category']);
  const score = scoreOf(payload['vendor_score']);
  const created = createdOf(payload['created_at']);
  const telemetry = numbersOf(payload['telemetry']);
  if (scope === null || ruleId === null || ruleName === null || vendor === null) return undefined;
  if (tenant === null || incident === null || category === null) return undefined;
  if (score === null || created === null || telemetry === null) return undefined;
  // with all names it can have, given or not: every alert is then of one form in memory, and whoever reads them reads fast
  return {
    id,
    title,
    source,
    severity,
    occurred_at: occurredAt,
    tactics,
    techniques,
    entities,
    id_scope: scope,
    rule_id: ruleId,
    rule_name: ruleName,
    vendor,
    tenant,
    incident_id: incident,
    category,
    vendor_score: score,
    created_at: created,
    telemetry,
  };
}

// of a field that may be missing: undefined where it is, null where what it holds is in doubt

function labelOf(value: unknown): string | undefined | null {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value.length <= 1024 ? value : null;
}

function scoreOf(value: unknown): number | undefined | null {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && value >= 0 && value <= 100 ? value : null;
}

function createdOf(value: unknown): string | undefined | null {
  if (value === undefined || value === null) return undefined;
  return momentOf(value) ?? null;
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

function numbersOf(value: unknown): Record<string, number> | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return null;
  const numbers: Record<string, number> = {};
  for (const name of Object.keys(value)) {
    const number = value[name];
    if (name.length > 64 || name === '__proto__') return null;
    if (typeof number !== 'number' || !Number.isFinite(number)) return null;
    numbers[name] = number;
  }
  return numbers;
}

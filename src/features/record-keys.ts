import { type Alert, ENTITY_KINDS, type Entity, type EntityKind } from '../alert/alert.ts';
import { type IpScope, ipScope } from '../alert/ip-scope.ts';
import { isoMs } from '../alert/iso-time.ts';
import { hash64Hex, seedOfSalt } from './hash64.ts';
import { keptShapes } from './kept-shapes.ts';
import { FAMILY_PLACES as AT } from './record-families.ts';
import { BLOCK_MS } from './shape-keys.ts';

const KIND_POSITIONS = Object.fromEntries(ENTITY_KINDS.map((kind, position) => [kind, position])) as Record<
  EntityKind,
  number
>;

/** Which kind of entity stands for an alert, best first: what analysts ask about before anything else. */
const MAIN_ENTITY_RANKS: Record<EntityKind, number> = {
  user: 0,
  host: 1,
  cloud_resource: 2,
  email: 3,
  ip: 4,
  process: 5,
  file: 6,
  hash: 7,
  domain: 8,
  url: 9,
  registry: 10,
  other: 11,
};

/** The entity that stands for the alert: impacted before others, then by kind, then the first; none without entities. */
export function mainEntity(entities: readonly Entity[]): Entity | undefined {
  let main: Entity | undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const entity of entities) {
    const isImpacted = entity.role === 'victim' || entity.role === 'impacted';
    const rank = MAIN_ENTITY_RANKS[entity.kind] + (isImpacted ? 0 : 16);
    if (rank < best) {
      best = rank;
      main = entity;
    }
  }
  return main;
}

/** Entities that mean the same whoever meets them, most telling first. */
const INDICATOR_RANKS: Partial<Record<EntityKind, number>> = { hash: 0, domain: 1, url: 2, ip: 3, email: 4 };

/** The entity worth asking other tenants about; addresses of inner networks mean something else in each of them. */
export function mainIndicator(entities: readonly Entity[]): Entity | undefined {
  let main: Entity | undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const entity of entities) {
    const rank = INDICATOR_RANKS[entity.kind];
    if (rank === undefined || rank >= best) continue;
    if (entity.kind === 'ip' && INNER_SCOPES.has(ipScope(entity.value))) continue;
    best = rank;
    main = entity;
  }
  return main;
}

const INNER_SCOPES: ReadonlySet<IpScope> = new Set(['private', 'reserved']);

/** What identifies the rule behind an alert: its id, else its name, else the title without its numbers. */
export function ruleIdentity(alert: Pick<Alert, 'rule_id' | 'rule_name' | 'title'>): string {
  return alert.rule_id ?? alert.rule_name ?? alert.title.replace(/\d+/g, '#').toLowerCase();
}

const seeds = new Map<string, number>([['', 0]]);

function seedOf(salt: string): number {
  let seed = seeds.get(salt);
  if (seed === undefined) {
    seed = seedOfSalt(salt);
    seeds.set(salt, seed);
  }
  return seed;
}

/** 16 hex digits of tenant x rule; every alert has one, a missing tenant is its own tenant. */
export function ruleKeyOf(alert: Alert, salt = ''): string {
  return hash64Hex(['tenant_rule', alert.tenant ?? '', alert.source, ruleIdentity(alert)], seedOf(salt));
}

/** 16 hex digits of the entity that stands for an alert, as {@link recordKeys} has it. */
export function mainEntityKey({ kind, value }: Entity, tenant: string | undefined, salt = ''): string {
  return hash64Hex(['main_entity', tenant ?? '', kind, value.toLowerCase()], seedOf(salt));
}

/** 16 hex digits of an entity that means the same everywhere, as {@link recordKeys} has it. */
export function indicatorKey({ kind, value }: Entity, salt = ''): string {
  return hash64Hex(['indicator', kind, value.toLowerCase()], seedOf(salt));
}

/** Keys by which an alert that is kept as hashes can be told from an entity; '' where it has none. */
export function entityKeysOf({ recordKeys: keys }: { readonly recordKeys: readonly string[] }): {
  readonly mainEntity: string;
  readonly indicator: string;
} {
  return { mainEntity: keys[AT.main_entity_v2] ?? '', indicator: keys[AT.indicator] ?? '' };
}

/**
 * One key per family of {@link RECORD_FAMILIES}: 16 hex digits, or '' where the alert lacks the value (families of
 * a tenant without a tenant, tactics without tactic or category, kinds and main entity without entities, indicator
 * without an entity that means the same everywhere). Days and
 * hours are UTC and come from the alert's own time.
 *
 * What is hashed names the first definition of a family: a model of before finds its keys again.
 *
 * Rules and entities are scoped by source and tenant: ids and private addresses repeat across products and
 * customers. The families across tenants are what a new customer's first alerts are judged by.
 */
export function recordKeys(alert: Alert, salt = ''): string[] {
  const { tenant, source, entities } = alert;
  const rule = ruleIdentity(alert);
  const keys = keptShapes(salt, seedOf)
    .shapeOf(tenant, source, rule, tacticsIdentity(alert), partMask(entities))
    .at(Math.floor(isoMs(alert.occurred_at) / BLOCK_MS));
  const main = mainEntity(entities);
  if (main === undefined) return keys;
  keys[AT.main_entity_v2] = mainEntityKey(main, tenant, salt);
  const indicator = mainIndicator(entities);
  if (indicator !== undefined) keys[AT.indicator] = indicatorKey(indicator, salt);
  return keys;
}

/** The set of tactics as text, else the vendor's category. */
function tacticsIdentity(alert: Alert): string {
  const { tactics } = alert;
  if (tactics.length === 0)
    return alert.category === undefined ? '' : `category ${alert.category.toLowerCase()}`;
  if (tactics.length === 1) return tactics[0]!;
  if (tactics.length === 2) {
    const [one, other] = tactics as [string, string];
    return one === other ? one : one < other ? `${one} ${other}` : `${other} ${one}`;
  }
  return [...new Set(tactics)].sort().join(' ');
}

/** The set of kinds, told apart by whether the entity suffered, as a number below 2^24; 0 without entities. */
function partMask(entities: readonly Entity[]): number {
  let mask = 0;
  for (const { kind, role } of entities) {
    const suffered = role === 'victim' || role === 'impacted' ? ENTITY_KINDS.length : 0;
    mask |= 1 << (KIND_POSITIONS[kind] + suffered);
  }
  return mask;
}

import { type Alert, ENTITY_KINDS, type Entity, type EntityKind } from '../alert/alert.ts';
import { type IpScope, ipScope } from '../alert/ip-scope.ts';
import { isoMs } from '../alert/iso-time.ts';
import { hash64Hex, seedOfSalt } from './hash64.ts';
import { keptKeys } from './kept-keys.ts';
import { FAMILY_PLACES as AT, RECORD_FAMILIES } from './record-families.ts';

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

const DAY_MS = 86_400_000;
const BLOCK_MS = DAY_MS / 6;
const BLOCKS_PER_DAY = 6;

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
  const kept = keptKeys(salt, seedOf);
  const { tenant, source } = alert;
  const rule = ruleIdentity(alert);
  const tactics = tacticsIdentity(alert);
  const main = mainEntity(alert.entities);
  const indicator = mainIndicator(alert.entities);
  const parts = main === undefined ? '' : String(partMask(alert.entities));
  const occurredAtMs = isoMs(alert.occurred_at);
  const day = Math.floor(occurredAtMs / DAY_MS);
  const hasDay = !Number.isNaN(day);
  const keys = new Array<string>(RECORD_FAMILIES.length).fill('');
  const ofSource = kept.rules.within(source);
  const ofRule = ofSource.within(rule);
  const ofTactics = kept.tactics.within(tactics).within(parts);
  keys[AT.source] = ofSource.keyOf(AT.source, '', 'source', source);
  keys[AT.rule] = ofRule.keyOf(AT.rule, '', 'rule', source, rule);
  if (main !== undefined) {
    keys[AT.main_entity_v2] = mainEntityKey(main, tenant, salt);
    keys[AT.rule_entities_v2] = ofRule.keyOf(
      AT.rule_entities_v2,
      parts,
      'rule_entities',
      source,
      rule,
      parts,
    );
  }
  if (indicator !== undefined) keys[AT.indicator] = indicatorKey(indicator, salt);
  keys[AT.tactic_entities_v2] = ofTactics.keyOf(AT.tactic_entities_v2, '', 'tactic_entities', tactics, parts);
  if (hasDay) {
    keys[AT.rule_day] = ofRule.keyOf(AT.rule_day, day, 'rule_day', source, rule, day);
    keys[AT.tactic_entities_day_v2] = ofTactics.keyOf(
      AT.tactic_entities_day_v2,
      day,
      'tactic_entities_day',
      tactics,
      parts,
      day,
    );
  }
  if (tenant === undefined) return keys;
  const ofTenant = kept.tenants.within(tenant);
  const ofTenantRule = ofRule.within(tenant);
  keys[AT.tenant] = ofTenant.keyOf(AT.tenant, '', 'tenant', tenant);
  keys[AT.tenant_rule] = ofTenantRule.keyOf(AT.tenant_rule, '', 'tenant_rule', tenant, source, rule);
  if (tactics !== '') {
    keys[AT.tenant_tactic] = ofTenant.keyOf(AT.tenant_tactic, tactics, 'tenant_tactic', tenant, tactics);
  }
  if (main !== undefined) {
    const kinds = kindMask(alert.entities);
    keys[AT.tenant_entity_kind_v2] = ofTenant.keyOf(
      AT.tenant_entity_kind_v2,
      kinds,
      'tenant_entity_kind',
      tenant,
      kinds,
    );
    keys[AT.tenant_rule_entities_v2] = ofTenantRule.keyOf(
      AT.tenant_rule_entities_v2,
      parts,
      'tenant_rule_entities',
      tenant,
      source,
      rule,
      parts,
    );
  }
  if (!hasDay) return keys;
  // four hours: a shift's half, coarse enough to be met again and fine enough to tell a nightly job
  const block = Math.floor(occurredAtMs / BLOCK_MS);
  const hours = ((block % BLOCKS_PER_DAY) + BLOCKS_PER_DAY) % BLOCKS_PER_DAY;
  keys[AT.tenant_rule_hours] = ofTenantRule.keyOf(
    AT.tenant_rule_hours,
    hours,
    'tenant_rule_hours',
    tenant,
    source,
    rule,
    hours,
  );
  keys[AT.tenant_rule_day] = ofTenantRule.keyOf(
    AT.tenant_rule_day,
    day,
    'tenant_rule_day',
    tenant,
    source,
    rule,
    day,
  );
  keys[AT.tenant_day] = ofTenant.keyOf(AT.tenant_day, day, 'tenant_day', tenant, day);
  keys[AT.tenant_day_hours] = ofTenant.keyOf(AT.tenant_day_hours, block, 'tenant_day_hours', tenant, block);
  if (tactics !== '') {
    const ofTenantTactics = ofTenant.within(tactics);
    keys[AT.tenant_tactic_day] = ofTenantTactics.keyOf(
      AT.tenant_tactic_day,
      day,
      'tenant_tactic_day',
      tenant,
      tactics,
      day,
    );
  }
  return keys;
}

/** The set of tactics as text, else the vendor's category. */
function tacticsIdentity(alert: Alert): string {
  const { tactics } = alert;
  if (tactics.length === 0)
    return alert.category === undefined ? '' : `category ${alert.category.toLowerCase()}`;
  if (tactics.length === 1) return tactics[0]!;
  return [...new Set(tactics)].sort().join(' ');
}

/** The set of kinds, told apart by whether the entity suffered, as a number below 2^24. */
function partMask(entities: readonly Entity[]): number {
  let mask = 0;
  for (const { kind, role } of entities) {
    const suffered = role === 'victim' || role === 'impacted' ? ENTITY_KINDS.length : 0;
    mask |= 1 << (KIND_POSITIONS[kind] + suffered);
  }
  return mask;
}

/** The set of entity kinds as a bit mask. */
function kindMask(entities: readonly Entity[]): number {
  let mask = 0;
  for (const entity of entities) mask |= 1 << KIND_POSITIONS[entity.kind];
  return mask;
}

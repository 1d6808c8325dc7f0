import type { Alert, Entity } from '../../alert/alert.ts';
import { ruleIdentity } from '../../features/record-keys.ts';
import type { TriageStage } from '../triage-facts.ts';
import { type AlertEntities, JOINING_KINDS, type KeyedEntity } from './alert-entities.ts';
import { canJoin } from './entity-class.ts';
import type { HostNames, LearnedName } from './host-names.ts';
import type { KeyedHash } from './keyed-hash.ts';

/** Entities that join at most: an alert that names thousands says nothing about each. */
export const MAX_JOINING = 12;

const KIND_POSITIONS: ReadonlyMap<string, number> = new Map(JOINING_KINDS.map((kind, at) => [kind, at]));

export interface EntityStageOptions {
  readonly hash: KeyedHash;
  readonly hostNames: HostNames;
  /** Told of every short name of a host that was learned, for the other instances. */
  readonly onLearned: (learned: LearnedName) => void;
}

/** Names the tenant, the rule and the entities of an alert by one key each, for all later stages. */
export function entityStage({ hash, hostNames, onLearned }: EntityStageOptions): TriageStage {
  return {
    name: 'entities',
    budgetUs: 5_000,
    isReady: () => hash.hasKey,
    run: ({ alert, observe }) => ({
      entities: alertEntities(alert, hash, hostNames, observe ? onLearned : undefined),
    }),
  };
}

/** @param onLearned left out: a trial, nothing is learned of the names of hosts */
export function alertEntities(
  alert: Alert,
  hash: KeyedHash,
  hostNames: HostNames,
  onLearned?: (learned: LearnedName) => void,
): AlertEntities {
  const tenant = alert.tenant ?? '';
  const keyOfTenant = tenantKey(alert.tenant, hash);
  const rule = ruleIdentity(alert);
  const distinct = distinctEntities(alert.entities);
  const joining: KeyedEntity[] = [];
  for (const entity of distinct) {
    const kind = KIND_POSITIONS.get(entity.kind);
    if (kind === undefined || !canJoin(entity)) continue;
    const keyOf = (value: string): number => hash.of(`${entity.kind}\u0000${tenant}\u0000${value}`);
    if (entity.kind !== 'host') {
      joining.push({ key: keyOf(entity.value.toLowerCase()), kind, entity });
      continue;
    }
    const { key, others } = hostNames.aliasesOf(keyOfTenant, entity.value, keyOf, onLearned);
    // its full and its short name in one alert are one host
    if (joining.some((one) => one.key === key)) continue;
    joining.push(others.length === 0 ? { key, kind, entity } : { key, aliases: others, kind, entity });
  }
  // who is hit before others, then host, user, resource, address; of equal ones the first named
  joining.sort((a, b) => rank(a) - rank(b));
  return {
    tenant: keyOfTenant,
    rule: hash.of(`rule\u0000${tenant}\u0000${alert.source}\u0000${rule}`),
    ruleName: alert.rule_name ?? alert.title,
    announced: () => [
      announcedRule(alert.tenant, rule, hash),
      announcedSource(alert.tenant, alert.source, hash),
    ],
    joining: joining.slice(0, MAX_JOINING),
    distinct,
    vendorIncident:
      alert.incident_id === undefined
        ? undefined
        : hash.of(`incident\u0000${tenant}\u0000${alert.incident_id}`),
  };
}

/** 53-bit keyed hash of a tenant; alerts that name none are one tenant. */
export function tenantKey(tenant: string | undefined, hash: KeyedHash): number {
  return hash.of(`tenant\u0000${tenant ?? ''}`);
}

export function announcedRule(tenant: string | undefined, rule: string, hash: KeyedHash): number {
  return hash.of(`announced rule\u0000${tenant ?? ''}\u0000${rule}`);
}

export function announcedSource(tenant: string | undefined, source: string, hash: KeyedHash): number {
  return hash.of(`announced source\u0000${tenant ?? ''}\u0000${source}`);
}

function rank({ kind, entity: { role } }: KeyedEntity): number {
  return kind + (role === 'victim' || role === 'impacted' ? 0 : role === 'attacker' ? 8 : 16);
}

function distinctEntities(entities: readonly Entity[]): readonly Entity[] {
  if (entities.length < 2) return entities;
  const byValue = new Map<string, Entity>();
  for (const entity of entities) {
    const key = `${entity.kind}\u0000${entity.value}`;
    const known = byValue.get(key);
    if (known === undefined || (known.role === undefined && entity.role !== undefined))
      byValue.set(key, entity);
  }
  return byValue.size === entities.length ? entities : [...byValue.values()];
}

import { boundedTime } from '../behavior/behavior.ts';
import type { AlertEntities, KeyedEntity } from '../entities/alert-entities.ts';
import type { TriageStage } from '../triage-facts.ts';
import type { Correlation } from './correlation.ts';
import type { IncidentFacts } from './incident-facts.ts';
import { notability } from './notability.ts';
import type { NotableAlert } from './notable-alert.ts';
import type { RoutineAlerts } from './roll-up.ts';
import type { Joined } from './tenant-incidents.ts';

/** Characters of a title, or of a rule's name, that are kept. */
const MAX_TITLE = 200;
/** Of an entity's name: whoever is attacked may not choose how much memory an incident takes. */
const MAX_NAME = 1_024;

export interface CorrelationStageOptions {
  readonly correlation: Correlation;
  readonly isReady: () => boolean;
  /** Whether the vendor's own incidents may join alerts; they never keep apart what evidence joins. */
  readonly useVendorIncidents: boolean;
  /** Whether entity values are kept for who reads an incident. */
  readonly withNames: boolean;
  /** Whether titles are, and rules without a name are called by theirs. */
  readonly withTitles: boolean;
  /** Told of every alert that was joined, for the other instances. */
  readonly onJoined: (tenant: number, alert: NotableAlert, watchedS: number) => void;
  /** The same of every alert that was not. */
  readonly onRoutine: (tenant: number, alerts: RoutineAlerts) => void;
}

const DAY_S = 86_400;

/** Joins what stands out into incidents, and counts the rest in roll-ups. */
export function correlationStage(options: CorrelationStageOptions): TriageStage {
  const { correlation, isReady, useVendorIncidents, withNames, withTitles, onJoined, onRoutine } = options;
  return {
    name: 'correlation',
    budgetUs: 20_000,
    isReady,
    run: ({ alert, alertKey, nowMs, observe, repeats }, facts) => {
      const { entities, behavior } = facts;
      const { notable, strength, isWarmingUp, isFirstSight } = notability(alert, facts);
      if (entities === undefined) return { incident: { notable, strength, incident: undefined } };
      // a forged time in the future would open incidents that no other alert can ever join
      const atS = boundedTime(Date.parse(alert.occurred_at) / 1000, nowMs / 1000);
      // a rule without a name is called by the title of its alerts, which may hold anything
      const ruleName = (withTitles ? entities.ruleName : (alert.rule_name ?? alert.rule_id ?? '')).slice(
        0,
        MAX_TITLE,
      );
      if (!notable) {
        if (observe) {
          const routine = routineAlerts(entities, ruleName, atS, withNames);
          correlation.rollUps.count(entities.tenant, routine);
          onRoutine(entities.tenant, routine);
        }
        return { incident: { notable, strength, incident: undefined } };
      }
      const candidate: NotableAlert = {
        alertKey,
        atS,
        strength,
        ...(behavior?.isLate === true ? { isLate: true } : {}),
        ...(behavior?.isNewRule === true ? { isNewRule: true } : {}),
        ...(isFirstSight ? { isFirstSight } : {}),
        rule: entities.rule,
        entities: keysOf(entities.joining),
        ...(useVendorIncidents && entities.vendorIncident !== undefined
          ? { vendorIncident: entities.vendorIncident }
          : {}),
        ruleName,
        title: withTitles ? alert.title.slice(0, MAX_TITLE) : '',
        entityNames: withNames ? entities.joining.map(nameOf) : [],
        tactics: alert.tactics,
        isWarmingUp,
      };
      const watchedS = behavior?.watchedS ?? 0;
      const { tenant } = entities;
      let joined: Joined | undefined;
      if (observe || repeats === 'routine') {
        onJoined(tenant, candidate, watchedS);
        joined = correlation.join(tenant, candidate, watchedS);
      } else if (repeats === 'joined') {
        const later = { ...candidate, isAgain: true };
        const again = correlation.joinAgain(tenant, later, watchedS);
        if (again?.saysMore === true) onJoined(tenant, later, watchedS);
        joined = again?.joined;
      } else joined = correlation.find(tenant, candidate);
      return { incident: { notable, strength, incident: joined && incidentOf(joined) } };
    },
  };
}

function routineAlerts(
  { rule, joining }: AlertEntities,
  ruleName: string,
  atS: number,
  withNames: boolean,
): RoutineAlerts {
  const [main] = joining;
  return {
    rule,
    ruleName,
    day: Math.floor(atS / DAY_S),
    place: main?.key ?? 0,
    placeName: withNames && main !== undefined ? nameOf(main) : '',
    nAlerts: 1,
    firstAtS: atS,
    lastAtS: atS,
  };
}

/** Other names of a host come last: names of entities are found by place. */
function keysOf(joining: AlertEntities['joining']): readonly number[] {
  const keys = joining.map(({ key }) => key);
  for (const { aliases = [] } of joining)
    for (const alias of aliases) if (!keys.includes(alias)) keys.push(alias);
  return keys;
}

function nameOf({ entity: { kind, value } }: KeyedEntity): string {
  return `${kind}:${value}`.slice(0, MAX_NAME);
}

function incidentOf({ group, before, joinedBy }: Joined): IncidentFacts['incident'] {
  return {
    id: group.id,
    nAlerts: group.nAlerts,
    nRules: group.rules.size,
    tactics: [...group.tactics].sort(([, a], [, b]) => a - b).map(([tactic]) => tactic),
    rawScore: group.rawScore(),
    firstAtS: group.firstAtS,
    joinedBy,
    before,
  };
}

import { boundedTime } from '../behavior/behavior.ts';
import type { TriageStage } from '../triage-facts.ts';
import type { Correlation } from './correlation.ts';
import type { IncidentFacts } from './incident-facts.ts';
import { notability } from './notability.ts';
import type { NotableAlert } from './notable-alert.ts';
import type { Joined } from './tenant-incidents.ts';

/** Characters of a title that are kept. */
const MAX_TITLE = 200;

export interface CorrelationStageOptions {
  readonly correlation: Correlation;
  readonly isReady: () => boolean;
  /** Whether the vendor's own incidents may join alerts; they never keep apart what evidence joins. */
  readonly useVendorIncidents: boolean;
  /** Whether titles and entity values are kept for who reads an incident. */
  readonly withNames: boolean;
  /** Told of every alert that was joined, for the other instances. */
  readonly onJoined: (tenant: number, alert: NotableAlert, watchedS: number) => void;
}

/** Joins what stands out into incidents. */
export function correlationStage(options: CorrelationStageOptions): TriageStage {
  const { correlation, isReady, useVendorIncidents, withNames, onJoined } = options;
  return {
    name: 'correlation',
    budgetUs: 20_000,
    isReady,
    run: ({ alert, alertKey, nowMs, observe }, facts) => {
      const { entities, behavior } = facts;
      const { notable, strength, isWarmingUp } = notability(alert, facts);
      if (!notable || entities === undefined) return { incident: { notable, strength, incident: undefined } };
      // a forged time in the future would open incidents that nobody else can ever join
      const atS = boundedTime(Date.parse(alert.occurred_at) / 1000, nowMs / 1000);
      const candidate: NotableAlert = {
        alertKey,
        atS,
        strength,
        ...(behavior !== undefined && behavior.countedAtS > atS ? { isLate: true } : {}),
        ...(behavior?.isNewRule === true ? { isNewRule: true } : {}),
        rule: entities.rule,
        entities: entities.joining.map(({ key }) => key),
        ...(useVendorIncidents && entities.vendorIncident !== undefined
          ? { vendorIncident: entities.vendorIncident }
          : {}),
        ruleName: entities.ruleName,
        title: withNames ? alert.title.slice(0, MAX_TITLE) : '',
        entityNames: withNames ? entities.joining.map(({ entity }) => `${entity.kind}:${entity.value}`) : [],
        tactics: alert.tactics,
        isWarmingUp,
      };
      const watchedS = behavior?.watchedS ?? 0;
      if (observe) onJoined(entities.tenant, candidate, watchedS);
      const joined = observe
        ? correlation.join(entities.tenant, candidate, watchedS)
        : correlation.find(entities.tenant, candidate);
      return { incident: { notable, strength, incident: joined && incidentOf(joined) } };
    },
  };
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

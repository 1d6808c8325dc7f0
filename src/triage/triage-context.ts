import { TACTICS } from '../alert/attack-tactics.ts';
import { EMPTY_CONTEXT, type TriageContext } from '../alert/context.ts';
import type { TriageFacts } from './triage-facts.ts';

const STAGES: ReadonlyMap<string, number> = new Map(TACTICS.map(({ id }, at) => [id, at + 1]));

/** The stages' numbers as the feature columns take them. What a stage did not give is NaN. */
export function contextOf({ intel, behavior, profile, incident }: Readonly<TriageFacts>): TriageContext {
  if (!(intel || behavior || profile || incident)) return EMPTY_CONTEXT;
  const isKnown = behavior !== undefined && !Number.isNaN(behavior.score);
  const joined = incident?.incident;
  const vendorIncident = profile?.incident;
  const named = vendorIncident !== undefined && !Number.isNaN(vendorIncident.alerts);
  const own = joined?.before;
  const atS = behavior?.countedAtS ?? Number.NaN;
  return {
    ...EMPTY_CONTEXT,
    ...(intel === undefined
      ? {}
      : { intelHits: intel.length, intelConfidence: intel.length === 0 ? 0 : intel[0]!.confidence }),
    ...(isKnown
      ? {
          ownSurprise: behavior.own,
          surprise: behavior.surprise,
          pairNovelty: behavior.novelty,
          pairBurst: behavior.burst,
          entityMass: behavior.entityMass,
          tenantMass: behavior.tenantMass,
        }
      : {}),
    ...(behavior === undefined
      ? {}
      : { entityAlerts: behavior.related, tenantAlerts: behavior.tenantAlerts }),
    ...(incident === undefined
      ? {}
      : {
          joinedAlerts: joined?.nAlerts ?? 0,
          joinedScore: joined?.rawScore ?? 0,
          joinedStage: joined === undefined ? Number.NaN : furthestStage(joined.tactics),
        }),
    ...(named
      ? {
          incidentAlerts: vendorIncident.alerts,
          incidentAgeS: vendorIncident.ageS,
          incidentGapS: vendorIncident.gapS,
          incidentRules: vendorIncident.rules,
        }
      : own === undefined
        ? {}
        : {
            incidentAlerts: own.nAlerts,
            incidentAgeS: own.nAlerts === 0 ? 0 : Math.max(0, atS - own.firstAtS),
            incidentGapS: own.nAlerts === 0 ? Number.NaN : Math.max(0, atS - own.lastAtS),
            incidentRules: own.nRules,
          }),
    ...(profile === undefined
      ? {}
      : {
          tenantRules: profile.rules,
          tenantAlertsPerIncident: profile.alertsPerIncident,
          tenantRuleShare: profile.ruleShare,
          tenantNightShare: profile.nightShare,
          tenantWeekendShare: profile.weekendShare,
          tenantEntities: profile.entities,
          tenantTactics: profile.tactics,
        }),
  };
}

function furthestStage(tactics: readonly string[]): number {
  let furthest = Number.NaN;
  for (const tactic of tactics) {
    const stage = STAGES.get(tactic);
    if (stage !== undefined && !(stage <= furthest)) furthest = stage;
  }
  return furthest;
}

import type { TriageStage } from '../triage-facts.ts';
import type { Behavior } from './behavior.ts';

export interface BehaviorStageOptions {
  readonly behavior: Behavior;
  readonly isReady: () => boolean;
}

/** Says how an alert stands out against what its tenant, rule and entities did so far. */
export function behaviorStage({ behavior, isReady }: BehaviorStageOptions): TriageStage {
  return {
    name: 'behavior',
    budgetUs: 20_000,
    isReady,
    run: ({ alert, nowMs, observe }, { entities }) => {
      if (entities === undefined) return {};
      const atS = Date.parse(alert.occurred_at) / 1000;
      const counted = {
        rule: entities.rule,
        entities: entities.joining,
        profiled: {
          rule: entities.rule,
          incident: entities.vendorIncident,
          nEntities: alert.entities.length,
          tactics: alert.tactics,
        },
      };
      return observe
        ? behavior.observe(entities.tenant, counted, atS, nowMs / 1000)
        : behavior.look(entities.tenant, counted, atS, nowMs / 1000);
    },
  };
}

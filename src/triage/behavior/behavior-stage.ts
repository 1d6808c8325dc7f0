import type { TriageStage } from '../triage-facts.ts';
import type { Behavior, ObservedAlert } from './behavior.ts';
import type { Lateness } from './tenant-behavior.ts';

export interface BehaviorStageOptions {
  readonly behavior: Behavior;
  readonly isReady: () => boolean;
  /** Told of every alert that was counted, and when it counted, for the other instances. */
  readonly onCounted: (tenant: number, alert: ObservedAlert, atS: number, lateness: Lateness) => void;
}

/** Says how an alert stands out against what its tenant, rule and entities did so far. */
export function behaviorStage({ behavior, isReady, onCounted }: BehaviorStageOptions): TriageStage {
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
        announced: entities.announced,
        profiled: {
          rule: entities.rule,
          incident: entities.vendorIncident,
          nEntities: alert.entities.length,
          tactics: alert.tactics,
        },
      };
      if (!observe) return behavior.look(entities.tenant, counted, atS, nowMs / 1000);
      const sight = behavior.observe(entities.tenant, counted, atS, nowMs / 1000);
      const { countedAtS, isLate } = sight.behavior;
      onCounted(entities.tenant, counted, countedAtS, isLate ? 'late' : 'on time');
      return sight;
    },
  };
}

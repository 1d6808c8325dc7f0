import { type Check, examine, type Finding, readable } from '../api/doctor/doctor.ts';
import { Inspection } from '../api/doctor/inspection.ts';
import { lineageChecks } from '../api/doctor/lineage-checks.ts';
import { storeChecks } from '../api/doctor/store-checks.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import { damagedPolicy } from '../api/policy/repair-policy.ts';
import type { RuleService } from '../api/rules/rule-service.ts';
import type { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import type { ModelStore } from '../store/model-store.ts';
import { BEHAVIOR_LOCK_BLOB, BEHAVIOR_SNAPSHOTS } from '../store/names.ts';
import { newestPolicies } from '../store/policy-archive.ts';
import { Lineage } from '../training/releases/lineage.ts';
import { damagedSnapshot } from '../triage/state/stored-snapshot.ts';
import type { Base } from './base.ts';
import { policyDocuments } from './policy.ts';

/** What learning and serving need, read anew: what this process remembers of it says nothing of storage. */
export function createInspection(
  base: Base,
  policy: PolicyService,
  rules: Pick<RuleService, 'inspect'>,
): Inspection {
  const { stores, now, elapsed } = base;
  const { models, feedback, runs } = stores;
  const checks = (): Check[] => [
    ...lineageChecks({ models, feedback, lineage: new Lineage(models) }),
    readable('policy', () => policy.latest()),
    readable('critical cases', () => policy.criticalCaseSet()),
    readable('settings of rules', () => rules.inspect()),
    behaviorCheck(models),
  ];
  return new Inspection({ checks, runs, now, elapsed });
}

/** A running instance writes what it remembers in the place of a damaged one within ten minutes. */
const behaviorCheck = (models: ModelStore): Check => ({
  what: 'behaviour',
  look: async () => {
    const says = await damagedSnapshot(models, BEHAVIOR_SNAPSHOTS, BEHAVIOR_LOCK_BLOB);
    return says === undefined ? undefined : { says };
  },
});

/** Looks at everything that is stored; with `fix` mends what it can. */
export type Doctor = (options: { readonly fix: boolean }) => Promise<Finding[]>;

export function createDoctor(
  { stores, lineage }: Base,
  policy: PolicyService,
  rules: Pick<RuleService, 'inspect'>,
  heartbeat: FleetHeartbeat,
  inspection: Inspection,
): Doctor {
  const checks: Check[] = [
    ...lineageChecks({ models: stores.models, feedback: stores.feedback, lineage }),
    ...storeChecks({
      feedback: stores.feedback,
      runs: stores.runs,
      living: () => heartbeat.living(),
      failedRequests: stores.failedRequests,
      policy: () => policy.latest(),
      damagedPolicy: (says) =>
        damagedPolicy(
          {
            models: stores.models,
            newest: () => newestPolicies(stores.models),
            documents: policyDocuments(stores.models),
          },
          says,
        ),
      setAside: () => stores.setAside.sentences(),
      fleet: stores.fleet,
      criticalCases: () => policy.criticalCaseSet(),
    }),
    readable('settings of rules', () => rules.inspect()),
    behaviorCheck(stores.models),
    // health goes by it: what was mended just now is well at the next look
    readable('what health says', () => inspection.inspect()),
  ];
  return (options) => examine(checks, options);
}

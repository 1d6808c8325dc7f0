import { documentCheck } from '../api/doctor/damaged-document.ts';
import { type Check, examine, type Finding, readable } from '../api/doctor/doctor.ts';
import { Inspection } from '../api/doctor/inspection.ts';
import { lineageChecks } from '../api/doctor/lineage-checks.ts';
import { storeChecks } from '../api/doctor/store-checks.ts';
import { policyDocumentSchema } from '../api/policy/policy.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import type { RuleService } from '../api/rules/rule-service.ts';
import { ruleSettingsDocumentSchema } from '../api/rules/rules.ts';
import type { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import type { ModelStore } from '../store/model-store.ts';
import {
  BEHAVIOR_LOCK_BLOB,
  BEHAVIOR_SNAPSHOTS,
  CRITICAL_CASES_ARCHIVE,
  CRITICAL_CASES_BLOB,
  POLICY_ARCHIVE,
  RULE_SETTINGS_ARCHIVE,
  RULE_SETTINGS_BLOB,
} from '../store/names.ts';
import { newestArchived } from '../store/policy-archive.ts';
import { criticalCaseSetSchema } from '../training/gate/critical-case-set.ts';
import { Lineage } from '../training/releases/lineage.ts';
import { damagedSnapshot } from '../triage/state/stored-snapshot.ts';
import type { Base } from './base.ts';
import { caseDocuments, policyDocuments } from './policy.ts';
import { ruleSettingsDocuments } from './rules.ts';

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

/** What operators have decided. Each is mended from the versions of it that are kept. */
const documentChecks = (
  models: ModelStore,
  policy: PolicyService,
  rules: Pick<RuleService, 'inspect'>,
): Check[] => [
  documentCheck('policy', () => policy.latest(), {
    ...{ models, documents: policyDocuments(models), schema: policyDocumentSchema },
    newest: () => newestArchived(models, POLICY_ARCHIVE),
    byHand: 'Send a whole one with PUT /policy.',
  }),
  documentCheck('critical cases', () => policy.criticalCaseSet(), {
    ...{ models, documents: caseDocuments(models), schema: criticalCaseSetSchema },
    newest: () => newestArchived(models, CRITICAL_CASES_ARCHIVE),
    byHand: `Restore ${CRITICAL_CASES_BLOB}.`,
  }),
  documentCheck('settings of rules', () => rules.inspect(), {
    ...{ models, documents: ruleSettingsDocuments(models), schema: ruleSettingsDocumentSchema },
    newest: () => newestArchived(models, RULE_SETTINGS_ARCHIVE),
    byHand: `Restore ${RULE_SETTINGS_BLOB}.`,
  }),
];

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
      setAside: () => stores.setAside.sentences(),
      fleet: stores.fleet,
    }),
    ...documentChecks(stores.models, policy, rules),
    behaviorCheck(stores.models),
    // health goes by it: what was mended just now is well at the next look
    readable('what health says', () => inspection.inspect()),
  ];
  return (options) => examine(checks, options);
}

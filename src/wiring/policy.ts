import { CriticalCaseService } from '../api/critical-cases/critical-case-service.ts';
import { policyDocumentSchema } from '../api/policy/policy.ts';
import { PolicyService, policyHash8 } from '../api/policy/policy-service.ts';
import { WorkloadService } from '../api/workload/workload-service.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { DocumentStore } from '../store/document-store.ts';
import { CRITICAL_CASES_BLOB, POLICY_POINTER_BLOB, policyPath } from '../store/names.ts';
import { criticalCaseSetSchema } from '../training/gate/critical-case-set.ts';
import { heldOutAlerts } from '../training/runs/policy-preview.ts';
import { refusedClassifier } from '../training/runs/refused-classifier.ts';
import type { Base } from './base.ts';

export function createPolicy(
  { settings, stores, lineage, now }: Base,
  models: () => Promise<ServingModels>,
): PolicyService {
  return new PolicyService({
    documents: new DocumentStore(stores.models, POLICY_POINTER_BLOB, policyDocumentSchema, (document) =>
      policyPath(document.seq, policyHash8(document)),
    ),
    criticalCases: new DocumentStore(stores.models, CRITICAL_CASES_BLOB, criticalCaseSetSchema),
    models,
    heldOut: ({ classifier }) => heldOutAlerts(stores.models, lineage, classifier),
    auditShare: settings.AUDIT_SHARE,
    now,
  });
}

export function createWorkload({ stores, lineage }: Base, policy: PolicyService): WorkloadService {
  return new WorkloadService({ models: stores.models, lineage, policy: () => policy.latest() });
}

export function createCriticalCases(
  { stores, lineage }: Base,
  policy: PolicyService,
  models: () => Promise<ServingModels>,
): CriticalCaseService {
  return new CriticalCaseService({
    stored: () => policy.criticalCaseSet(),
    models,
    refused: () => refusedClassifier(stores.models, lineage),
    policy: () => policy.latest(),
  });
}

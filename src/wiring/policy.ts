import { CriticalCaseService } from '../api/critical-cases/critical-case-service.ts';
import { type PolicyDocument, policyDocumentSchema } from '../api/policy/policy.ts';
import { PolicyService, policyHash8 } from '../api/policy/policy-service.ts';
import { WorkloadService } from '../api/workload/workload-service.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { DocumentStore } from '../store/document-store.ts';
import type { ModelStore } from '../store/model-store.ts';
import {
  CRITICAL_CASES_ARCHIVE,
  CRITICAL_CASES_BLOB,
  criticalCasesPath,
  POLICY_POINTER_BLOB,
  policyPath,
} from '../store/names.ts';
import { newestPolicies, wasArchived } from '../store/policy-archive.ts';
import { type CriticalCaseSet, criticalCaseSetSchema } from '../training/gate/critical-case-set.ts';
import { PolicyPreview } from '../training/runs/policy-preview.ts';
import { refusedClassifier } from '../training/runs/refused-classifier.ts';
import { createThreadHeldOut } from '../training/runs/thread-trainer.ts';
import type { Base } from './base.ts';

/** Where the policy stands, and each one that was written. */
export const policyDocuments = (models: ModelStore): DocumentStore<PolicyDocument> =>
  new DocumentStore(models, POLICY_POINTER_BLOB, policyDocumentSchema, (document) =>
    policyPath(document.seq, policyHash8(document)),
  );

export const caseDocuments = (models: ModelStore): DocumentStore<CriticalCaseSet> =>
  new DocumentStore(models, CRITICAL_CASES_BLOB, criticalCaseSetSchema, (set) =>
    criticalCasesPath(set.seq, policyHash8(set)),
  );

export function createPolicy(
  { settings, stores, lineage, now }: Base,
  models: () => Promise<ServingModels>,
): PolicyService {
  const preview = new PolicyPreview(stores.models, lineage, createThreadHeldOut());
  return new PolicyService({
    documents: policyDocuments(stores.models),
    newestSeq: async () => (await newestPolicies(stores.models)).seq,
    criticalCases: caseDocuments(stores.models),
    hadCriticalCases: () => wasArchived(stores.models, CRITICAL_CASES_ARCHIVE),
    models,
    heldOut: () => preview.ground(),
    auditShare: settings.AUDIT_SHARE,
    now,
  });
}

export function createWorkload({ unseen, lineage }: Base, policy: PolicyService): WorkloadService {
  return new WorkloadService({ unseen, lineage, policy: () => policy.latest() });
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

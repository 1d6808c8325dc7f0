import { beforeAll, describe, expect, it } from 'vitest';
import { CriticalCaseService } from '../../src/api/critical-cases/critical-case-service.ts';
import { policyDocumentSchema, policyRequestSchema } from '../../src/api/policy/policy.ts';
import { PolicyService } from '../../src/api/policy/policy-service.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { DocumentStore } from '../../src/store/document-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { criticalCaseSetSchema } from '../../src/training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { fitEnsemble, rowsOf } from '../models/fitted-models.ts';

let models: ServingModels;
beforeAll(() => {
  const versions = { classifier: '1.0.0', anomaly: '1.0.0', scorer: '1.0.0' };
  models = { ...fitEnsemble(rowsOf(200, 1)), versions } as unknown as ServingModels;
});

function createService(): PolicyService {
  const store = new MemoryModelStore();
  return new PolicyService({
    documents: new DocumentStore(store, 'policy.json', policyDocumentSchema),
    criticalCases: new DocumentStore(store, 'critical-cases.json', criticalCaseSetSchema),
    models: async () => models,
    heldOut: async () => ({
      ...{ probabilities: new Float64Array(0), labels: [], severities: [], alertKeys: [], known: [] },
    }),
    auditShare: 0.02,
    now: () => 0,
  });
}
const put = (service: PolicyService, body: unknown) =>
  service.put(policyRequestSchema.parse(body), { dryRun: false, by: 'olga' });
const own = { id: 'own-1', alert: { id: 'a', title: 'Ransom note', source: 'edr', severity: 'critical' } };

describe('PolicyService.put', () => {
  it('takes what GET answers, and says what stood before', async () => {
    const service = createService();
    const first = await service.document();
    const unchanged = await put(service, first);
    expect(unchanged).toMatchObject({ document: { seq: 0 }, before: { document: { seq: 0 } } });

    const costs = { ...DEFAULT_POLICY.costs, missed_attack: 7 };
    const policy = { ...first.document.policy, costs };
    const changed = await put(service, { ...first, document: { ...first.document, policy } });
    expect(changed.document).toMatchObject({ seq: 1, by: 'olga', policy: { costs } });
    expect(changed.before?.document.policy).toEqual(first.document.policy);
    // a second one that was made from the first answer would take the change back
    await expect(put(service, first)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  });

  it('keeps critical cases that are sent back as they are, and changes them by add and retire alone', async () => {
    const service = createService();
    const added = await put(service, { critical_cases: { add: [own] } });
    expect(added).toMatchObject({ critical_cases: { seq: 1 }, before: { critical_cases: null } });
    const answer = await service.document();
    expect((await put(service, answer)).critical_cases).toEqual(answer.critical_cases);
    const { critical_cases: cases } = answer;
    await expect(put(service, { critical_cases: { ...cases, cases: [] } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      issues: [{ path: 'critical_cases.cases' }],
    });
    await expect(put(service, { critical_cases: { ...cases, seq: 9 } })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
  });

  it('refuses to retire a case that does not exist, with the nearest that does, in a dry run too', async () => {
    const service = createService();
    const request = policyRequestSchema.parse({
      critical_cases: { retire: [{ id: 'lsas-dump', why: 'a drill' }] },
    });
    for (const dryRun of [true, false]) {
      await expect(service.put(request, { dryRun, by: 'olga' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        issues: [{ message: expect.stringContaining('lsass-dump') }],
      });
    }
    expect((await service.document()).critical_cases).toBeNull();
  });
});

describe('CriticalCaseService', () => {
  it('answers every case with what the serving and the refused classifier say', async () => {
    const policy = createService();
    await put(policy, { critical_cases: { add: [own], retire: [{ id: 'lsass-dump', why: 'red team' }] } });
    const service = new CriticalCaseService({
      stored: () => policy.criticalCaseSet(),
      models: async () => models,
      refused: async () => ({ version: '9.0.0', model: models.classifier }),
      policy: () => policy.latest(),
    });
    const { cases, missed } = await service.list();
    expect(cases).toHaveLength(CRITICAL_CASES.length + 1);
    const byId = new Map(cases.map((one) => [one.id, one]));
    expect(byId.get('own-1')).toMatchObject({
      origin: 'own',
      added: { by: 'olga' },
      retired: null,
      serving: { version: models.versions.classifier },
      refused: { version: '9.0.0' },
    });
    expect(byId.get('lsass-dump')).toMatchObject({ origin: 'shipped', retired: { why: 'red team' } });
    for (const { serving, refused } of cases) expect(refused?.attack).toBe(serving?.attack);
    // nothing is closed before attacks were judged
    expect(missed).toEqual({ serving: 0, refused: 0 });
  });
});

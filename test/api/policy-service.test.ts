import { beforeAll, describe, expect, it } from 'vitest';
import { CriticalCaseService } from '../../src/api/critical-cases/critical-case-service.ts';
import { healthStatus } from '../../src/api/health/health-report.ts';
import { policyDocumentSchema, policyRequestSchema } from '../../src/api/policy/policy.ts';
import { PolicyService, policyHash8 } from '../../src/api/policy/policy-service.ts';
import { AlertforestError } from '../../src/errors.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { DocumentStore } from '../../src/store/document-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { CRITICAL_CASES_ARCHIVE, criticalCasesPath, policyPath } from '../../src/store/names.ts';
import { newestPolicies, wasArchived } from '../../src/store/policy-archive.ts';
import { criticalCaseSetSchema } from '../../src/training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { fitEnsemble, rowsOf } from '../models/fitted-models.ts';

let models: ServingModels;
beforeAll(() => {
  const versions = { classifier: '1.0.0', anomaly: '1.0.0', scorer: '1.0.0' };
  models = { ...fitEnsemble(rowsOf(200, 1)), versions } as unknown as ServingModels;
});

function createService(store: ModelStore = new MemoryModelStore()): PolicyService {
  return new PolicyService({
    documents: new DocumentStore(store, 'policy.json', policyDocumentSchema, (document) =>
      policyPath(document.seq, policyHash8(document)),
    ),
    newestSeq: async () => (await newestPolicies(store)).seq,
    criticalCases: new DocumentStore(store, 'critical-cases.json', criticalCaseSetSchema, (set) =>
      criticalCasesPath(set.seq, policyHash8(set)),
    ),
    hadCriticalCases: () => wasArchived(store, CRITICAL_CASES_ARCHIVE),
    models: async () => models,
    heldOut: async () => ({
      ...{ probabilities: new Float64Array(0), labels: [], severities: [], alertKeys: [], known: [] },
      conformal: models.classifier.conformal,
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

  it('answers a change that is sent again with what stands, as long as nothing else came since', async () => {
    const service = createService();
    const again = { policy: missed(7), if_seq: 0 };
    const first = await put(service, again);
    expect((await put(service, again)).document).toEqual(first.document);
    await put(service, { policy: missed(8), if_seq: 1 });
    await expect(put(service, again)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    await expect(put(service, { policy: missed(8), if_seq: 0 })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    });
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

  it('answers a change of critical cases that is sent again with what stands, by itself or with a policy', async () => {
    const service = createService();
    await put(service, { critical_cases: { add: [own] } });
    const { critical_cases: before } = await service.document();
    const retire = [{ id: own.id, why: 'a drill' }];
    const again = { critical_cases: { ...before, retire } };
    const first = await put(service, again);
    expect(first.critical_cases).toMatchObject({ seq: 2 });
    expect((await put(service, again)).critical_cases).toEqual(first.critical_cases);

    const other = { id: 'own-2', alert: { ...own.alert, id: 'b' } };
    const both = { policy: missed(7), if_seq: 0, critical_cases: { seq: 2, add: [other] } };
    const { document, critical_cases: cases } = await put(service, both);
    expect({ policy: document.seq, cases: cases?.seq }).toEqual({ policy: 1, cases: 3 });
    expect(await put(service, both)).toMatchObject({ document, critical_cases: cases });

    // another change came since, or another is meant
    await expect(put(service, again)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    const worded = { seq: 2, retire: [{ id: own.id, why: 'another drill' }] };
    await expect(put(service, { critical_cases: worded })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    await expect(put(service, { critical_cases: { ...before } })).rejects.toMatchObject({
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

/** Storage in which something happens before or after the first replace of a document, or its answer is lost. */
function disturbed(
  store: ModelStore,
  document: string,
  when: 'before' | 'after',
  what: () => Promise<unknown>,
): ModelStore {
  let isDone = false;
  return new Proxy(store, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property !== 'replace') return member;
      return async (path: string, ...args: unknown[]) => {
        const isNow = !isDone && path === document;
        isDone ||= isNow;
        if (isNow && when === 'before') await what();
        const etag = await member(path, ...args);
        if (isNow && when === 'after') await what();
        return etag;
      };
    },
  });
}
/** A store whose process ends at its `n`-th write, which is applied or not: nothing comes through from then on. */
function killedAt(store: ModelStore, n: number, isApplied: boolean): ModelStore {
  let nWrites = 0;
  return new Proxy(store, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property === 'list') return member;
      return async (...args: unknown[]) => {
        if (nWrites >= n) return outage();
        if (property === 'create' || property === 'replace') nWrites++;
        if (nWrites < n) return member(...args);
        if (isApplied) await member(...args);
        return outage();
      };
    },
  });
}
const outage = async (): Promise<never> => {
  throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot write: storage is not available.');
};
const missed = (cost: number) => ({
  ...DEFAULT_POLICY,
  costs: { ...DEFAULT_POLICY.costs, missed_attack: cost },
});

it('takes 500 critical cases with a turn of the event loop between two', async () => {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const add = Array.from({ length: 500 }, (_, i) => ({ ...own, id: `own-${i}` }));
  const answer = await put(createService(), { critical_cases: { add } });
  isDone = true;
  expect((answer.critical_cases as { cases: unknown[] }).cases).toHaveLength(500);
  expect(turns).toBeGreaterThan(400);
});

it('does not take critical cases that have gone for none', async () => {
  const store = new MemoryModelStore();
  await put(createService(store), { critical_cases: { add: [own] } });
  const service = createService(store);
  await store.remove('critical-cases.json');
  const gone = { code: 'STORE_CORRUPT', message: 'The critical cases that were stored have gone.' };
  await expect(service.activeCriticalCases()).rejects.toMatchObject(gone);
  await expect(put(service, { critical_cases: { add: [own] } })).rejects.toMatchObject(gone);
});

it.each([
  [1, false],
  [1, true],
  [2, false],
  [2, true],
  [3, false],
  [3, true],
  [4, false],
  [4, true],
])(
  'reads what stands after a process ended at write %i of the first change (applied: %s)',
  async (n, isApplied) => {
    const store = new MemoryModelStore();
    const body = { policy: missed(1), critical_cases: { add: [own] } };
    const change = put(createService(killedAt(store, n, isApplied)), body);
    // the fourth only keeps a copy of what stands
    if (n < 4) await expect(change).rejects.toThrow('storage is not available');
    else expect((await change).document.seq).toBe(1);
    const service = createService(store);
    const { document, critical_cases: cases } = await service.document();
    expect(document.seq).toBeLessThanOrEqual(1);
    expect(cases === null || cases.seq === 1).toBe(true);
    // and the change can be made again
    const add = cases === null ? [own] : [];
    const again = await put(service, { policy: missed(2), critical_cases: { add, retire: [] } });
    expect(again).toMatchObject({ document: { policy: missed(2) }, critical_cases: { seq: 1 } });
    const kept: string[] = [];
    for await (const { path } of store.list('policy/')) kept.push(path);
    expect(kept).toHaveLength(again.document.seq);
  },
);

it('takes no more than 500 cases in all: more could not be read again', async () => {
  const service = createService();
  const cases = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) => ({ ...own, id: `own-${from + i}` }));
  await put(service, { critical_cases: { add: cases(0, 400) } });
  await expect(put(service, { critical_cases: { add: cases(350, 151) } })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: "Expected at most 500 cases of one's own, got 501.",
  });
  const all = await put(service, { critical_cases: { add: cases(350, 150) } });
  expect(all.critical_cases?.cases).toHaveLength(500);
  expect((await service.document()).critical_cases?.cases).toHaveLength(500);
});

describe('a policy that was stored', () => {
  it('is in force from the first verdict on, which waits for it once', async () => {
    const store = new MemoryModelStore();
    await put(createService(store), { policy: missed(7) });
    const started = createService(store);
    await started.known();
    expect([started.inForce(), started.problem]).toEqual([missed(7), undefined]);
  });

  it('is never replaced by the built-in one in silence', async () => {
    const store = new MemoryModelStore();
    const running = createService(store);
    await put(running, { policy: missed(7) });
    await store.replace('policy.json', Buffer.from('{}'), (await store.read('policy.json'))!.etag);
    const started = createService(store);
    await started.known();
    await running.refresh();
    expect(running.inForce()).toEqual(missed(7));
    for (const [service, decides] of [
      [started, 'the built-in one'],
      [running, 'the one that was read before'],
    ] as const) {
      expect(service.problem).toBe(
        `the stored policy cannot be read (STORE_CORRUPT: policy.json does not hold what it should.); ${decides} decides`,
      );
      const inputs = { models: {} as ServingModels, problem: undefined, fleet: undefined };
      expect(healthStatus({ ...inputs, policyProblem: service.problem })).toEqual({
        status: 'degraded',
        reasons: [service.problem],
      });
    }
  });
});

describe('a stored policy that cannot be read', () => {
  const broken = async (how: 'damaged' | 'gone'): Promise<MemoryModelStore> => {
    const store = new MemoryModelStore();
    const service = createService(store);
    await put(service, { policy: missed(5) });
    await put(service, { policy: missed(7) });
    const { etag } = (await store.read('policy.json'))!;
    if (how === 'damaged') await store.replace('policy.json', Buffer.from('{"seq":'), etag);
    else await store.remove('policy.json');
    return store;
  };

  it.each(['damaged', 'gone'] as const)('is no absence: %s', async (how) => {
    const service = createService(await broken(how));
    await service.known();
    expect(service.problem).toContain('the built-in one decides');
    expect(service.isUnread).toBe(true);
    await expect(service.document()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await expect(put(service, { critical_cases: { add: [own] } })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
    await expect(put(service, { policy: missed(9), if_seq: 2 })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
  });

  it.each(['damaged', 'gone'] as const)('is replaced by a whole one: %s', async (how) => {
    const service = createService(await broken(how));
    // the built-in one as well: it decided, but was never stored
    const answer = await put(service, { policy: service.inForce() });
    expect(answer).toMatchObject({ document: { seq: 3 }, before: { document: { seq: 2 } } });
    expect([service.problem, service.isUnread]).toEqual([undefined, false]);
    expect((await put(service, { policy: missed(9), if_seq: 3 })).document.seq).toBe(4);
  });

  it('stays in force where it was read before, though it goes', async () => {
    const store = new MemoryModelStore();
    const service = createService(store);
    await put(service, { policy: missed(7) });
    await store.remove('policy.json');
    await service.refresh();
    expect([service.inForce(), service.isUnread]).toEqual([missed(7), false]);
    expect(service.problem).toContain('the one that was read before decides');
  });
});

describe('a look at the policy that goes wrong in our own code', () => {
  it('is a problem of health like any other: no verdict fails for it, and the next look mends it', async () => {
    const store = new MemoryModelStore();
    let isBroken = true;
    const broken = new Proxy(store, {
      get: (target, property) => {
        if (isBroken && property === 'read') throw new TypeError('undefined is not a function');
        return (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      },
    });
    const service = createService(broken);
    await service.known();
    expect(service.problem).toBe(
      'the stored policy cannot be read (INTERNAL: undefined is not a function); the built-in one decides',
    );
    isBroken = false;
    await service.refresh();
    expect(service.problem).toBeUndefined();
  });
});

describe('two changes of the policy at once', () => {
  it.each(['one instance', 'two instances'])('let one win and tell the other, on %s', async (where) => {
    const store = new MemoryModelStore();
    const other = createService(store);
    // the cases take their time, and meanwhile another policy is acknowledged and found
    const slow: PolicyService = createService(
      disturbed(store, 'critical-cases.json', 'before', async () => {
        await put(where === 'one instance' ? slow : other, { policy: missed(2), if_seq: 0 });
        await slow.refresh();
      }),
    );
    await expect(
      put(slow, { policy: missed(1), if_seq: 0, critical_cases: { add: [own] } }),
    ).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
      message: expect.stringContaining('The critical cases were changed, the policy was not'),
    });
    expect((await other.document()).document).toMatchObject({ seq: 1, policy: missed(2) });
  });
});

describe('a change of the policy that took effect', () => {
  it.each(['policy.json', 'critical-cases.json'])(
    'says so though the answer for %s was lost',
    async (path) => {
      const store = new MemoryModelStore();
      const service = createService(disturbed(store, path, 'after', outage));
      const answer = await put(service, { policy: missed(1), critical_cases: { add: [own] } });
      expect(answer).toMatchObject({ document: { seq: 1 }, critical_cases: { seq: 1 } });
      // whoever sends it again makes no second version
      expect((await put(service, { policy: missed(1) })).document.seq).toBe(1);
    },
  );

  it('makes one version of critical cases that are sent again, whoever sends them', async () => {
    const store = new MemoryModelStore();
    const service = createService(store);
    const change = { add: [own], retire: [{ id: CRITICAL_CASES[0]!.id, why: 'noise' }] };
    expect(await put(service, { critical_cases: change })).toMatchObject({ critical_cases: { seq: 1 } });
    expect(await put(createService(store), { critical_cases: change })).toMatchObject({
      critical_cases: { seq: 1 },
    });
    const other = { ...own, alert: { ...own.alert, title: 'Another alert' } };
    expect(await put(service, { critical_cases: { add: [other] } })).toMatchObject({
      critical_cases: { seq: 2 },
    });
    const why = 'noise since March';
    const retire = [{ id: CRITICAL_CASES[0]!.id, why }];
    expect(await put(service, { critical_cases: { retire } })).toMatchObject({ critical_cases: { seq: 3 } });
    // one that was retired is said again, and comes back
    await put(service, { critical_cases: { retire: [{ id: own.id, why }] } });
    expect(await put(service, { critical_cases: { add: [other] } })).toMatchObject({
      critical_cases: { seq: 5 },
    });
  });

  it('says that nothing changed where the write did not arrive', async () => {
    const store = new MemoryModelStore();
    const service = createService(disturbed(store, 'policy.json', 'before', outage));
    await expect(put(service, { policy: missed(1) })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await service.document()).document.seq).toBe(0);
  });

  it('says so though nothing can be read after it', async () => {
    const store = new MemoryModelStore();
    let isAway = false;
    const away = new Proxy(
      disturbed(store, 'policy.json', 'after', async () => {
        isAway = true;
      }),
      {
        get: (target, property) => {
          const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(
            target,
          );
          return (...args: unknown[]) => (isAway ? outage() : member(...args));
        },
      },
    );
    expect((await put(createService(away), { policy: missed(1) })).document.seq).toBe(1);
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

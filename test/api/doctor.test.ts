import { describe, expect, it } from 'vitest';
import { type ArchivedDocument, damagedDocument } from '../../src/api/doctor/damaged-document.ts';
import { examine, type Finding, readable } from '../../src/api/doctor/doctor.ts';
import { Inspection } from '../../src/api/doctor/inspection.ts';
import { lineageChecks } from '../../src/api/doctor/lineage-checks.ts';
import { storeChecks } from '../../src/api/doctor/store-checks.ts';
import { type PolicyDocument, policyDocumentSchema } from '../../src/api/policy/policy.ts';
import { policyHash8 } from '../../src/api/policy/policy-service.ts';
import { AlertforestError } from '../../src/errors.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { createExact } from '../../src/store/create-exact.ts';
import { DocumentStore } from '../../src/store/document-store.ts';
import { MemoryFleetStore } from '../../src/store/memory/memory-fleet-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB, POLICY_ARCHIVE, policyPath, releasePath } from '../../src/store/names.ts';
import { newestArchived } from '../../src/store/policy-archive.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { World } from '../training/world.ts';

const timer = { trigger: 'timer' } as const;

const look = ({ stores }: World, fix = false): Promise<Finding[]> => {
  const checks = lineageChecks({ ...stores, lineage: new Lineage(stores.models) });
  return examine(checks, { fix });
};
const wrong = (findings: readonly Finding[]) =>
  findings
    .filter(({ state }) => state !== 'ok')
    .map(({ what, state, says, fix }) => ({ what, state, says, fix }));

async function learnedWorld(): Promise<World> {
  const world = await new World().start();
  await world.judge(60);
  await retrain(world.process(), timer);
  return world;
}

describe('the doctor', () => {
  it('finds nothing wrong where all is well, or nothing was ever started', async () => {
    expect(wrong(await look(await learnedWorld()))).toEqual([]);
    expect(wrong(await look(new World()))).toEqual([]);
  });

  it('says that the pointer has gone and changes nothing, and puts it back when told to', async () => {
    const world = await learnedWorld();
    const { release } = (await new Lineage(world.stores.models).requireHead()).head;
    await world.stores.models.remove(HEAD_BLOB);
    expect(wrong(await look(world))).toEqual([
      {
        what: 'serving pointer',
        state: 'wrong',
        says: `It has gone, and this is no first start: ${releasePath(release)} is stored.`,
        fix: 'points it at the newest release that is whole',
      },
    ]);
    expect(await world.stores.models.read(HEAD_BLOB)).toBeUndefined();
    expect(wrong(await look(world, true))).toMatchObject([{ state: 'fixed', fix: `it names ${release}` }]);
    expect(wrong(await look(world))).toEqual([]);
  });

  it('names the record, the model and the training set that are damaged', async () => {
    const world = await learnedWorld();
    const { models } = world.stores;
    const { record } = await new Lineage(models).tip((await new Lineage(models).requireHead()).head.release);
    const { path } = record.serving_after['scorer']!;
    await models.replace(path, new Uint8Array(3), (await models.read(path))!.etag);
    await models.remove(record.dataset.path);
    const first = releasePath((await world.lineage())[0]!.id);
    await models.remove(first);
    const found = wrong(await look(world));
    expect(found.map(({ what }) => what)).toEqual(['releases', 'what serves', 'training set']);
    expect(found[0]!.says).toContain(first);
    expect(found[1]!.says).toContain(
      `scorer 1.1.0 cannot be served by an instance that starts: Expected ${path}`,
    );
    expect(found[2]!.says).toContain(record.dataset.path);
  });

  it('goes on behind what cannot be read, and says when nothing helps', async () => {
    const damage = async (): Promise<never> => {
      throw new AlertforestError('STORE_CORRUPT', 'policy.json does not hold what it should.');
    };
    const { feedback, runs } = new World().stores;
    const fine = async () => [];
    const rows = storeChecks({
      ...{ feedback, runs, living: fine, setAside: () => [], fleet: new MemoryFleetStore() },
      failedRequests: { count: async () => 0, clear: async () => {} },
    });
    const found = await examine([readable('policy', damage), ...rows], { fix: true });
    expect(wrong(found)).toEqual([
      {
        what: 'policy',
        state: 'wrong',
        says: 'STORE_CORRUPT: policy.json does not hold what it should.',
        fix: undefined,
      },
    ]);
    expect(found).toHaveLength(9);
    const unmended = await examine(
      [{ what: 'it', look: async () => ({ says: 'It is broken.', fix: { does: 'mends it', run: damage } }) }],
      { fix: true },
    );
    expect(unmended[0]).toMatchObject({
      state: 'wrong',
      says: expect.stringContaining('could not be mended'),
    });
  });
  it('names rows that were set aside', async () => {
    const { feedback, runs } = new World().stores;
    const fine = async () => [];
    const says = '1 of the judgements set aside: alert abc (it holds no JSON)';
    const checks = storeChecks({
      ...{
        feedback,
        runs,
        living: fine,
        setAside: () => [says],
        fleet: new MemoryFleetStore(),
      },
      failedRequests: { count: async () => 0, clear: async () => {} },
    });
    expect(wrong(await examine(checks, { fix: false }))).toMatchObject([
      { what: 'rows', state: 'wrong', says: expect.stringContaining(says) },
    ]);
  });

  it('puts the newest policy that was written in the place of a damaged one, where there is one newest', async () => {
    const models = new MemoryModelStore();
    const documents = new DocumentStore(models, 'policy.json', policyDocumentSchema, (document) =>
      policyPath(document.seq, policyHash8(document)),
    );
    const of = (seq: number, why: string) => ({
      ...{ seq, policy: DEFAULT_POLICY, by: 'olga', why, updated_at: '2026-11-01T00:00:00.000Z' },
    });
    const first = await documents.write(of(1, 'first'), undefined);
    await documents.write(of(2, 'second'), first);
    await models.replace('policy.json', Buffer.from('{'), await documents.tag());
    const stored: ArchivedDocument<PolicyDocument> = {
      ...{ models, documents, schema: policyDocumentSchema },
      newest: () => newestArchived(models, POLICY_ARCHIVE),
      byHand: 'Send a whole one with PUT /policy.',
    };
    const complaint = await damagedDocument(stored, 'It is damaged.');
    expect(complaint).toMatchObject({
      says: 'It is damaged.',
      fix: { does: expect.stringMatching(/^puts policy\/00000002-/) },
    });
    expect(await complaint.fix?.run()).toBe('version 2 is in force');
    expect((await documents.read())?.value).toEqual(of(2, 'second'));

    // the second writer of a number was refused, and its copy is there all the same
    await createExact(models, policyPath(2, '0'.repeat(8)), Buffer.from('{}'));
    const unsure = await damagedDocument(stored, 'It is damaged.');
    expect(unsure.fix).toBeUndefined();
    expect(unsure.says).toContain('were written under one number. Send a whole one with PUT /policy.');
    const newest = () => newestArchived(new MemoryModelStore(), POLICY_ARCHIVE);
    expect(await damagedDocument({ ...stored, newest }, 'It has gone.')).toEqual({
      says: 'It has gone. Send a whole one with PUT /policy.',
    });
  });

  it('names clocks that are wrong, and removes requests that failed for good when told to', async () => {
    const { feedback, runs } = new World().stores;
    const heard = {
      instanceId: 'a',
      startedAt: '',
      seenAt: '',
      release: undefined,
      versions: {},
      sketches: {},
    };
    let nFailed = 3;
    const checks = storeChecks({
      ...{
        feedback,
        runs,
        setAside: () => [],
        fleet: new MemoryFleetStore(),
      },
      living: async () => [{ ...heard, ageMs: 0, skewMs: -700_000 }],
      failedRequests: {
        count: async () => nFailed,
        clear: async () => {
          nFailed = 0;
        },
      },
    });
    const clock = 'the clock of instance a is 700 s behind that of storage';
    expect(wrong(await examine(checks, { fix: false }))).toMatchObject([
      { what: 'clocks of the instances', state: 'wrong', says: expect.stringContaining(clock) },
      { what: 'requests for a retrain', state: 'wrong', says: expect.stringContaining('3 failed for good') },
    ]);
    expect(wrong(await examine(checks, { fix: true }))[1]).toMatchObject({
      state: 'fixed',
      fix: 'none is left',
    });
    expect(nFailed).toBe(0);
  });

  it('says of what storage did not answer that nothing is known of it', async () => {
    const away = async (): Promise<never> => {
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot read head.json.');
    };
    const found = await examine([{ what: 'it', look: away }], { fix: true });
    expect(found).toEqual([
      { what: 'it', state: 'unknown', says: 'STORE_UNAVAILABLE: Cannot read head.json.', fix: undefined },
    ]);
  });
});

describe('the inspection', () => {
  it('does not take an outage for the end of what it found', async () => {
    const { runs } = new World().stores;
    let state: 'damaged' | 'away' | 'well' = 'damaged';
    const look = async () => {
      if (state === 'damaged') throw new AlertforestError('STORE_CORRUPT', 'It holds no JSON.');
      if (state === 'away') throw new AlertforestError('STORE_UNAVAILABLE', 'No answer.');
      return undefined;
    };
    const checks = () => [
      { what: 'policy', look },
      { what: 'critical cases', look: async () => undefined },
    ];
    const inspection = new Inspection({ checks, runs, now: Date.now, elapsed: () => 0 });
    const damage = ['policy: STORE_CORRUPT: It holds no JSON.'];
    expect(await inspection.inspect()).toEqual(damage);
    state = 'away';
    expect(await inspection.inspect()).toEqual(damage);
    // what another instance reads
    expect((await runs.lastInspection())?.damage).toEqual(damage);
    state = 'well';
    expect(await inspection.inspect()).toEqual([]);
  });
});

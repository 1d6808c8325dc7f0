import { describe, expect, it } from 'vitest';
import { LocalCopy } from '../../src/serving/local-copy.ts';
import { ModelServer } from '../../src/serving/model-server.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB, releasePath } from '../../src/store/names.ts';
import { parseHead } from '../../src/store/release.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { encodeJson, Lineage, releaseId } from '../../src/training/releases/lineage.ts';
import { lastWholeRelease, repairHead } from '../../src/training/releases/repair-head.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { World } from './world.ts';

const timer = { trigger: 'timer' } as const;

/** A service that has learned once, and whose head is `release`. */
async function learnedWorld(): Promise<{ world: World; release: string }> {
  const world = await new World().start();
  await world.judge(60);
  await retrain(world.process(), timer);
  return { world, release: (await new Lineage(world.stores.models).requireHead()).head.release };
}

const releases = async ({ stores }: World): Promise<string[]> => {
  const paths: string[] = [];
  for await (const { path } of stores.models.list('releases/')) paths.push(path);
  return paths;
};

describe('a head that has gone', () => {
  it('is no first start: no second lineage begins, and nothing is consumed', async () => {
    const { world } = await learnedWorld();
    await world.judge(60, 'b');
    await world.stores.models.remove(HEAD_BLOB);
    const before = await releases(world);
    const trainer = new FakeTrainer();
    for (const attempt of [
      () => firstStart(world.process(trainer)),
      () => retrain(world.process(trainer), timer),
      () => activate(world.process(), { model: 'classifier', version: '1.0.0', by: 'o', why: '' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'STORE_CORRUPT',
        message: expect.stringContaining('alertforest doctor --fix'),
      });
    }
    expect(await releases(world)).toEqual(before);
    expect(await world.stores.models.read(HEAD_BLOB)).toBeUndefined();
    expect(await world.stores.feedback.countPending()).toBe(60);
  });

  it('is missed though every release has gone with it, where judgements were learned from', async () => {
    const { world } = await learnedWorld();
    for (const path of [HEAD_BLOB, ...(await releases(world))]) await world.stores.models.remove(path);
    await expect(firstStart(world.process())).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('is pointed at the newest release again, and learning goes on with everything', async () => {
    const { world, release } = await learnedWorld();
    await world.judge(60, 'b');
    await world.stores.models.remove(HEAD_BLOB);
    expect((await repairHead(world.stores, new Lineage(world.stores.models))).release).toBe(release);
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'promoted' });
    expect(Object.keys(await world.dataset())).toHaveLength(120);
    expect(await world.problems()).toEqual([]);
    // one that is right is left alone
    const { etag } = (await world.stores.models.read(HEAD_BLOB))!;
    await repairHead(world.stores, new Lineage(world.stores.models));
    expect((await world.stores.models.read(HEAD_BLOB))!.etag).toBe(etag);
  });

  it('is not pointed at a record that lost its race or is damaged', async () => {
    const { world, release } = await learnedWorld();
    const lineage = new Lineage(world.stores.models);
    const record = await lineage.release(release);
    // lost against the one that was published: it consumed less
    const lost = {
      ...record,
      run_id: 'lost',
      consumed: Object.fromEntries(Object.entries(record.consumed).slice(1)),
    };
    await world.stores.models.create(releasePath(releaseId(lost)), encodeJson(lost));
    await world.stores.models.create(releasePath('000003-0123456789ab'), encodeJson({ ...record, seq: 3 }));
    await world.stores.models.remove(HEAD_BLOB);
    expect((await repairHead(world.stores, new Lineage(world.stores.models))).release).toBe(release);
    expect(await world.problems()).toEqual([]);
  });
});

describe('a first start', () => {
  it('is one although judgements came before its end', async () => {
    const world = new World();
    await world.judge(60);
    expect(await firstStart(world.process())).toMatchObject({ state: 'created' });
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });
});

describe('a head that names a record which is not stored', () => {
  it('is pointed at the newest whole release before it', async () => {
    const { world, release } = await learnedWorld();
    const first = (await world.lineage())[0]!.id;
    await world.stores.models.remove(releasePath(release));
    await expect(retrain(world.process(), timer)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect((await repairHead(world.stores, new Lineage(world.stores.models))).release).toBe(first);
  });
});

describe('an instance that starts over a damaged head', () => {
  const serverOf = (world: World): ModelServer =>
    new ModelServer({
      store: world.stores.models,
      localCopy: new LocalCopy({ copies: new MemoryModelStore(), headPath: HEAD_BLOB, now: Date.now }),
      headPath: HEAD_BLOB,
      parseHead,
      firstStart: async () => void (await firstStart(world.process())),
      lastWhole: async () => {
        const { models, feedback } = world.stores;
        const step = await lastWholeRelease(models, new Lineage(models), feedback);
        lookedUp.push(step?.id);
        return undefined;
      },
      now: () => world.nowMs,
      pollMs: 1,
    });
  const lookedUp: (string | undefined)[] = [];

  it('looks for the newest whole release, and says what is wrong', async () => {
    const { world, release } = await learnedWorld();
    const first = (await world.lineage())[0]!.id;
    await world.stores.models.remove(HEAD_BLOB);
    await expect(serverOf(world).current()).rejects.toThrow(/head\.json has gone/);
    const { path } = (await new Lineage(world.stores.models).release(release)).serving_after['classifier']!;
    await world.stores.models.remove(path);
    await expect(serverOf(world).current()).rejects.toThrow();
    expect(lookedUp).toEqual([release, first]);
  });
});

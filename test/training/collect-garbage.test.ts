import { describe, expect, it } from 'vitest';
import type { ModelStore } from '../../src/store/model-store.ts';
import { GARBAGE_BLOB } from '../../src/store/names.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { KEPT_RELEASES } from '../../src/training/releases/collect-garbage.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { Crash } from './crashing.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { World } from './world.ts';

/** Needs one judgement. */
const manual = { trigger: 'manual' } as const;
const HOUR_MS = 3_600_000;
/** The first retrain's version, which nothing reaches once 30 releases have followed it. */
const OLD = { model: 'classifier', version: '1.1.0', by: 'olga', why: 'it was better' };

/** A release an hour, until the oldest ones are out of reach and marked; none of them is due yet. */
async function agedWorld(trainer = new FakeTrainer(), world = new World()): Promise<World> {
  await world.start();
  for (let n = 0; n < KEPT_RELEASES + 2; n++) {
    world.nowMs += HOUR_MS;
    await world.judge(1, `r${n}-`);
    await retrain(world.process(trainer), manual);
  }
  return world;
}

async function learnOnceMore(world: World, models: ModelStore = world.stores.models): Promise<unknown> {
  world.nowMs += 25 * HOUR_MS;
  await world.judge(1, `at${world.nowMs}-`);
  return retrain({ ...world.process(), models }, manual);
}

const artefactOf = async ({ stores }: World): Promise<string> => {
  const lineage = new Lineage(stores.models);
  const { head } = await lineage.requireHead();
  return (await lineage.makerOf(head.release, OLD.model, OLD.version)).record.models[OLD.model]!.path;
};

/** Lets `first` happen before the first call that `matches`. */
function whenFirst(
  models: ModelStore,
  matches: (method: string, path: string) => boolean,
  first: () => Promise<unknown>,
): ModelStore {
  let isDone = false;
  return new Proxy(models, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      return property !== 'replace' && property !== 'remove'
        ? member
        : async (path: string, ...args: unknown[]) => {
            if (!isDone && matches(property, path)) {
              isDone = true;
              await first();
            }
            return member(path, ...args);
          };
    },
  });
}

describe('a version that nothing reaches any more', () => {
  it('is removed a day after it was first found out of reach', async () => {
    const world = await agedWorld();
    const path = await artefactOf(world);
    expect(await world.stores.models.read(path)).toBeDefined();
    await learnOnceMore(world);
    expect(await world.stores.models.read(path)).toBeUndefined();
    await expect(activate(world.process(), OLD)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(await world.problems()).toEqual([]);
  });

  it('stays when it is brought back at the very moment of its removal', async () => {
    const world = await agedWorld();
    const models = whenFirst(
      world.stores.models,
      (method, path) => method === 'replace' && path === GARBAGE_BLOB,
      () => activate(world.process(), OLD),
    );
    await learnOnceMore(world, models);
    expect(await world.problems()).toEqual([]);
    expect((await new Lineage(world.stores.models).requireHead()).head.serving['classifier']?.version).toBe(
      OLD.version,
    );
    // and it can be learned on from
    expect(await learnOnceMore(world)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });

  it('is not brought back once its removal has begun, even where that was cut short', async () => {
    const world = await agedWorld();
    let refused: unknown;
    const models = whenFirst(
      world.stores.models,
      (method) => method === 'remove',
      async () => {
        refused = await activate(world.process(), OLD).catch((error: unknown) => error);
        throw new Crash('in the middle of the collection');
      },
    );
    await expect(learnOnceMore(world, models)).rejects.toThrow(Crash);
    expect(refused).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(activate(world.process(), OLD)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const path = await artefactOf(world);
    expect(await world.stores.models.read(path)).toBeDefined();
    await learnOnceMore(world);
    expect(await world.stores.models.read(path)).toBeUndefined();
    expect(await world.problems()).toEqual([]);
  });
});

describe('a release that verdicts which are kept may name', () => {
  it('stays with what it was trained on, and goes when the last of them has gone', async () => {
    const world = new World();
    world.verdictWeeks = 2;
    await agedWorld(new FakeTrainer(), world);
    const lineage = new Lineage(world.stores.models);
    const { head } = await lineage.requireHead();
    const { record } = await lineage.makerOf(head.release, OLD.model, OLD.version);
    const kept = [record.models[OLD.model]!.path, record.dataset.path];
    const areStored = async (): Promise<boolean[]> =>
      Promise.all(kept.map(async (path) => (await world.stores.models.read(path)) !== undefined));
    // it has not served for a day, and no step of the last 30 reaches it
    await learnOnceMore(world);
    expect(await areStored()).toEqual([true, true]);
    world.nowMs += 14 * 24 * HOUR_MS;
    await learnOnceMore(world);
    await learnOnceMore(world);
    expect(await areStored()).toEqual([false, false]);
    expect(await world.problems()).toEqual([]);
  });

  it('counts as served until the next one did, however long ago it was made', async () => {
    const world = await new World().start();
    world.verdictWeeks = 1;
    await world.judge(1, 'a');
    await retrain(world.process(), manual);
    const path = await artefactOf(world);
    // it serves alone for a quarter of a year, and is replaced 31 times on one day
    world.nowMs += 90 * 24 * HOUR_MS;
    for (let n = 0; n < KEPT_RELEASES + 1; n++) {
      world.nowMs += HOUR_MS / 2;
      await world.judge(1, `r${n}-`);
      await retrain(world.process(), manual);
    }
    await learnOnceMore(world);
    expect(await world.stores.models.read(path)).toBeDefined();
  });
});

describe('a release that challengers have to match', () => {
  it('keeps its training set, so that learning goes on once it was brought back', async () => {
    let nth = 0;
    // the first retrain was the best
    const world = await agedWorld(new FakeTrainer({ rank: () => ++nth }));
    await learnOnceMore(world);
    await learnOnceMore(world);
    const lineage = new Lineage(world.stores.models);
    const maker = await lineage.makerOf((await lineage.requireHead()).head.release, OLD.model, OLD.version);
    expect(await world.stores.models.read(maker.record.dataset.path)).toBeDefined();
    await activate(world.process(), OLD);
    expect(await learnOnceMore(world)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });

  it('costs a comparison and not the learning where its training set is lost', async () => {
    const world = await new World().start();
    await world.judge(1, 'a');
    await retrain(world.process(), manual);
    const lineage = new Lineage(world.stores.models);
    const served = await lineage.tip((await lineage.requireHead()).head.release);
    // what serves is older than the newest training set
    await world.judge(1, 'b');
    await retrain(world.process(new FakeTrainer({ gate: () => false })), manual);
    await world.stores.models.remove(served.record.dataset.path);
    await world.judge(1, 'c');
    const datasets: unknown[] = [];
    const trainer = new FakeTrainer({
      gate: ({ champions }) => {
        datasets.push(champions.classifier?.dataset);
        return true;
      },
    });
    expect(await retrain(world.process(trainer), manual)).toMatchObject({ state: 'promoted' });
    expect(datasets).toEqual([undefined]);
    const newest = await lineage.tip((await lineage.requireHead()).head.release);
    expect(newest.record.models['classifier']?.reasons).toContainEqual(
      expect.stringContaining('the training set of what serves is no longer stored'),
    );
  });
});

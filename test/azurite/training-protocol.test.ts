import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TableRunLog } from '../../src/store/azure/table-run-log.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listVersions } from '../../src/training/releases/versions.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { replay } from '../../src/training/runs/replay.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { type FaultyStorage, startFaultyStorage, uniqueName } from '../support/storage.ts';
import { Crash, Crasher } from '../training/crashing.ts';
import { FakeTrainer } from '../training/fake-trainer.ts';
import { sample, vote } from '../training/rows.ts';
import { type Stores, World } from '../training/world.ts';

const PATIENT = { timeoutMs: 60_000, tries: 4, retryDelayMs: 10 };

/** Stores of one deployment; another connection string to the same names sees the same rows. */
function storesAt(
  names: { models: string; feedback: string; runs: string },
  connectionString: string,
): Stores {
  const clients = createStorageClients({ connectionString });
  return {
    models: new BlobModelStore(clients.container(names.models), PATIENT),
    feedback: new TableFeedbackStore(clients.table(names.feedback), PATIENT),
    runs: new TableRunLog(clients.table(names.runs), PATIENT),
  };
}

const freshNames = () => ({ models: uniqueName('m'), feedback: uniqueName('f'), runs: uniqueName('r') });
const freshWorld = (): World => new World(storesAt(freshNames(), inject('storage')));

/** A store whose lease never holds anybody back: safety must not depend on it. */
function unleased(models: ModelStore): ModelStore {
  return new Proxy(models, {
    get: (target, property) =>
      property === 'acquireLease'
        ? async () => ({ renew: async () => true, release: async () => undefined })
        : (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target),
  });
}

describe('training over Azurite', () => {
  it('makes one first release when many instances start at once', async () => {
    const world = freshWorld();
    const made = await Promise.all(
      Array.from({ length: 5 }, () => {
        const deps = world.process(new FakeTrainer());
        return firstStart({ ...deps, models: unleased(deps.models) });
      }),
    );
    expect(made.filter(({ state }) => state === 'created')).toHaveLength(1);
    expect(await world.lineage()).toHaveLength(1);
    expect(await world.problems()).toEqual([]);
  });

  it('lets one of two retrains at once publish, by the lease and without it', async () => {
    const world = await freshWorld().start();
    await world.judge(60);
    const leased = await Promise.all([1, 2].map(() => retrain(world.process(), { trigger: 'timer' })));
    expect(leased.map(({ state }) => state).sort()).toEqual(['busy', 'promoted']);
    await world.judge(60, 'b');
    const raced = await Promise.all(
      [1, 2, 3].map(() => {
        const deps = world.process();
        return retrain({ ...deps, models: unleased(deps.models) }, { trigger: 'timer' });
      }),
    );
    expect(raced.filter(({ state }) => state === 'promoted')).toHaveLength(1);
    for (const { state } of raced) expect(['promoted', 'superseded', 'below']).toContain(state);
    expect(await world.lineage()).toHaveLength(3);
    expect(await world.problems()).toEqual([]);
    expect(await world.stores.feedback.countPending()).toBe(0);
  });

  it('loses nothing and doubles nothing when retrains die at any kind of call while judgements come in', async () => {
    const world = await freshWorld().start();
    const diedAt = new Set<string>();
    let judged = 0;
    for (let run = 0; run < 24; run++) {
      await world.judge(4, `r${run}-`);
      judged += 4;
      // die earlier and later in the run, before and after the call had its effect
      const crasher = new Crasher(1 + ((run * 7) % 45), run % 2 === 0 ? 'before' : 'after');
      const deps = world.process(new FakeTrainer(), crasher);
      const [ended] = await Promise.all([
        retrain({ ...deps, models: unleased(deps.models) }, { trigger: 'manual' }).catch(
          (error: unknown) => error,
        ),
        world.stores.feedback.submit(
          sample(`r${run}-0`, [vote('bob', 'suspicious', run)]).snapshot,
          vote('bob', 'suspicious', run),
        ),
      ]);
      if (crasher.isDead) diedAt.add(crasher.diedAt ?? '');
      if (ended instanceof Error) expect(ended).toBeInstanceOf(Crash);
      expect(await world.problems()).toEqual([]);
    }
    expect(diedAt.size).toBeGreaterThan(4);
    const deps = world.process();
    await retrain({ ...deps, models: unleased(deps.models) }, { trigger: 'manual' });
    expect(Object.keys(await world.dataset())).toHaveLength(judged);
    expect(await world.stores.feedback.countPending()).toBe(0);
    expect(await world.problems()).toEqual([]);
  });

  it('keeps an activation that comes during a retrain, and an exclusion beside both', async () => {
    const world = await freshWorld().start();
    await world.judge(60);
    await retrain(world.process(), { trigger: 'timer' });
    await world.judge(60, 'b');
    let isFirst = true;
    const trainer = new FakeTrainer({
      duringCompare: async () => {
        if (!isFirst) return;
        isFirst = false;
        await activate(world.process(), { model: 'classifier', version: '1.0.0', by: 'olga', why: 'noise' });
      },
    });
    expect(await retrain(world.process(trainer), { trigger: 'timer' })).toMatchObject({ state: 'promoted' });
    expect(trainer).toMatchObject({ trained: 1, compared: 2 });
    await replay(world.process(), { analyst: 'ann', action: 'exclude', by: 'olga' });
    const { serving, notes } = await listVersions(new Lineage(world.stores.models));
    expect(serving['classifier']).toBe('1.0.0');
    expect(notes).toEqual(['votes of ann are left out (by olga)']);
    expect(await world.problems()).toEqual([]);
  });
});

describe('training over a storage that loses answers', () => {
  let faulty: FaultyStorage;
  beforeAll(async () => {
    faulty = await startFaultyStorage(inject('storage'));
  });
  afterAll(() => faulty.close());

  it('publishes one release whichever answer is lost, the one to the commit included', async () => {
    const names = freshNames();
    const world = await new World(storesAt(names, inject('storage'))).start();
    const through = storesAt(names, faulty.connectionString);
    let lostHeads = 0;
    for (let run = 1; run <= 6; run++) {
      await world.judge(50, `l${run}-`);
      // every fifth answer is lost, and once each the answer to the write of head.json
      let isHeadLost = false;
      faulty.decide = (nth, method, url) => {
        if (method === 'PUT' && url.includes('/head.json') && !isHeadLost) {
          isHeadLost = true;
          lostHeads++;
          return 'lose-response';
        }
        return nth % 5 === run % 5 && method !== 'GET' ? 'lose-response' : 'pass';
      };
      const deps = { ...world.process(), ...through, models: unleased(through.models) };
      const done = await retrain(deps, { trigger: 'timer' });
      faulty.decide = () => 'pass';
      expect(done).toMatchObject({ state: 'promoted' });
      expect(await world.lineage()).toHaveLength(1 + run);
      expect(await world.problems()).toEqual([]);
    }
    expect(lostHeads).toBe(6);
  });
});

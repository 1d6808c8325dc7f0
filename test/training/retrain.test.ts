import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AlertforestError } from '../../src/errors.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { RETRAIN_LOCK_BLOB } from '../../src/store/names.ts';
import { activate, unpin } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listAudit, listVersions, releaseOf } from '../../src/training/releases/versions.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { Crash, Crasher } from './crashing.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { sample, vote } from './rows.ts';
import { World } from './world.ts';

const timer = { trigger: 'timer' } as const;

describe('first start', () => {
  it('makes one release when many instances start at once', async () => {
    const world = new World();
    const trainers = Array.from({ length: 6 }, () => new FakeTrainer());
    const made = await Promise.all(trainers.map((trainer) => firstStart(world.process(trainer))));
    expect(made.filter(({ state }) => state === 'created')).toHaveLength(1);
    expect(new Set(made.map(({ release }) => release)).size).toBe(1);
    expect(await world.lineage()).toHaveLength(1);
    // the lease saved the others the work
    expect(trainers.reduce((sum, { trained }) => sum + trained, 0)).toBe(1);
  });

  it('makes one release even where the lease holds nobody back', async () => {
    const world = new World();
    const process = world.process();
    const unleased = new Proxy(world.stores.models, {
      get: (target, property) =>
        property === 'acquireLease'
          ? async () => ({ renew: async () => true, release: async () => undefined })
          : (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target),
    });
    const made = await Promise.all(
      Array.from({ length: 4 }, () =>
        firstStart({ ...process, models: unleased, trainer: new FakeTrainer() }),
      ),
    );
    expect(made.filter(({ state }) => state === 'created')).toHaveLength(1);
    expect(await world.lineage()).toHaveLength(1);
  });

  it('throws over an outage and never calls it a first start', async () => {
    const world = new World();
    const outage = new AlertforestError('STORE_UNAVAILABLE', 'away');
    const models = { ...world.stores.models, read: () => Promise.reject(outage) } as ModelStore;
    const trainer = new FakeTrainer();
    await expect(firstStart({ ...world.process(trainer), models })).rejects.toBe(outage);
    expect(trainer.trained).toBe(0);
  });

  it('survives a crash at any storage call', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const world = new World();
        const crasher = new Crasher(at, when);
        const done = await firstStart(world.process(new FakeTrainer(), crasher)).catch((error) => error);
        if (!(done instanceof Error)) break;
        expect(done).toBeInstanceOf(Crash);
        world.nowMs += 120_000;
        await firstStart(world.process());
        expect(await world.lineage()).toHaveLength(1);
        expect(await world.problems()).toEqual([]);
      }
    }
  });
});

describe('retrain', () => {
  it('does nothing below the mark and says how much is missing', async () => {
    const world = await new World().start();
    await world.judge(49);
    const trainer = new FakeTrainer();
    const run = await retrain(world.process(trainer), timer);
    expect(run).toMatchObject({
      state: 'below',
      pending: 49,
      reasons: ['49 newly judged alerts, 50 are needed'],
    });
    expect(trainer.trained).toBe(0);
    expect(await retrain(world.process(), { trigger: 'queue' })).toMatchObject({ state: 'below' });
    expect(await retrain(world.process(), { trigger: 'manual' })).toMatchObject({ state: 'promoted' });
  });

  it('publishes a release, consumes its markers and logs the run', async () => {
    const world = await new World().start();
    await world.judge(60);
    const run = await retrain(world.process(), { trigger: 'timer', runId: 'r1' });
    expect(run).toMatchObject({ state: 'promoted', pending: 60, progress: 1, error: undefined });
    expect(await world.stores.runs.get('r1')).toEqual(run);
    expect(await world.stores.feedback.countPending()).toBe(0);
    expect(await world.problems()).toEqual([]);
    const lineage = new Lineage(world.stores.models);
    const { versions, serving, notes } = await listVersions(lineage);
    expect(serving).toEqual({ classifier: '1.1.0', anomaly: '1.1.0', scorer: '1.1.0' });
    expect(versions.filter(({ model }) => model === 'scorer').map(({ version }) => version)).toEqual([
      '1.1.0',
      '1.0.0',
    ]);
    expect(versions[0]).toMatchObject({ samples: 60, synthetic: false, decision: 'promoted', serving: true });
    expect(notes).toEqual([]);
    expect((await releaseOf(lineage, 'anomaly', '1.0.0')).record.kind).toBe('bootstrap');
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'below', pending: 0 });
  });

  it('consumes what it refuses, and trains nothing twice', async () => {
    const world = await new World().start();
    await world.judge(60);
    const trainer = new FakeTrainer({ gate: () => false });
    const run = await retrain(world.process(trainer), timer);
    expect(run.state).toBe('refused');
    expect(run.reasons[0]).toBe('classifier 1.1.0 refused: too bad');
    expect(await world.stores.feedback.countPending()).toBe(0);
    expect(await retrain(world.process(trainer), timer)).toMatchObject({ state: 'below' });
    expect(trainer.trained).toBe(1);
    const { serving, versions } = await listVersions(new Lineage(world.stores.models), {
      model: 'classifier',
    });
    expect(serving['classifier']).toBe('1.0.0');
    expect(versions.map(({ version, decision }) => `${version} ${decision}`)).toEqual([
      '1.1.0 refused',
      '1.0.0 promoted',
    ]);
    await world.judge(50, 'b');
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'promoted' });
    expect((await listVersions(new Lineage(world.stores.models))).serving['classifier']).toBe('1.2.0');
    expect(await world.problems()).toEqual([]);
  });

  it('lets a forced challenger serve, with who and why', async () => {
    const world = await new World().start();
    await world.judge(3);
    const trainer = new FakeTrainer({ gate: () => false });
    const run = await retrain(world.process(trainer), {
      trigger: 'manual',
      force: true,
      by: 'olga',
      why: 'known noise',
    });
    expect(run.state).toBe('promoted');
    const [newest] = (await listAudit(new Lineage(world.stores.models), 1)).entries;
    expect(newest).toMatchObject({ kind: 'force', by: 'olga', why: 'known noise' });
    expect(newest?.decisions['classifier']?.reasons).toEqual(['forced by olga: known noise', 'too bad']);
  });

  it('makes one release when two retrains run at once, with and without the lease', async () => {
    for (const hasLease of [true, false]) {
      const world = await new World().start();
      await world.judge(60);
      const lease = { renew: async () => true, release: async () => undefined };
      const models = new Proxy(world.stores.models, {
        get: (target, property) =>
          property === 'acquireLease' && !hasLease
            ? async () => lease
            : (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target),
      });
      const runs = await Promise.all([1, 2].map(() => retrain({ ...world.process(), models }, timer)));
      expect(runs.map(({ state }) => state).sort()).toEqual(
        hasLease ? ['busy', 'promoted'] : ['promoted', 'superseded'],
      );
      expect(await world.lineage()).toHaveLength(2);
      expect(await world.problems()).toEqual([]);
    }
  });

  it('loses nothing and doubles nothing when it is killed at any storage call', async () => {
    const diedAt = new Set<string>();
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const world = await new World().start();
        await world.judge(60);
        const crasher = new Crasher(at, when);
        const run = await retrain(world.process(new FakeTrainer(), crasher), timer).catch((error) => error);
        if (!crasher.isDead) break;
        diedAt.add(crasher.diedAt ?? '');
        if (run instanceof Error) expect(run).toBeInstanceOf(Crash);
        expect(await world.problems()).toEqual([]);

        // meanwhile one judgement is revised and new ones come in; the lease of the dead runs out
        await world.stores.feedback.submit(
          sample('a7', [vote('ann', 'suspicious', 5)]).snapshot,
          vote('ann', 'suspicious', 5),
        );
        await world.judge(3, 'late');
        world.nowMs += 180_000;
        const second = await retrain(world.process(), timer);
        const pending = await world.stores.feedback.countPending();
        if (second.state === 'below') expect(second.pending).toBe(4);
        else expect(pending).toBe(0);
        expect(await world.lineage()).toHaveLength(2);
        expect(await world.problems()).toEqual([]);
        await retrain(world.process(), { trigger: 'manual' });
        expect(await world.stores.feedback.countPending()).toBe(0);
        expect(Object.keys(await world.dataset())).toHaveLength(63);
        expect(await world.problems()).toEqual([]);
        expect((await world.stores.runs.list(50)).filter(({ state }) => state === 'running')).toEqual([]);
      }
    }
    for (const call of [
      'models.acquireLease',
      'models.read',
      'feedback.listPending',
      'models.create',
      'models.replace',
      'feedback.consume',
      'lease.release',
    ]) {
      expect([...diedAt]).toContain(call);
    }
  });

  it('knows its own release when the answer to the commit is lost', async () => {
    for (const code of ['STORE_CONFLICT', 'STORE_UNAVAILABLE'] as const) {
      const world = await new World().start();
      await world.judge(60);
      const models = new Proxy(world.stores.models, {
        get: (target, property) => {
          const member = (
            Reflect.get(target, property, target) as (...args: unknown[]) => Promise<unknown>
          ).bind(target);
          if (property !== 'replace') return member;
          return async (...args: unknown[]) => {
            await member(...args);
            throw new AlertforestError(code, 'the answer was lost');
          };
        },
      });
      expect(await retrain({ ...world.process(), models }, timer)).toMatchObject({ state: 'promoted' });
      expect(await world.lineage()).toHaveLength(2);
      expect(await world.problems()).toEqual([]);
    }
  });

  it('does not run again for a message that is delivered twice', async () => {
    const world = await new World().start();
    await world.judge(5);
    const trainer = new FakeTrainer();
    const command = { trigger: 'manual', force: true, runId: 'asked-once', by: 'olga' } as const;
    const first = await retrain(world.process(trainer), command);
    const again = await retrain(world.process(trainer), command);
    expect(again).toMatchObject({ state: 'promoted', release: first.release });
    expect(trainer.trained).toBe(1);
    expect(await world.lineage()).toHaveLength(2);
  });

  it('waits for as many judgements: the alerts of one judged incident are one', async () => {
    const world = await new World().start();
    await world.judge(48);
    for (let i = 0; i < 60; i++) {
      const { snapshot } = sample(`whole-${i}`, [vote('ann', 'benign', 9)]);
      await world.stores.feedback.submit(snapshot, { ...vote('ann', 'benign', 9), whole: 'g-1' });
    }
    const trainer = new FakeTrainer();
    expect(await retrain(world.process(trainer), timer)).toMatchObject({ state: 'below', pending: 49 });
    expect(trainer.trained).toBe(0);
    await world.judge(49);
    expect(await retrain(world.process(trainer), timer)).toMatchObject({ state: 'promoted' });
  });

  it('does not overrule the gate twice, however often the head has moved since', async () => {
    const world = await new World().start();
    await world.judge(5);
    const trainer = new FakeTrainer({ gate: () => false });
    const command = {
      trigger: 'manual',
      force: true,
      runId: 'forced-once',
      by: 'olga',
      askedAtMs: world.nowMs,
    } as const;
    const first = await retrain(world.process(trainer), command);
    for (let n = 0; n < 20; n++) {
      world.nowMs += 60_000;
      const order = { model: 'classifier', by: 'olga', why: '' };
      await activate(world.process(), { ...order, version: '1.0.0' });
      await unpin(world.process(), order);
    }
    const trained = trainer.trained;
    expect(await retrain(world.process(trainer), command)).toMatchObject({ release: first.release });
    expect(trainer.trained).toBe(trained);
    expect((await world.lineage()).filter(({ record }) => record.kind === 'force')).toHaveLength(1);
  });

  it('keeps pending what is revised while it trains', async () => {
    const world = await new World().start();
    await world.judge(60);
    const during = async (): Promise<void> => {
      await world.stores.feedback.submit(
        sample('a1', [vote('ann', 'true_positive', 9)]).snapshot,
        vote('ann', 'true_positive', 9),
      );
    };
    await retrain(world.process(new FakeTrainer({ during })), timer);
    expect(await world.stores.feedback.countPending()).toBe(1);
    expect(await world.problems()).toEqual([]);
  });

  it('passes an outage on and leaves everything to the next run', async () => {
    const world = await new World().start();
    await world.judge(60);
    const outage = new AlertforestError('STORE_UNAVAILABLE', 'away');
    const models = new Proxy(world.stores.models, {
      get: (target, property) =>
        property === 'create'
          ? () => Promise.reject(outage)
          : (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target),
    });
    await expect(retrain({ ...world.process(), models }, { ...timer, runId: 'r' })).rejects.toBe(outage);
    expect(await world.stores.runs.get('r')).toMatchObject({
      state: 'failed',
      error: 'STORE_UNAVAILABLE: away',
    });
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });

  it('renews its lease by the clock while it trains', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const world = await new World().start();
    await world.judge(60);
    const trainer = new FakeTrainer();
    const slow: FakeTrainer = Object.assign(Object.create(FakeTrainer.prototype) as FakeTrainer, {
      compare: trainer.compare.bind(trainer),
      train: async (...[job, onProgress]: Parameters<FakeTrainer['train']>) => {
        // three minutes without a word of progress
        for (let i = 0; i < 9; i++) {
          world.nowMs += 21_000;
          await vi.advanceTimersByTimeAsync(21_000);
          expect(await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60)).toBeUndefined();
        }
        return trainer.train(job, onProgress);
      },
    });
    expect(await retrain(world.process(slow), timer)).toMatchObject({ state: 'promoted' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

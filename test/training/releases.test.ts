import { describe, expect, it } from 'vitest';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { activate, unpin } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listAudit, listVersions, releaseOf } from '../../src/training/releases/versions.ts';
import { replay } from '../../src/training/runs/replay.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { Crash } from './crashing.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { World } from './world.ts';

const timer = { trigger: 'timer' } as const;

describe('activate', () => {
  const order = (version: string) => ({ model: 'classifier', version, by: 'olga', why: 'false alarms' });

  it('brings an earlier version back, says before and after, and pins it', async () => {
    const world = await new World().start();
    await world.judge(60);
    await retrain(world.process(), timer);
    const deps = world.process();
    expect(await activate(deps, order('1.0.0'))).toMatchObject({
      before: '1.1.0',
      after: '1.0.0',
      pinned: true,
      changed: true,
    });
    expect(await activate(deps, order('1.0.0'))).toMatchObject({ before: '1.0.0', changed: false });
    const { versions, pinned } = await listVersions(new Lineage(world.stores.models), {
      model: 'classifier',
    });
    expect(pinned).toEqual({ classifier: '1.0.0' });
    expect(versions.map(({ version, decision, serving }) => [version, decision, serving])).toEqual([
      ['1.1.0', 'rolled_back', false],
      ['1.0.0', 'promoted', true],
    ]);
    // what was consumed stays consumed
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'below', pending: 0 });
    expect(await world.problems()).toEqual([]);
  });

  it('holds a pinned model while the others go on, until it is unpinned', async () => {
    const world = await new World().start();
    await world.judge(60);
    await retrain(world.process(), timer);
    await activate(world.process(), order('1.0.0'));
    await world.judge(60, 'b');
    await retrain(world.process(), timer);
    const lineage = new Lineage(world.stores.models);
    expect((await listVersions(lineage)).serving).toEqual({
      classifier: '1.0.0',
      anomaly: '1.2.0',
      scorer: '1.2.0',
    });
    expect((await releaseOf(lineage, 'classifier', '1.2.0')).record.models['classifier']).toMatchObject({
      decision: 'refused',
      reasons: ['classifier is pinned at 1.0.0', 'good enough'],
    });
    expect(await unpin(world.process(), { model: 'classifier', by: 'olga', why: 'done' })).toMatchObject({
      before: '1.0.0',
      after: '1.0.0',
      pinned: false,
      changed: true,
    });
    await world.judge(60, 'c');
    await retrain(world.process(), timer);
    expect((await listVersions(lineage)).serving['classifier']).toBe('1.3.0');
    expect(await world.problems()).toEqual([]);
  });

  it('names what it does not know', async () => {
    const world = await new World().start();
    const { path } = (await new Lineage(world.stores.models).requireHead()).head.serving['classifier']!;
    await expect(activate(world.process(), order('9.9.9'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    await expect(activate(world.process(), { ...order('1.0.0'), model: 'oracle' })).rejects.toThrow(
      'Expected a model of classifier, anomaly, scorer, got oracle.',
    );
    await world.stores.models.remove(path);
    await expect(activate(world.process(), order('1.0.0'))).rejects.toThrow(/no longer stored/);
  });

  it('wins over a retrain that is under way, which then compares with the new champion and does not train again', async () => {
    const world = await new World().start();
    await world.judge(60);
    await retrain(world.process(), timer);
    await world.judge(60, 'b');
    let isFirst = true;
    const trainer = new FakeTrainer({
      duringCompare: async () => {
        if (isFirst) await activate(world.process(), order('1.0.0'));
        isFirst = false;
      },
    });
    expect(await retrain(world.process(trainer), timer)).toMatchObject({ state: 'promoted' });
    expect(trainer).toMatchObject({ trained: 1, compared: 2, champions: ['1.1.0', '1.0.0'] });
    const lineage = new Lineage(world.stores.models);
    expect((await listVersions(lineage)).serving).toEqual({
      classifier: '1.0.0',
      anomaly: '1.2.0',
      scorer: '1.2.0',
    });
    expect(await world.problems()).toEqual([]);
  });

  it('reaches its end while others move the head', async () => {
    const world = await new World().start();
    await world.judge(60);
    await retrain(world.process(), timer);
    const moves = await Promise.all(
      ['classifier', 'anomaly', 'scorer'].map((model) =>
        activate(world.process(), { ...order('1.0.0'), model }),
      ),
    );
    expect(moves.every(({ changed }) => changed)).toBe(true);
    expect((await listVersions(new Lineage(world.stores.models))).serving).toEqual({
      classifier: '1.0.0',
      anomaly: '1.0.0',
      scorer: '1.0.0',
    });
    expect(await world.problems()).toEqual([]);
  });
});

describe('replay', () => {
  it('records an exclusion as a release of its own, which holds until it is lifted', async () => {
    const world = await new World().start();
    await world.judge(60);
    await retrain(world.process(), timer);
    const seen: string[][] = [];
    const trainer = new FakeTrainer({
      during: async (job) => {
        seen.push(job.exclusions.map(({ analyst }) => analyst));
      },
    });
    const deps = world.process(trainer);
    await replay(deps, { analyst: 'mallory', action: 'exclude', since: '2026-01-01T00:00:00Z', by: 'olga' });
    await world.judge(60, 'b');
    await retrain(deps, timer);
    await replay(deps, { analyst: 'mallory', action: 'lift', by: 'olga' });
    await replay(deps, { analyst: 'eve', action: 'exclude', by: 'olga', why: 'gone' });
    expect(seen).toEqual([['mallory'], ['mallory'], [], ['eve']]);
    const { entries: audit } = await listAudit(new Lineage(world.stores.models), 10);
    expect(audit.map(({ kind }) => kind)).toEqual([
      'replay',
      'replay',
      'retrain',
      'replay',
      'retrain',
      'bootstrap',
    ]);
    expect(audit[0]).toMatchObject({
      by: 'olga',
      why: 'gone',
      exclusions: [{ analyst: 'eve', why: 'gone' }],
    });
    expect((await listVersions(new Lineage(world.stores.models))).notes).toEqual([
      'votes of eve are left out (by olga)',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('names a time that is none and an analyst who is not excluded', async () => {
    const world = await new World().start();
    const deps = world.process();
    await expect(replay(deps, { analyst: 'a', action: 'exclude', since: 'noon', by: 'o' })).rejects.toThrow(
      'Expected an ISO 8601 date or time such as 2026-03-01, got noon.',
    );
    await expect(replay(deps, { analyst: 'a', action: 'lift', by: 'o' })).rejects.toThrow(
      'a is not excluded.',
    );
    expect(await world.lineage()).toHaveLength(1);
  });
});

describe('garbage collection', () => {
  it('removes what a dead run left behind after a day, and nothing that is reached', async () => {
    const world = await new World().start();
    await world.judge(60);
    // dies at the commit: everything but the head is written
    const models = new Proxy(world.stores.models, {
      get: (target, property) =>
        property === 'replace'
          ? () => Promise.reject(new Crash('at the commit'))
          : (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target),
    });
    await expect(retrain({ ...world.process(), models }, timer)).rejects.toThrow(Crash);
    const pathsOf = async (): Promise<string[]> => {
      const paths: string[] = [];
      for await (const { path } of world.stores.models.list('')) paths.push(path);
      return paths;
    };
    const orphans = (await pathsOf()).filter((path) => path.startsWith('releases/000002'));
    expect(orphans).toHaveLength(1);

    await world.judge(1, 'other');
    world.nowMs += 3_600_000;
    await retrain(world.process(), timer);
    expect(await pathsOf()).toContain(orphans[0]);
    // marked when it is a day old, removed a day later
    for (const prefix of ['next', 'last']) {
      expect(await pathsOf()).toContain(orphans[0]);
      world.nowMs += 25 * 3_600_000;
      await world.judge(60, prefix);
      await retrain(world.process(), timer);
    }
    expect(await pathsOf()).not.toContain(orphans[0]);
    // head, lock, catalogue, marks, 4 releases, and of 4 runs the training set and 3 models with their cards
    expect((await pathsOf()).filter((path) => path.startsWith('releases/'))).toHaveLength(4);
    expect((await pathsOf()).filter((path) => path.startsWith('datasets/'))).toHaveLength(4);
    expect((await pathsOf()).filter((path) => path.startsWith('models/'))).toHaveLength(24);
    expect(await pathsOf()).toContain(HEAD_BLOB);
    expect(await world.problems()).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { type OperationsDeps, OperationsService } from '../../src/api/operations-service.ts';
import { RETRAIN_LOCK_BLOB } from '../../src/store/names.ts';
import type { Life } from '../../src/store/owner.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { livenessOf, ownerOf } from '../support/owner.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { World } from './world.ts';

const timer = { trigger: 'timer' } as const;

/** A world in which `victim` was killed while it trained, and others may know. */
async function worldAfterKill(): Promise<{ world: World; lives: Map<string, Life> }> {
  const world = await new World().start();
  await world.judge(60);
  const lives = new Map<string, Life>();
  const never = new Promise<never>(() => {});
  const trainer = new FakeTrainer({ during: () => never });
  void retrain(
    { ...world.process(trainer), liveness: livenessOf('victim', lives) },
    { ...timer, runId: 'cut' },
  );
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(await world.stores.runs.get('cut')).toMatchObject({ state: 'running', owner: ownerOf('victim') });
  return { world, lives };
}

describe('the lease of retrains', () => {
  it('is broken at once when its owner is known dead, and the cut run is closed', async () => {
    const { world, lives } = await worldAfterKill();
    lives.set('victim', 'dead');
    const events: string[] = [];
    const run = await retrain(
      { ...world.process(), liveness: livenessOf('next', lives), onEvent: (event) => events.push(event) },
      timer,
    );
    expect(run.state).toBe('promoted');
    expect(events).toContain('retrain_lease_broken');
    expect(await world.stores.runs.get('cut')).toMatchObject({ state: 'failed' });
    expect(await world.problems()).toEqual([]);
  });

  it('is left to an owner that lives, or of whom nobody knows, until it ends', async () => {
    for (const life of ['alive', 'unknown'] as const) {
      const { world, lives } = await worldAfterKill();
      lives.set('victim', life);
      const process = { ...world.process(), liveness: livenessOf('next', lives) };
      expect((await retrain(process, timer)).state).toBe('busy');
      world.nowMs += 61_000;
      expect((await retrain(process, timer)).state).toBe('promoted');
    }
  });

  it('passes from a first start that was killed to the next one', async () => {
    const world = new World();
    const lives = new Map<string, Life>();
    const never = new Promise<never>(() => {});
    const cut = new FakeTrainer({ during: () => never });
    void firstStart({ ...world.process(cut), liveness: livenessOf('victim', lives) });
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    const startedMs = world.nowMs;
    let nAsked = 0;
    const liveness = {
      ...livenessOf('next', lives),
      // dies while the other waits
      lifeOf: async (): Promise<Life> => (++nAsked < 2 ? 'alive' : 'dead'),
    };
    expect(await firstStart({ ...world.process(), liveness })).toMatchObject({ state: 'created' });
    expect(world.nowMs - startedMs).toBeLessThan(15_000);
  });

  it('is taken by one of many that find its owner dead', async () => {
    const { world, lives } = await worldAfterKill();
    lives.set('victim', 'dead');
    const runs = await Promise.all(
      ['b', 'c', 'd', 'e'].map((name) =>
        retrain({ ...world.process(), liveness: livenessOf(name, lives) }, timer),
      ),
    );
    expect(runs.map(({ state }) => state).sort()).toEqual(['busy', 'busy', 'busy', 'promoted']);
    expect(await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60)).toBeDefined();
  });
});

describe('a run whose process died', () => {
  it('is shown as failed at once, without any other run, and kept as that', async () => {
    const { world, lives } = await worldAfterKill();
    const { runs } = world.stores;
    const operations = new OperationsService({
      runs,
      lineage: new Lineage(world.stores.models),
      liveness: livenessOf('asked', lives),
      now: () => world.nowMs,
    } as unknown as OperationsDeps);
    for (const life of ['alive', 'unknown'] as const) {
      lives.set('victim', life);
      expect(await operations.run('cut')).toMatchObject({ state: 'running', finished_at: null });
    }
    lives.set('victim', 'dead');
    const expected = { state: 'failed', error: expect.stringContaining('The process stopped during') };
    expect((await operations.runs()).runs[0]).toMatchObject({ run_id: 'cut', ...expected });
    expect(await operations.run('cut')).toMatchObject(expected);
    expect(await runs.get('cut')).toMatchObject({ state: 'failed' });
  });
});

describe('a run that was asked for', () => {
  it('is not called failed while it waits in the queue, however long, whatever clock looks', async () => {
    const world = await new World().start();
    const { runs } = world.stores;
    const queued = {
      ...(await runs.list(1))[0]!,
      runId: 'asked',
      state: 'running',
      stage: 'queued',
    } as const;
    await runs.put({ ...queued, startedAt: new Date(world.nowMs).toISOString() });
    await world.judge(60);
    // an hour later, or by a clock that is an hour ahead
    world.nowMs += 3_600_000;
    await retrain(world.process(), timer);
    expect(await runs.get('asked')).toMatchObject({ state: 'running', stage: 'queued' });
  });

  it('is closed when its process is dead, though many runs have begun since', async () => {
    const { world, lives } = await worldAfterKill();
    world.nowMs += 61_000;
    for (let n = 0; n < 60; n++) {
      world.nowMs += 6_000;
      lives.set('victim', n < 50 ? 'unknown' : 'dead');
      const cut = (await world.stores.runs.get('cut'))!;
      // before it had the lease: only its owner tells
      if (n === 0) await world.stores.runs.put({ ...cut, state: 'running', stage: 'starting' });
      await retrain({ ...world.process(), liveness: livenessOf('next', lives) }, timer);
    }
    expect(await world.stores.runs.get('cut')).toMatchObject({ state: 'failed' });
  });
});

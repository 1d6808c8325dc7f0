import { describe, expect, it } from 'vitest';
import { AlertforestError } from '../../src/errors.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { World } from './world.ts';

const timer = { trigger: 'timer' } as const;

/** Storage that answers the first `times` creates under `prefix` with "exists", and keeps nothing of them. */
function refusing(models: ModelStore, prefix: string, times = Number.POSITIVE_INFINITY): ModelStore {
  let n = 0;
  return new Proxy(models, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property !== 'create') return member;
      return async (path: string, bytes: Uint8Array) =>
        path.startsWith(prefix) && n++ < times ? 'exists' : member(path, bytes);
    },
  });
}

/** Storage that refuses the first `times` moves of the head as if another had been first. */
function refusingHead(models: ModelStore, times = Number.POSITIVE_INFINITY): ModelStore {
  let n = 0;
  return new Proxy(models, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property !== 'replace') return member;
      return async (path: string, ...rest: unknown[]) => {
        if (path === HEAD_BLOB && n++ < times)
          throw new AlertforestError('STORE_CONFLICT', 'Another writer changed it first.');
        return member(path, ...rest);
      };
    },
  });
}

describe('a move of the head that is refused though nobody else has moved it', () => {
  it('is made again at the first start', async () => {
    const world = new World();
    const models = refusingHead(world.stores.models, 1);
    expect(await firstStart({ ...world.process(), models })).toMatchObject({ state: 'created' });
    expect(await world.problems()).toEqual([]);
  });

  it('is an outage where it lasts, and the next start ends it', async () => {
    const world = new World();
    const models = refusingHead(world.stores.models);
    await expect(firstStart({ ...world.process(), models })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await firstStart(world.process())).toMatchObject({ state: 'created' });
  });

  it('costs a retrain nothing', async () => {
    const world = await new World().start();
    await world.judge(60);
    const models = refusingHead(world.stores.models, 2);
    expect(await retrain({ ...world.process(), models }, timer)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });
});

describe('a create that is refused as if its place were taken', () => {
  it('moves no head to a release record that is not stored', async () => {
    const world = await new World().start();
    await world.judge(60);
    const before = (await world.stores.models.read(HEAD_BLOB))!.etag;
    const models = refusing(world.stores.models, 'releases/');
    await expect(retrain({ ...world.process(), models }, timer)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/releases\/000002-.* was refused as taken/),
    });
    await expect(
      activate(
        { ...world.process(), models },
        { model: 'classifier', version: '1.0.0', by: 'olga', why: 'pin' },
      ),
    ).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await world.stores.models.read(HEAD_BLOB))!.etag).toBe(before);
    // nothing is lost by it: the next run learns
    expect(await retrain(world.process(), timer)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });

  it.each(['models/', 'datasets/', 'catalogs/'])('publishes nothing that lacks its %s', async (prefix) => {
    const world = new World();
    const models = refusing(world.stores.models, prefix);
    await expect(firstStart({ ...world.process(), models })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(await world.stores.models.read(HEAD_BLOB)).toBeUndefined();
    expect(await firstStart(world.process())).toMatchObject({ state: 'created' });
  });

  it('is tried again, and a passing refusal costs nothing', async () => {
    const world = await new World().start();
    await world.judge(60);
    const models = refusing(world.stores.models, 'releases/', 1);
    expect(await retrain({ ...world.process(), models }, timer)).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });
});

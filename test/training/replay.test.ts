import { expect, it } from 'vitest';
import { replay } from '../../src/training/runs/replay.ts';
import { World } from './world.ts';

const exclude = (world: World, since: string) =>
  replay(world.process(), { analyst: 'ann', action: 'exclude', by: 'olga', since });

it.each(['20260301', '2026', 'yesterday', '+020260-03-01T00:00:00Z', '1 March 2026'])(
  'refuses %s as a time, before anything is learned',
  async (since) => {
    const world = await new World().start();
    await expect(exclude(world, since)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      issues: [{ path: 'since', message: expect.stringContaining('2026-03-01') }],
    });
    expect(await world.lineage()).toHaveLength(1);
  },
);

it.each(['2026-03-01', '2026-03-01T08:30Z', '2026-03-01T08:30:00Z', '2026-03-01T08:30:00.5+02:00'])(
  'takes %s, and its release is read again',
  async (since) => {
    const world = await new World().start();
    await world.judge(3);
    await exclude(world, since);
    const [, made] = await world.lineage();
    expect(made?.record.exclusions).toMatchObject([{ analyst: 'ann', since: new Date(since).toISOString() }]);
  },
);

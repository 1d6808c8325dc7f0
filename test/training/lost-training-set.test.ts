import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/store/run-log.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { learningFrom } from '../../src/training/releases/learning-from.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { World } from './world.ts';

/** Needs one judgement. */
const manual = { trigger: 'manual' } as const;
const activation = { model: 'classifier', by: 'olga', why: 'it was better' };

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const tipOf = async ({ stores }: World) => {
  const lineage = new Lineage(stores.models);
  return lineage.tip((await lineage.requireHead()).head.release);
};
const learn = async (world: World, name: string, trainer = new FakeTrainer()): Promise<RunRecord> => {
  await world.judge(1, name);
  return retrain(world.process(trainer), manual);
};

/** Bytes that stand where `path` is named: none, or others. */
async function damage({ stores: { models } }: World, path: string, how: 'lost' | 'damaged'): Promise<void> {
  if (how === 'lost') await models.remove(path);
  else await models.replace(path, encode('{}'), (await models.read(path))?.etag);
}

describe.each(['lost', 'damaged'] as const)('a training set that is %s', (how) => {
  it('is made again of the judgements that are kept where it is the newest one', async () => {
    const world = await new World().start();
    await learn(world, 'a');
    await learn(world, 'b');
    const lost = (await tipOf(world)).record.dataset.path;
    await damage(world, lost, how);
    const run = await learn(world, 'c');
    expect(run).toMatchObject({ state: 'promoted' });
    expect(run.reasons.join('\n')).toContain(`${lost}`);
    expect(run.reasons.join('\n')).toContain('made again of the 3 judged alerts that are kept');
    expect(Object.keys(await world.dataset())).toHaveLength(3);
    expect(await world.problems()).toEqual([]);
  });

  it('is made again under another name where the judgements are the very same', async () => {
    const world = await new World().start();
    await learn(world, 'a');
    await damage(world, (await tipOf(world)).record.dataset.path, how);
    const force = { trigger: 'manual', force: true, by: 'olga', why: 'the training set was lost' } as const;
    await retrain(world.process(), force);
    expect(Object.keys(await world.dataset())).toHaveLength(1);
    expect(await learn(world, 'b')).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });

  it('costs a comparison where it is that of an older version that serves', async () => {
    const world = await new World().start();
    await learn(world, 'a');
    const made = await tipOf(world);
    await learn(world, 'b', new FakeTrainer({ gate: () => false }));
    await damage(world, made.record.dataset.path, how);
    expect(await learn(world, 'c')).toMatchObject({ state: 'promoted' });
    expect((await tipOf(world)).record.models['classifier']?.reasons).toContainEqual(
      expect.stringContaining('the training set of what serves is no longer stored'),
    );
  });
});

it('matches a challenger with no release of which other bytes are stored, and says so', async () => {
  const world = await new World().start();
  await learn(world, 'a');
  const remembered = (await tipOf(world)).record.models['classifier']!;
  await learn(world, 'b');
  await damage(world, remembered.path, 'damaged');
  const matched: string[] = [];
  const trainer = new FakeTrainer({
    gate: ({ memory }) => {
      matched.push(...(memory.classifier ?? []).map(({ version }) => version));
      return true;
    },
  });
  expect(await learn(world, 'c', trainer)).toMatchObject({ state: 'promoted' });
  expect(matched).not.toContain(remembered.version);
  expect((await tipOf(world)).record.models['classifier']?.reasons).toContainEqual(
    expect.stringContaining(`classifier ${remembered.version} is not matched`),
  );
});

describe('an activation', () => {
  it('refuses a version of which other bytes are stored, and moves nothing', async () => {
    const world = await new World().start();
    await learn(world, 'a');
    const before = (await new Lineage(world.stores.models).requireHead()).head;
    const maker = (await world.lineage())[0]!.record.models['classifier']!;
    await damage(world, maker.path, 'damaged');
    await expect(activate(world.process(), { ...activation, version: '1.0.0' })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
    });
    expect((await new Lineage(world.stores.models).requireHead()).head).toEqual(before);
  });

  it('has nothing to say of learning while everything that it needs is stored', async () => {
    const world = await new World().start();
    await learn(world, 'a');
    await learn(world, 'b');
    await activate(world.process(), { ...activation, version: '1.1.0' });
    expect(await learningFrom(world.stores.models, new Lineage(world.stores.models), 'classifier')).toEqual(
      [],
    );
  });

  it.each(['lost', 'damaged'] as const)('says what the next retrain has to do without: %s', async (how) => {
    const world = await new World().start();
    await learn(world, 'a');
    const made = await tipOf(world);
    await learn(world, 'b');
    const newest = await tipOf(world);
    await activate(world.process(), { ...activation, version: '1.1.0' });
    const says = () => learningFrom(world.stores.models, new Lineage(world.stores.models), 'classifier');
    await damage(world, made.record.dataset.path, how);
    expect(await says()).toEqual([
      expect.stringMatching(/^The training set of classifier 1\.1\.0 .*held-out alerts alone/),
    ]);
    await damage(world, newest.record.dataset.path, how);
    expect(await says()).toEqual([
      expect.stringMatching(/^The newest training set .*made again/),
      expect.stringMatching(/^The training set of classifier 1\.1\.0 .*held-out alerts alone/),
    ]);
    // and so it is
    expect(await learn(world, 'c')).toMatchObject({ state: 'promoted' });
    expect(await world.problems()).toEqual([]);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeldOut } from '../../src/training/runs/held-out.ts';
import { inProcessTrainer } from '../../src/training/runs/in-process-trainer.ts';
import { createThreadHeldOut, createThreadTrainer } from '../../src/training/runs/thread-trainer.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { comparisonOf, jobOf, judgements } from './gate-world.ts';

const ENTRY = new URL('../../src/training/runs/training-thread.ts', import.meta.url);
const settings = {
  ...DEFAULT_TRAINING_SETTINGS,
  syntheticAlerts: 200,
  candidates: ['random_forest'] as const,
  nFolds: 2,
};
const job = jobOf(judgements(generateSyntheticAlerts(60, 8), 0, 1), settings, 'thread');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function threadOf(code: string): Promise<URL> {
  const path = join(folder, `thread-${code.length}.mjs`);
  await writeFile(path, code);
  return pathToFileURL(path);
}

describe('createThreadTrainer', () => {
  it('makes in a thread what is made in the process, reports progress, and leaves the event loop free', async () => {
    const stages: string[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const threaded = await createThreadTrainer(ENTRY).train(job, (stage) => stages.push(stage));
    clearInterval(timer);
    const inProcess = await inProcessTrainer.train(job, () => undefined);
    expect(threaded).toEqual(inProcess);
    expect(stages).toContain('training classifier');
    expect(turns).toBeGreaterThan(10);
    const compared = comparisonOf(inProcess, inProcess, settings);
    expect(await createThreadTrainer(ENTRY).compare(compared, () => undefined)).toEqual(
      await inProcessTrainer.compare(compared, () => undefined),
    );
  });

  it.each([true, false])('makes the same models without measures, first start %s', async (isFirst) => {
    const asked = isFirst ? { ...job, previousDataset: undefined, samples: [] } : job;
    const measured = await inProcessTrainer.train(asked, () => undefined);
    const { models, ...rest } = await inProcessTrainer.train(
      { ...asked, withMeasures: false },
      () => undefined,
    );
    const { models: measuredModels, ...measuredRest } = measured;
    expect(rest).toEqual(measuredRest);
    expect(Object.keys(measuredModels).length).toBeGreaterThan(1);
    for (const [name, model] of Object.entries(measuredModels)) {
      expect(models[name as keyof typeof models]).toEqual({ ...model, metrics: {}, card: '' });
      expect(Object.keys(model.metrics).length).toBeGreaterThan(0);
      expect(model.card).not.toBe('');
    }
  });

  it('reads the hold-out in a thread as in the process, once per release', async () => {
    const made = await inProcessTrainer.train(job, () => undefined);
    const asked = {
      dataset: made.dataset.bytes,
      datasetSha256: made.dataset.sha256,
      classifier: made.models.classifier!.bytes,
      exclusions: [],
    };
    const heldOut = await createThreadHeldOut(ENTRY)(asked);
    expect(heldOut).toEqual(readHeldOut(asked));
    const n = heldOut.labels.length;
    expect(n).toBe(made.counts['held_out']);
    expect(heldOut.probabilities).toHaveLength(4 * n);
    await expect(
      createThreadHeldOut(ENTRY)({ ...asked, dataset: Uint8Array.of(1, 2) }),
    ).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('ends the thread, however much of the job came in parts', async () => {
    const big = { ...job, previousDataset: new Uint8Array(5_000_000) };
    const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    await expect(createThreadTrainer(ENTRY).train(big, () => undefined)).rejects.toThrow();
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length)
      .toBeLessThanOrEqual(before);
  });

  it('passes the code of an error on', async () => {
    const broken = { ...job, previousDataset: Uint8Array.of(1, 2, 3) };
    await expect(createThreadTrainer(ENTRY).train(broken, () => undefined)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('Cannot read the alertforest-dataset'),
    });
  });

  it('fails with a word when the thread is killed, dies or runs out of memory', async () => {
    const killed = createThreadTrainer(await threadOf('process.exit(7)'));
    await expect(killed.train(job, () => undefined)).rejects.toThrow(
      'The training thread ended with code 7 before it answered.',
    );
    const thrown = createThreadTrainer(await threadOf('throw new Error("no such luck")'));
    await expect(thrown.train(job, () => undefined)).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
      message: 'The training thread failed: no such luck',
    });
    const greedy = await threadOf('const all = []; for (;;) all.push(new Array(1e5).fill(all.length));');
    await expect(
      createThreadTrainer(greedy, { maxHeapMb: 32 }).train(job, () => undefined),
    ).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
    });
  });
});

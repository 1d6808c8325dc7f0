import { describe, expect, inject, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TableRunLog } from '../../src/store/azure/table-run-log.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listVersions } from '../../src/training/releases/versions.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { readHeldOut } from '../../src/training/runs/held-out.ts';
import { PolicyPreview } from '../../src/training/runs/policy-preview.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { createThreadTrainer } from '../../src/training/runs/thread-trainer.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { createRandom } from '../../src/trees/random.ts';
import { uniqueName } from '../support/storage.ts';
import { World } from '../training/world.ts';

const ENTRY = new URL('../../src/training/runs/training-thread.ts', import.meta.url);
const settings = {
  ...DEFAULT_TRAINING_SETTINGS,
  candidates: ['random_forest', 'boosted'] as const,
  nFolds: 3,
};

async function freshDeployment() {
  const clients = createStorageClients({ connectionString: inject('storage') });
  const world = new World({
    models: new BlobModelStore(clients.container(uniqueName('m'))),
    feedback: new TableFeedbackStore(clients.table(uniqueName('f'))),
    runs: new TableRunLog(clients.table(uniqueName('r'))),
  });
  const deps = {
    ...world.process(createThreadTrainer(ENTRY)),
    settings,
    criticalCases: async () => CRITICAL_CASES,
  };
  await firstStart(deps);
  return { world, deps, lineage: new Lineage(world.stores.models) };
}

describe('learning over Azurite', () => {
  it('counts 200 posts by 16 callers exactly, promotes what they teach and rolls it back', async () => {
    const { world, deps, lineage } = await freshDeployment();
    const alerts = generateSyntheticAlerts(130, 99);
    // 130 alerts, 60 of them posted twice, 10 first judged wrongly and then revised to what they were
    const wrongly = (one: (typeof alerts)[number]) =>
      one.disposition === 'benign' ? 'false_positive' : 'benign';
    const isRevised = (i: number): boolean => i >= 60 && i < 70;
    const posts = [
      ...alerts.map((one, i) => ({
        one,
        disposition: isRevised(i) ? wrongly(one) : one.disposition,
        caller: i % 16,
        n: i,
      })),
      ...alerts.slice(0, 60).map((one, i) => ({ one, disposition: one.disposition, caller: i % 16, n: i })),
    ];
    const counts: Record<string, number> = {};
    const post = async ({ one, disposition, caller, n }: (typeof posts)[number]): Promise<void> => {
      const { status } = await deps.feedback.submit(snapshotOf(one.alert, EMPTY_CONTEXT), {
        analyst: `caller ${caller}`,
        disposition,
        at: new Date(world.nowMs + n).toISOString(),
        verified: false,
      });
      counts[status] = (counts[status] ?? 0) + 1;
    };
    for (let from = 0; from < posts.length; from += 16)
      await Promise.all(posts.slice(from, from + 16).map(post));
    for (let i = 60; i < 70; i++) {
      const one = alerts[i]!;
      await post({ one, disposition: one.disposition, caller: i % 16, n: 1000 + i });
    }
    expect(counts).toEqual({ accepted: 130, duplicate: 60, revised: 10 });
    expect(await deps.feedback.countPending()).toBe(130);

    const run = await retrain(deps, { trigger: 'queue' });
    expect(run).toMatchObject({ state: 'promoted', pending: 130, error: undefined });
    const listed = await listVersions(lineage, { model: 'classifier' });
    expect(listed.versions[0]).toMatchObject({
      version: '1.1.0',
      serving: true,
      decision: 'promoted',
      samples: 130,
    });
    expect(await deps.feedback.countPending()).toBe(0);
    expect(await retrain(deps, { trigger: 'queue' })).toMatchObject({ state: 'below', pending: 0 });

    const { path } = (await lineage.requireHead()).head.serving['classifier']!;
    const classifier = AlertClassifier.from((await deps.models.read(path))!.bytes);
    const heldOut = await new PolicyPreview(deps.models, lineage, async (job) => readHeldOut(job)).ground();
    expect(heldOut.conformal).toEqual(classifier.conformal);
    expect(heldOut.labels).toHaveLength(heldOut.alertKeys.length);
    expect(heldOut.probabilities).toHaveLength(4 * heldOut.alertKeys.length);
    expect(heldOut.alertKeys.length).toBe(listed.versions[0]?.metrics['held_out']);
    const back = await activate(deps, { model: 'classifier', version: '1.0.0', by: 'olga', why: 'test' });
    expect(back).toMatchObject({ before: '1.1.0', after: '1.0.0', pinned: true });
    expect((await listVersions(lineage)).serving['classifier']).toBe('1.0.0');
  });

  it('refuses random judgements, serves on as before and trains nothing twice', async () => {
    const { world, deps, lineage } = await freshDeployment();
    const before = (await lineage.requireHead()).head.serving;
    const random = createRandom(21);
    const alerts = generateSyntheticAlerts(130, 98);
    for (let from = 0; from < alerts.length; from += 16) {
      await Promise.all(
        alerts.slice(from, from + 16).map(({ alert }) =>
          deps.feedback.submit(snapshotOf(alert, EMPTY_CONTEXT), {
            analyst: `caller ${random.int(16)}`,
            disposition: DISPOSITIONS[random.int(4)]!,
            at: new Date(world.nowMs).toISOString(),
            verified: false,
          }),
        ),
      );
    }
    expect(await retrain(deps, { trigger: 'queue' })).toMatchObject({ state: 'refused' });
    expect((await lineage.requireHead()).head.serving).toEqual(before);
    expect(await retrain(deps, { trigger: 'timer' })).toMatchObject({ state: 'below', pending: 0 });
    const { versions } = await listVersions(lineage, { model: 'classifier' });
    expect(versions.map(({ version, decision }) => `${version} ${decision}`)).toEqual([
      '1.1.0 refused',
      '1.0.0 promoted',
    ]);
  });
});

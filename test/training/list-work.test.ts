import { beforeAll, describe, expect, it } from 'vitest';
import { type OperationsDeps, OperationsService } from '../../src/api/operations-service.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import type { ReleaseModel } from '../../src/store/release.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { World } from './world.ts';

// What the lists of a new process read of storage where a thousand releases lie behind it, in calls and not in time: the
// reads, the rounds of reads that wait for each other, and the most that are under way at once.

const N_RELEASES = 1_000;
const N_RUNS = 120;
/** Entries further back than which a page of the audit goes on. */
const PAGE = 200;

let world: World;
/** Newest first. */
let ids: string[];

interface Work {
  reads: number;
  rounds: number;
  atOnce: number;
}

function counted(models: ModelStore, work: Work): ModelStore {
  let pending = 0;
  return new Proxy(models, {
    get: (target, property) => {
      const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
      if (property !== 'read') return member;
      return async (path: string) => {
        work.reads++;
        if (pending++ === 0) work.rounds++;
        work.atOnce = Math.max(work.atOnce, pending);
        await new Promise(setImmediate);
        pending--;
        return member(path);
      };
    },
  });
}

/** What one question costs a process that remembers nothing. */
async function workOf<Answer>(
  ask: (operations: OperationsService) => Promise<Answer>,
): Promise<{ work: Work; answer: Answer }> {
  const work: Work = { reads: 0, rounds: 0, atOnce: 0 };
  const models = counted(world.stores.models, work);
  const process = { ...world.process(), models };
  const lineage = new Lineage(models);
  const operations = new OperationsService({
    ...process,
    lineage,
    activation: { ...process, lineage },
    retraining: process,
    runs: world.stores.runs,
  } as unknown as OperationsDeps);
  const answer = await ask(operations);
  return { work, answer };
}

beforeAll(async () => {
  world = await new World().start();
  const manual = { trigger: 'manual' } as const;
  await world.judge(1, 'a');
  await retrain(world.process(), manual);
  // the classifier that serves was made a thousand releases ago, the others 500
  const pin = { model: 'classifier', version: '1.1.0', by: 'olga', why: 'a drill' };
  await activate(world.process(), pin);
  const lineage = new Lineage(world.stores.models);
  for (let n = 0; n < N_RELEASES; n++) {
    const head = await lineage.requireHead();
    const { record } = await lineage.tip(head.head.release);
    world.nowMs += 3_600_000;
    const runId = `made-${n}`;
    const models: Record<string, ReleaseModel> = Object.fromEntries(
      Object.entries(record.models).map(([name, made]) => {
        const isMade = name !== 'classifier' && n === N_RELEASES / 2;
        if (!isMade) return [name, { ...made, ...head.head.serving[name], decision: 'carried' as const }];
        return [name, { ...made, version: '1.2.0', decision: 'promoted' as const }];
      }),
    );
    const after = Object.fromEntries(
      Object.entries(models).map(([name, { version, path, sha256 }]) => [name, { version, path, sha256 }]),
    );
    const release = await lineage.commit(head, {
      ...record,
      models,
      run_id: runId,
      seq: head.head.seq + 1,
      parent: head.head.release,
      created_at: new Date(world.nowMs).toISOString(),
      serving_before: head.head.serving,
      serving_after: after,
      pinned_after: head.head.pinned,
    });
    if (n < N_RELEASES - N_RUNS) continue;
    await world.stores.runs.put({
      ...{ runId, trigger: 'timer', state: 'refused', stage: 'done', progress: 1, reasons: [] },
      startedAt: new Date(world.nowMs).toISOString(),
      finishedAt: new Date(world.nowMs).toISOString(),
      pending: 1,
      release,
      error: undefined,
    });
  }
  ids = (await world.lineage()).map(({ id }) => id).reverse();
});

describe('a new process with a thousand releases behind it', () => {
  it('answers a page of 200 entries of the audit in a dozen rounds, wherever it begins', async () => {
    for (const before of [undefined, ids[300]]) {
      const from = before === undefined ? 0 : 301;
      const { work, answer } = await workOf((operations) => operations.audit(PAGE, before));
      expect(answer.entries.map(({ release }) => release)).toEqual(ids.slice(from, from + PAGE));
      expect(work.reads).toBeLessThanOrEqual(PAGE + 36);
      expect(work.rounds).toBeLessThanOrEqual(16);
      expect(work.atOnce).toBeLessThanOrEqual(32);
    }
  });

  it('answers the newest entries of the audit without those behind them', async () => {
    const { work, answer } = await workOf((operations) => operations.audit(5, undefined));
    expect(answer.entries).toHaveLength(5);
    expect(work.reads).toBeLessThanOrEqual(10);
    expect(work.rounds).toBeLessThanOrEqual(5);
  });

  it('answers the importances in three rounds, however long ago the models were made', async () => {
    const { work, answer } = await workOf((operations) => operations.importances());
    expect(Object.values(answer.models).map(({ version }) => version)).toEqual(['1.1.0', '1.2.0', '1.2.0']);
    expect(work.reads).toBeLessThanOrEqual(6);
    expect(work.rounds).toBeLessThanOrEqual(3);
  });

  it('answers the card and the artefact of what serves in as few', async () => {
    const card = await workOf((operations) => operations.versionCard('classifier', '1.1.0'));
    expect(card.work.reads).toBeLessThanOrEqual(4);
    const artefact = await workOf((operations) => operations.artefact('scorer', '1.2.0'));
    expect(artefact.work.reads).toBeLessThanOrEqual(4);
  });

  it('answers the log of retrains with one read for each run it lists, a few at once', async () => {
    const { work, answer } = await workOf((operations) => operations.runs());
    expect(answer.runs).toHaveLength(50);
    expect(work.reads).toBeLessThanOrEqual(50);
    expect(work.rounds).toBeLessThanOrEqual(8);
    expect(work.atOnce).toBeLessThanOrEqual(16);
  });

  it('lists versions with one read for each release that has some, side by side', async () => {
    const { work, answer } = await workOf((operations) => operations.versions());
    // the classifier twice, the others three times
    expect(answer.versions).toHaveLength(8);
    // few were made: the whole lineage is looked through
    expect(work.reads).toBeLessThanOrEqual(ids.length + 1);
    expect(work.rounds).toBeLessThanOrEqual(42);
    expect(work.atOnce).toBeLessThanOrEqual(32);
  });
});

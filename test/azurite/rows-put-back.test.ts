import { afterEach, describe, expect, inject, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { createExact } from '../../src/store/create-exact.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { catalogPath } from '../../src/store/names.ts';
import type { ReleaseRecord } from '../../src/store/release.ts';
import { gatherPending } from '../../src/training/runs/gather.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';
import { drawSeed } from '../support/seed.ts';
import { uniqueName } from '../support/storage.ts';

// The row of a judged alert that somebody restored to an earlier state, or removed, while its history went on.

const judged = snapshotOf('put-back');
const { alertKey } = judged;
const row = { partitionKey: `s${alertKey[0]}`, rowKey: `s|${alertKey}` };

const names: string[] = [];
const clients = () => createStorageClients({ connectionString: inject('storage') });
afterEach(async () => {
  for (const name of names.splice(0)) await clients().table(name).deleteTable();
});

function open() {
  const name = uniqueName('feedback');
  names.push(name);
  const table = clients().table(name);
  return {
    store: new TableFeedbackStore(table),
    read: () => table.getEntity(row.partitionKey, row.rowKey),
    putBack: (entity: object) => table.upsertEntity({ ...entity, ...row }, 'Replace'),
    remove: () => table.deleteEntity(row.partitionKey, row.rowKey),
  };
}

type Word = (store: TableFeedbackStore) => Promise<unknown>;

/** Words on one alert, in the order of their time. */
function drawWords(seed: number, n: number): Word[] {
  const { uniform } = drawSeed('rows-put-back', seed);
  const drawn = <T>(from: readonly T[]): T => from[Math.floor(uniform() * from.length)] as T;
  return Array.from({ length: n }, (_, i): Word => {
    const [at, by, said] = [minute(i), drawn(['ann', 'ben', 'cid']), drawn(DISPOSITIONS)];
    const kind = i === 0 ? 'vote' : drawn(['vote', 'vote', 'withdrawal', 'ruling', 'record']);
    if (kind === 'withdrawal')
      return (store) => store.withdraw(alertKey, { analyst: by, verified: true, at });
    const action = drawn(['confirm', 'reject'] as const);
    if (kind === 'ruling') return (store) => store.rule(alertKey, { action, by, why: `${i}`, at });
    if (kind === 'vote') return (store) => store.submit(judged, voteOf(by, said, { at }));
    const state = {
      ...{ id: alertKey, of: 'alert' as const, at, isClosed: true, disposition: said },
      ...{ analyst: by, verified: false, receivedAt: at },
    };
    return (store) =>
      store.take(alertKey, { state, isDated: true }, async () => ({
        snapshot: judged,
        seen: { choice: 'sent' },
      }));
  });
}

const standing = async (store: TableFeedbackStore) => {
  const { votes, ruling } = (await store.get(alertKey)) as FeedbackSample;
  return { votes, ruling, records: (await store.standing(alertKey))?.records };
};

describe('a judged alert whose row is older than its history', () => {
  it.each([1, 2, 3, 4, 5, 6])('stands as its history says once it is judged again, draw %i', async (seed) => {
    const words = drawWords(seed, 9);
    const last: Word = (store) => store.submit(judged, voteOf('dan', 'benign', { at: minute(30) }));
    const [whole, damaged] = [open(), open()];
    for (const word of words) await word(whole.store);
    await last(whole.store);

    const cut = 1 + (seed % 7);
    for (const word of words.slice(0, cut)) await word(damaged.store);
    const earlier = await damaged.read();
    for (const word of words.slice(cut)) await word(damaged.store);
    await damaged.store.consume(await damaged.store.listPending());
    await damaged.putBack(earlier);

    await last(damaged.store);
    expect(await standing(damaged.store)).toEqual(await standing(whole.store));
    // it is learned again, whatever was learned before
    const [pending] = await damaged.store.listPending();
    expect(pending).toEqual({ alertKey, rev: (await damaged.store.get(alertKey))?.rev });
    expect(pending?.rev).toBeGreaterThan((await whole.store.get(alertKey))?.rev ?? 0);
    const history = await damaged.store.history(alertKey);
    expect(history.map(({ entry }) => entry)).toEqual(history.map((_, i) => i + 1));
  });

  it('is learned as its history says where its marker still waits', async () => {
    const { store, read, putBack } = open();
    await store.submit(judged, voteOf('ann', 'benign'));
    const earlier = await read();
    await store.submit(judged, voteOf('ann', 'true_positive', { at: minute(1) }));
    await putBack(earlier);
    const models = new MemoryModelStore();
    await createExact(models, catalogPath(judged.catalogId), Buffer.from('{"columns":[],"families":[]}'));
    const { samples } = await gatherPending({ models, feedback: store }, { consumed: {} } as ReleaseRecord);
    expect(samples.map(({ effective }) => effective.disposition)).toEqual(['true_positive']);
  });

  it('is found and repaired without being judged again', async () => {
    const { store, read, putBack } = open();
    await store.submit(judged, voteOf('ann', 'benign'));
    await store.submit(snapshotOf('whole'), voteOf('ann', 'benign'));
    const earlier = await read();
    await store.submit(judged, voteOf('ann', 'true_positive', { at: minute(1) }));
    const behind = async () => {
      const keys: string[] = [];
      for await (const key of store.behind()) keys.push(key);
      return keys;
    };
    expect(await behind()).toEqual([]);
    expect(await store.catchUp(alertKey)).toBe(false);
    await putBack(earlier);
    expect(await behind()).toEqual([alertKey]);
    expect(await store.catchUp(alertKey)).toBe(true);
    expect(await behind()).toEqual([]);
    expect((await store.get(alertKey))?.effective.disposition).toBe('true_positive');
  });

  it('is made again from its history where the row has gone', async () => {
    const { store, remove } = open();
    await store.submit(judged, voteOf('ann', 'benign'));
    await store.submit(judged, voteOf('ben', 'suspicious', { at: minute(1) }));
    await remove();
    const behind: string[] = [];
    for await (const key of store.behind()) behind.push(key);
    expect(behind).toEqual([alertKey]);
    await store.submit(judged, voteOf('cid', 'suspicious', { at: minute(2) }));
    expect((await store.get(alertKey))?.votes.map(({ analyst }) => analyst)).toEqual(['ann', 'ben', 'cid']);
  });

  it('says so where it has moved to another key since', async () => {
    const { store, read, putBack } = open();
    await store.submit(judged, voteOf('ann', 'benign'));
    const earlier = await read();
    const { alertKey: to, alertId, tenant, source } = snapshotOf('elsewhere');
    await store.move(alertKey, { alertKey: to, alertId, tenant, source }, minute(1));
    await putBack(earlier);
    await expect(store.submit(judged, voteOf('ben', 'benign', { at: minute(2) }))).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(`moved to ${to}`),
    });
    expect((await store.get(to))?.votes).toHaveLength(1);
  });
});

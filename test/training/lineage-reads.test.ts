import { describe, expect, it } from 'vitest';
import { releasePath } from '../../src/store/names.ts';
import { encodeJson, Lineage, releaseId } from '../../src/training/releases/lineage.ts';
import { World } from './world.ts';

it('reads each record of a lineage of 6,000 releases once, however often it is walked', async () => {
  const { stores } = await new World().start();
  const lineage = new Lineage(stores.models);
  const first = await lineage.tip((await lineage.requireHead()).head.release);
  let { id } = first;
  for (let seq = 2; seq <= 6_000; seq++) {
    const record = { ...first.record, seq, parent: id };
    const bytes = encodeJson(record);
    id = releaseId(record, bytes);
    await stores.models.create(releasePath(id), bytes);
  }
  let nReads = 0;
  const counted = new Proxy(stores.models, {
    get: (target, property) => {
      if (property === 'read') nReads++;
      return (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(target);
    },
  });
  const walked = new Lineage(counted);
  for (const nExpected of [6_000, 6_000]) {
    let n = 0;
    for await (const { record } of walked.walk(id)) n += record.seq > 0 ? 1 : 0;
    expect(n).toBe(6_000);
    expect(nReads).toBe(nExpected);
  }
});

describe('a lineage of 300 releases of which the last 299 carry what the first made', () => {
  /** What is read of storage, in rounds of reads that wait for each other. */
  const countingReads = async () => {
    const { stores } = await new World().start();
    const lineage = new Lineage(stores.models);
    const maker = (await lineage.requireHead()).head.release;
    for (let n = 0; n < 299; n++) {
      const head = await lineage.requireHead();
      const { record } = await lineage.tip(head.head.release);
      const models = Object.fromEntries(
        Object.entries(record.models).map(([name, made]) => [
          name,
          { ...made, decision: 'carried' as const },
        ]),
      );
      const next = { ...record, models, seq: head.head.seq + 1, parent: head.head.release };
      expect(await lineage.commit(head, next)).toBeDefined();
    }
    const counts = { reads: 0, rounds: 0, pending: 0 };
    const models = new Proxy(stores.models, {
      get: (target, property) => {
        const member = (Reflect.get(target, property, target) as (...args: unknown[]) => unknown).bind(
          target,
        );
        if (property !== 'read') return member;
        return async (path: string) => {
          counts.reads++;
          if (counts.pending++ === 0) counts.rounds++;
          await new Promise(setImmediate);
          counts.pending--;
          return member(path);
        };
      },
    });
    return { maker, cold: new Lineage(models), counts };
  };

  it('names the maker, which is found in two reads behind the head', async () => {
    const { maker, cold, counts } = await countingReads();
    const { head } = await cold.requireHead();
    counts.reads = 0;
    expect((await cold.makerOf(head.release, 'classifier', '1.0.0')).id).toBe(maker);
    expect(counts.reads).toBe(2);
  });

  it('is walked in a dozen rounds, each record read once', async () => {
    const { maker, cold, counts } = await countingReads();
    const { head } = await cold.requireHead();
    Object.assign(counts, { reads: 0, rounds: 0 });
    const ids: string[] = [];
    for await (const { id } of cold.walk(head.release)) ids.push(id);
    expect(ids).toHaveLength(300);
    expect(ids.at(-1)).toBe(maker);
    expect(counts.reads).toBe(300);
    expect(counts.rounds).toBeLessThanOrEqual(16);
  });
});

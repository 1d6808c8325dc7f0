import { expect, it } from 'vitest';
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

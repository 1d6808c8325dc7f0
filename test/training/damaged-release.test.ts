import { beforeEach, describe, expect, it } from 'vitest';
import { releasePath } from '../../src/store/names.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listAudit, listVersions } from '../../src/training/releases/versions.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { World } from './world.ts';

/** Needs one judgement. */
const manual = { trigger: 'manual' } as const;
const N_RETRAINS = 6;

let world: World;
/** Oldest first. */
let ids: string[];
const cold = () => new Lineage(world.stores.models);

beforeEach(async () => {
  world = await new World().start();
  for (let n = 0; n < N_RETRAINS; n++) {
    await world.judge(1, `r${n}-`);
    await retrain(world.process(), manual);
  }
  ids = (await world.lineage()).map(({ id }) => id);
});

describe.each(['lost', 'cut short'] as const)('a release record further back that is %s', (how) => {
  /** The release that made classifier 1.3.0. */
  const NTH = 3;

  beforeEach(async () => {
    const { models } = world.stores;
    const path = releasePath(ids[NTH]!);
    const { bytes, etag } = (await models.read(path))!;
    if (how === 'lost') await models.remove(path);
    else await models.replace(path, bytes.subarray(0, bytes.length >> 1), etag);
  });

  it('is left out of the list of versions, which names it', async () => {
    const { versions, notes } = await listVersions(cold(), { model: 'classifier' });
    expect(versions.map(({ version }) => version)).toEqual([
      '1.6.0',
      '1.5.0',
      '1.4.0',
      '1.2.0',
      '1.1.0',
      '1.0.0',
    ]);
    expect(notes.join('\n')).toContain(ids[NTH]);
  });

  it('is left out of the audit, which names it, wherever the audit begins', async () => {
    const others = [...ids].reverse().filter((id) => id !== ids[NTH]);
    const { entries, notes } = await listAudit(cold(), 50);
    expect(entries.map(({ release }) => release)).toEqual(others);
    expect(notes.join('\n')).toContain(ids[NTH]);
    const below = await listAudit(cold(), 50, ids[NTH + 1]);
    expect(below.entries.map(({ release }) => release)).toEqual(ids.slice(0, NTH).reverse());
  });

  it('does not stop learning: its versions are not matched, and the reasons say so', async () => {
    await world.judge(1, 'after-');
    const run = await retrain({ ...world.process(), lineage: cold() }, manual);
    expect(run).toMatchObject({ state: 'promoted' });
    expect(run.reasons.join('\n')).toContain(ids[NTH]);
  });

  it('keeps what an older release made from being taken for unknown', async () => {
    const head = (await cold().requireHead()).head.release;
    expect((await cold().makerOf(head, 'classifier', '1.1.0')).id).toBe(ids[1]);
    // and what it made itself is damage, not absence
    await expect(cold().makerOf(head, 'classifier', '1.3.0')).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
    });
  });

  it('costs nothing where nobody walks that far', async () => {
    const { id } = await cold().tip(ids.at(-1)!);
    expect(id).toBe(ids.at(-1));
  });
});

it('is an error where the records behind it are not known, as in those of earlier builds', async () => {
  const { models } = world.stores;
  for (const id of ids.slice(4)) {
    const path = releasePath(id);
    const { bytes, etag } = (await models.read(path))!;
    const { ancestors: _, ...record } = JSON.parse(new TextDecoder().decode(bytes));
    await models.replace(path, new TextEncoder().encode(JSON.stringify(record)), etag);
  }
  await models.remove(releasePath(ids[3]!));
  await expect(listAudit(cold(), 50)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  expect((await listAudit(cold(), 2)).entries).toHaveLength(2);
});

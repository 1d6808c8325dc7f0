import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bulkRulingRequestSchema } from '../../src/api/feedback/quarantine.ts';
import { QuarantineService, type QuarantineServiceDeps } from '../../src/api/feedback/quarantine-service.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import { encodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { hex, START_MS, sample, snapshot, vote } from '../training/rows.ts';

const keyOf = (name: string): string => hex(`key ${name}`, 32);
const AT = { since: undefined, until: undefined };

/** Three attacks and one benign alert of a rule that teach; two benign ones and one of another rule are held. */
async function held() {
  const feedback = new MemoryFeedbackStore();
  const samples = [
    ...['t1', 't2', 't3'].map((name) => sample(name, [vote('ben', 'true_positive')])),
    sample('t4', [vote('ben', 'benign')]),
    sample('h1', [vote('ana', 'benign', 10)]),
    sample('h2', [vote('ana', 'benign', 20)]),
    sample('h3', [vote('cem', 'true_positive', 30)], { ruleKey: hex('other', 16) }),
  ];
  for (const one of samples) for (const given of one.votes) await feedback.submit(one.snapshot, given);
  const bytes = encodeDataset(overlay(emptyDataset(100), samples, 100).dataset);
  const models = new MemoryModelStore();
  await models.create('datasets/a.bin', bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const record = {
    dataset: { path: 'datasets/a.bin', sha256 },
    quarantined: {
      [keyOf('h1')]: 'rule_reversal: suddenly no attack against the firm record of its rule',
      [keyOf('h2')]: 'rule_reversal: suddenly no attack against the firm record of its rule',
      [keyOf('h3')]: 'analyst_rate: cem judged more than 50 incidents within an hour',
    },
  };
  const lineage = {
    requireHead: async () => ({ head: { release: '3-a' } }),
    release: async () => record,
    tip: async () => ({ id: '3-a', record }),
  } as unknown as QuarantineServiceDeps['lineage'];
  const namesOf = (keys: ReadonlySet<string>) =>
    new Map(
      keys.has(keyOf('h1')) ? [[keyOf('h1'), { rule: 'Beacon', title: 'Beacon to a rare domain' }]] : [],
    );
  const now = () => START_MS + 3_600_000;
  return { feedback, service: new QuarantineService({ models, lineage, feedback, namesOf, now }) };
}

describe('QuarantineService', () => {
  it('says of each held judgement whose it is, when, and what it contradicts', async () => {
    const { service } = await held();
    const { held: rows, total, next_offset } = await service.list({}, 2, 0);
    expect([total, next_offset]).toEqual([3, 2]);
    expect(rows.map(({ alert_key }) => alert_key)).toEqual([keyOf('h3'), keyOf('h2')]);
    const [last] = (await service.list({}, 2, 2)).held;
    expect(last).toMatchObject({
      alert_key: keyOf('h1'),
      guard: 'rule_reversal',
      rule_key: snapshot('h1').ruleKey,
      rule: 'Beacon',
      title: 'Beacon to a rare domain',
      disposition: 'benign',
      votes: [{ analyst: 'ana', disposition: 'benign', verified: true, from: 'person' }],
      judged_at: new Date(START_MS + 600_000).toISOString(),
      // the rule's four incidents that teach: three say the opposite
      contradicts: { incidents: 3, of: 4 },
      ruling: null,
    });
    expect(rows[0]).toMatchObject({ rule: null, contradicts: { incidents: 0, of: 0 } });
  });

  it('finds by rule, analyst, guard and time', async () => {
    const { service } = await held();
    const found = async (filter: Parameters<QuarantineService['list']>[0]) =>
      (await service.list({ ...AT, ...filter }, 50, 0)).total;
    expect(await found({ rule_key: hex('other', 16) })).toBe(1);
    expect(await found({ analyst: 'ana' })).toBe(2);
    expect(await found({ guard: 'analyst_rate' })).toBe(1);
    expect(await found({ since: new Date(START_MS + 1_200_000).toISOString() })).toBe(2);
    expect(await found({ until: new Date(START_MS + 1_200_000).toISOString(), analyst: 'ana' })).toBe(1);
  });

  it('rules on everything that matches, once, and only counts in a dry run', async () => {
    const { service, feedback } = await held();
    const asked = bulkRulingRequestSchema.parse({ action: 'confirm', analyst: 'ana' });
    const dry = await service.ruleAll({ ...asked, dry_run: true }, 'olga');
    expect(dry).toMatchObject({ matched: 2, ruled: 0, before: { open: 3 }, after: { open: 3 } });
    expect((await feedback.get(keyOf('h1')))?.ruling).toBeUndefined();
    const ruled = await service.ruleAll(asked, 'olga');
    expect(ruled).toMatchObject({ matched: 2, ruled: 2, before: { open: 3 }, after: { open: 1 } });
    expect((await feedback.get(keyOf('h1')))?.ruling).toMatchObject({ action: 'confirm', by: 'olga' });
    expect((await service.ruleAll(asked, 'olga')).ruled).toBe(0);
    expect((await service.list({ analyst: 'ana' }, 1, 0)).held[0]?.ruling).toMatchObject({ by: 'olga' });
    expect(bulkRulingRequestSchema.safeParse({ action: 'reject' }).error?.issues[0]?.message).toMatch(
      /at least one of rule_key/,
    );
  });

  it('answers what stood before a word on one judgement, and after', async () => {
    const { service } = await held();
    const word = { action: 'reject' as const, by: 'olga', why: undefined };
    const first = await service.rule(keyOf('h1'), word);
    expect(first).toMatchObject({ status: 'accepted', before: null, after: { action: 'reject', why: null } });
    const second = await service.rule(keyOf('h1'), { ...word, action: 'confirm' });
    expect(second).toMatchObject({ before: { action: 'reject' }, after: { action: 'confirm' } });
    await expect(service.rule('0'.repeat(32), word)).rejects.toMatchObject({ code: 'ALERT_UNKNOWN' });
  });
});

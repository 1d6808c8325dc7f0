import { describe, expect, it } from 'vitest';
import { WorkloadService, type WorkloadServiceDeps } from '../../src/api/workload/workload-service.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import type { LearningSet } from '../../src/training/dataset/learning-set.ts';
import { decodeUnseen, encodeUnseen } from '../../src/training/fit/unseen-predictions.ts';
import { createKeptUnseen } from '../../src/training/runs/read-unseen.ts';

/** Ten alerts of which the first two are attacks; the fit knows the even ones in two incidents. */
const set = {
  rows: { labels: Int32Array.of(0, 0, 1, 3, 1, 3, 1, 3, 1, 3), groups: [...'aabbaabbaa'] },
  fit: Int32Array.of(0, 2, 4, 6, 8),
  samplingWeights: Float64Array.of(1, 1, 1, 1, 50, 1, 1, 1, 1, 1),
  datasetRows: Int32Array.from({ length: 10 }, (_, i) => i),
} as unknown as LearningSet;
/** Rules that hit the alerts: none was asked on the last. */
const rows = Array.from({ length: 9 }, (_, i) => ({
  ruleHits: i === 0 ? [{ id: 'a' }, { id: 'b', half: true as const }] : i === 4 ? [{ id: 'b' }] : [],
}));
const probabilities = Float64Array.from([0.9, 0.02, 0.001, 0.3, 0.005].flatMap((p) => [p, 1 - p, 0, 0]));

function serviceOf(models: MemoryModelStore, path = 'models/classifier/0123456789ab/model.bin') {
  const lineage = {
    requireHead: async () => ({ head: { serving: { classifier: { version: '1.2.0', path } } } }),
  };
  return new WorkloadService({
    unseen: createKeptUnseen(models),
    lineage: lineage as unknown as WorkloadServiceDeps['lineage'],
    policy: async () => DEFAULT_POLICY,
  });
}

describe('WorkloadService', () => {
  it('answers from what the folds said of judged alerts, and what other costs would change', async () => {
    const models = new MemoryModelStore();
    await models.create(
      'models/classifier/0123456789ab/unseen.bin',
      encodeUnseen(set, probabilities, rows.slice(0, 8)),
    );
    const report = await serviceOf(models).report({ missed_attack: 1_000 });
    expect(report).toMatchObject({
      model: { version: '1.2.0' },
      judged: 5,
      true_positives: 1,
      incidents: 2,
      audit_samples: 1,
      proposed: { costs: { missed_attack: 1_000, false_alarm: 500, correct_close: 100 } },
    });
    // 600 / 50,600: the alerts at 0.001 (which stands for 50) and 0.005 are closed, out of 54
    expect(report.today).toMatchObject({ closed: { value: 0.94444 }, missed_attacks: 0 });
    // 600 / 1,600: those at 0.02 and 0.3 as well
    expect(report.proposed).toMatchObject({ closed: { value: 0.98148 }, change: { missed: { value: 0 } } });
    expect(report.curve.at(-1)).toMatchObject({ closed: { value: 1 }, missed: { value: 1 } });
    expect(report.reliability.map(({ alerts, predicted }) => [alerts, predicted])).toEqual([
      [1, 0.001],
      [1, 0.005],
      [1, 0.02],
      [1, 0.3],
      [1, 0.9],
    ]);
    expect(report.reliability.map(({ observed }) => observed?.value)).toEqual([0, 0, 0, 0, 1]);
    expect(report.note).toMatch(/^Only 5 judged alerts.* 1 of them stand behind/);
  });

  it('says why there are no figures, and which costs cannot be', async () => {
    const service = serviceOf(new MemoryModelStore());
    const report = await service.report({});
    expect(report).toMatchObject({ judged: 0, curve: [], today: null, proposed: null });
    expect(report.note).toContain('no judged alert');
    const nothing = { missed_attack: 0, false_alarm: 0, correct_close: 0 };
    await expect(service.report(nothing)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('unseen predictions', () => {
  it('are stored without a name and come back as they were', () => {
    const bytes = encodeUnseen(set, probabilities, rows.slice(0, 8));
    expect(decodeUnseen(bytes)).toEqual({
      attack: Float64Array.of(0.9, 0.02, 0.001, 0.3, 0.005),
      labels: Int32Array.of(0, 1, 1, 1, 1),
      groups: Int32Array.of(0, 1, 0, 1, 0),
      weights: Float64Array.of(1, 1, 50, 1, 1),
      hits: [[{ id: 'a' }, { id: 'b', half: true }], [], [{ id: 'b' }], [], undefined],
    });
    expect(() => decodeUnseen(bytes.subarray(3))).toThrow(/Cannot read/);
  });
});

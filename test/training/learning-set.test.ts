import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import { decodeDataset, encodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import { judge } from '../../src/training/dataset/judgements.ts';
import {
  foldsOf,
  judgedTimeOf,
  learningSetOf,
  syntheticRows,
  syntheticWeights,
} from '../../src/training/dataset/learning-set.ts';
import { selectModel } from '../../src/training/fit/model-selection.ts';
import { activeCriticalCases } from '../../src/training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_GUARDS, DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { fc } from '../support/fast-check.ts';
import { judgements } from './gate-world.ts';
import { START_MS, sample, vote } from './rows.ts';

const settings = { ...DEFAULT_TRAINING_SETTINGS, syntheticAlerts: 200 };

function setOf(n: number) {
  const { dataset } = overlay(emptyDataset(10_000), judgements(generateSyntheticAlerts(n, 3), 0, 1), 10_000);
  return learningSetOf(dataset, judge(dataset.rows, [], DEFAULT_GUARDS));
}

describe('learning set', () => {
  it('keeps held-out incidents out of every fit and never splits an incident between folds', () => {
    const set = setOf(400);
    expect(set.fit.length + set.heldOut.length).toBe(400);
    for (const i of set.fit) expect(isHeldOut(set.rows.groups[i]!)).toBe(false);
    for (const i of set.heldOut) expect(isHeldOut(set.rows.groups[i]!)).toBe(true);
    const foldOfGroup = new Map<string, number>();
    foldsOf(set, 5).forEach((fold, at) => {
      const group = set.rows.groups[set.fit[at]!]!;
      expect(foldOfGroup.get(group) ?? fold).toBe(fold);
      foldOfGroup.set(group, fold);
    });
    expect(new Set(foldOfGroup.values()).size).toBe(5);
  });

  it('fades synthetic rows per class, to a tenth of the weight once 500 alerts are judged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 4, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 400 }),
        (perClass, labels) => {
          const judged = Int32Array.from(perClass);
          const total = perClass.reduce((a, b) => a + b, 0);
          const weights = syntheticWeights(Int32Array.from(labels), judged, total, settings);
          const share = weights.reduce((a, b) => a + b, 0) / (weights.reduce((a, b) => a + b, 0) + total);
          if (total >= 500) expect(share).toBeLessThanOrEqual(0.1 + 1e-6);
          labels.forEach((label, i) => {
            expect(weights[i]).toBeGreaterThan(0);
            expect(weights[i]).toBeLessThanOrEqual(50 / (50 + perClass[label]!) + 1e-6);
          });
          // a class that was judged more often never weighs more
          const byLabel = new Map(labels.map((label, i) => [label, weights[i]!]));
          for (const [a, wa] of byLabel) {
            for (const [b, wb] of byLabel)
              if (perClass[a]! > perClass[b]!) expect(wa).toBeLessThanOrEqual(wb + 1e-6);
          }
        },
      ),
    );
    const none = syntheticWeights(Int32Array.of(0, 1, 2, 3), new Int32Array(4), 0, settings);
    expect([...none]).toEqual([1, 1, 1, 1]);
  });

  it('makes the same synthetic rows from the same seed, all four classes, marked as synthetic', () => {
    const rows = syntheticRows(settings);
    expect(rows).toEqual(syntheticRows(settings));
    expect(new Set(rows.labels).size).toBe(DISPOSITIONS.length);
    expect(rows.synthetic.every((flag) => flag === 1)).toBe(true);
  });
});

describe('model selection', () => {
  it('plays all four candidates on the same folds and names one winner with its numbers', () => {
    const set = setOf(120);
    const stages: string[] = [];
    const job = {
      set,
      synthetic: syntheticRows(settings),
      costs: DEFAULT_POLICY.costs,
      settings: { ...settings, nFolds: 2 },
      seed: 9,
    };
    const played = selectModel(job, (stage) => stages.push(stage));
    expect(played.table.map(({ algorithm }) => algorithm)).toEqual([
      'ml_cart',
      'boosted',
      'random_forest',
      'ml_random_forest',
    ]);
    expect(played.table.filter(({ won }) => won).map(({ algorithm }) => algorithm)).toEqual([played.winner]);
    for (const { brier, macro_f1, folds } of played.table) {
      expect(brier).toBeGreaterThan(0);
      expect(brier).toBeLessThan(2);
      expect(macro_f1).toBeGreaterThan(0);
      expect([1, 2]).toContain(folds);
    }
    expect(played.probabilities).toHaveLength(set.fit.length * DISPOSITIONS.length);
    set.fit.forEach((_, at) => {
      const row = played.probabilities.subarray(4 * at, 4 * at + 4);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    });
    expect(stages).toContain('tournament: ml_cart');
  });

  it('lets the random forest run alone on few judgements', () => {
    const set = setOf(30);
    const job = { set, synthetic: syntheticRows(settings), costs: DEFAULT_POLICY.costs, settings, seed: 9 };
    expect(selectModel(job, () => undefined)).toMatchObject({ winner: 'random_forest', table: [] });
  });
});

describe('predictions as of the day', () => {
  const hourMs = 3_600_000;
  const played = (judgedAtMs: (occurredAtMs: number) => number) => {
    const set = setOf(500);
    return {
      set,
      ...selectModel(
        {
          set: { ...set, rows: { ...set.rows, judgedAtMs: set.rows.occurredAtMs.map(judgedAtMs) } },
          synthetic: syntheticRows(settings),
          costs: DEFAULT_POLICY.costs,
          settings: { ...settings, candidates: ['random_forest'], nFolds: 3 },
          seed: 4,
        },
        () => undefined,
      ),
    };
  };

  it('are made of rows that a hundred judgements came before, and calibrate what is measured', () => {
    const { set, forward, probabilities } = played((occurredAtMs) => occurredAtMs + hourMs);
    expect(forward.kind).toBe('prequential');
    expect(forward.positions.length).toBeLessThan(set.fit.length - 100);
    expect(forward.positions.length).toBeGreaterThan(set.fit.length / 2);
    expect(forward.probabilities).toHaveLength(forward.positions.length * DISPOSITIONS.length);
    const earliest = Math.min(...set.rows.occurredAtMs);
    for (const at of forward.positions) expect(set.rows.occurredAtMs[set.fit[at]!]).toBeGreaterThan(earliest);
    // What is measured has a record of every day, so it is not the same prediction.
    const own = probabilities.subarray(4 * forward.positions[0]!, 4 * forward.positions[0]! + 4);
    expect([...forward.probabilities.subarray(0, 4)]).not.toEqual([...own]);
    expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });

  it('are those out of fold where everything was judged after the last alert', () => {
    const { set, forward, probabilities } = played(() => Number.MAX_SAFE_INTEGER);
    expect(forward.kind).toBe('out_of_fold');
    expect(forward.positions).toHaveLength(set.fit.length);
    expect(forward.probabilities).toEqual(probabilities);
  });

  const dayMs = 24 * hourMs;

  it.each([
    ['a receipt within a month', 3 * dayMs, false, 3 * dayMs],
    ['a receipt later than that: an old case, judged a day after its alert', 31 * dayMs, false, dayMs],
    ["a vendor's time within a month", 3 * dayMs, true, 3 * dayMs],
    ["a vendor's time, however late", 300 * dayMs, true, 300 * dayMs],
    ['a receipt before the alert', -1, false, dayMs],
    ["a vendor's time before the alert", -1, true, dayMs],
  ])('take a judgement at %s', (_what, afterMs, isVendors, expectedMs) => {
    expect(judgedTimeOf(1000, { atMs: 1000 + afterMs, isVendors })).toBe(1000 + expectedMs);
  });

  it('know the time at which a vendor closed a record, in a set that was stored and read too', () => {
    const at = (days: number) => new Date(START_MS + days * dayMs).toISOString();
    const record = { id: 'r', at: at(40), revision: 1 };
    const closing = (change: object) =>
      vote('ann', 'benign', 90 * 24 * 60, { from: 'record', record: { ...record, ...change } });
    const received = vote('ann', 'benign', 90 * 24 * 60);
    const samples = [
      sample('closed on day 2, changed on day 40', [closing({ closedAt: at(2) })]),
      sample('changed on day 40', [closing({})]),
      sample('dated by its receipt', [closing({ at: at(90) })]),
      sample('a word of day 90', [received]),
      sample('closed on day 2, a word of day 3', [
        closing({ closedAt: at(2) }),
        vote('bob', 'benign', 3 * 24 * 60),
      ]),
    ];
    const { dataset } = overlay(emptyDataset(9), samples, 9);
    for (const stored of [dataset, decodeDataset(encodeDataset(dataset))]) {
      const set = learningSetOf(stored, judge(stored.rows, [], DEFAULT_GUARDS));
      const judgedDays = new Map(
        Array.from(set.datasetRows, (row, i) => [
          stored.rows[row]!.alertKey,
          (set.rows.judgedAtMs![i]! - START_MS) / dayMs,
        ]),
      );
      expect(samples.map(({ snapshot }) => judgedDays.get(snapshot.alertKey))).toEqual([2, 40, 1, 1, 3]);
    }
  });
});

describe('critical cases', () => {
  it('are about twenty, over six products, each named once', () => {
    expect(CRITICAL_CASES).toHaveLength(20);
    expect(new Set(CRITICAL_CASES.map(({ id }) => id)).size).toBe(20);
    expect(new Set(CRITICAL_CASES.map(({ alert }) => alert.source)).size).toBe(6);
  });

  it('take in the operator’s own and leave out the retired', () => {
    const at = '2026-03-01T00:00:00.000Z';
    const own = {
      ...CRITICAL_CASES[0]!.alert,
      id: 'own',
      title: 'Badge printer speaks to the domain controller',
    };
    const active = activeCriticalCases({
      seq: 2,
      cases: [
        { id: 'own-1', alert: own, by: 'olga', at },
        { id: 'rootkit', alert: own, by: 'olga', at },
      ],
      retired: [{ id: 'dcsync', by: 'olga', why: 'our backup does this', at }],
    });
    expect(active).toHaveLength(20);
    expect(active.find(({ id }) => id === 'rootkit')?.alert.title).toBe(own.title);
    expect(active.some(({ id }) => id === 'dcsync')).toBe(false);
    expect(activeCriticalCases(undefined)).toEqual(CRITICAL_CASES);
  });
});

import { describe, expect, it } from 'vitest';
import { READER_VERSION } from '../../src/alert/reader-version.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../../src/features/feature-catalog.ts';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import { emptyDataset, judgedAtMs, overlay, readEarlier } from '../../src/training/dataset/dataset.ts';
import {
  decodeDataset,
  decodeTraffic,
  encodeDataset,
  encodeTraffic,
} from '../../src/training/dataset/dataset-format.ts';
import { foldOf, isHeldOut } from '../../src/training/dataset/holdout.ts';
import { mergeTraffic, TrafficReservoir, type TrafficRow } from '../../src/training/dataset/traffic.ts';
import { hex, START_MS, sample, vote } from './rows.ts';

const samples = Array.from({ length: 20 }, (_, i) =>
  sample(
    `a${i}`,
    [vote('ann', 'benign', i), ...(i % 3 === 0 ? [vote('bob', 'suspicious', i + 1, { risk_score: i })] : [])],
    {
      columns: Float32Array.from(STATELESS_NAMES, (_, f) => (f % 5 === 0 ? Number.NaN : i + f / 7)),
      recordKeys: RECORD_FAMILIES.map((family, at) => (at === 1 ? '' : hex(`${family}${i}`, 16))),
    },
  ),
);

describe('training set', () => {
  it('comes back from its bytes as it was, and equal sets are equal bytes', () => {
    const { dataset } = overlay(emptyDataset(1000), samples, 1000);
    const bytes = encodeDataset(dataset);
    expect(decodeDataset(bytes)).toEqual(dataset);
    const shuffled = overlay(emptyDataset(1000), samples.toReversed(), 1000).dataset;
    expect(encodeDataset(shuffled)).toEqual(bytes);
    // decoding and overlaying nothing changes nothing
    expect(encodeDataset(overlay(decodeDataset(bytes), [], 1000).dataset)).toEqual(bytes);
  });

  it('keeps which reader read a payload, and counts those of an earlier one', () => {
    const of = (...versions: (number | undefined)[]) =>
      overlay(
        emptyDataset(9),
        versions.map((readerVersion, i) =>
          sample(`r${i}`, [vote('ann', 'benign')], readerVersion === undefined ? {} : { readerVersion }),
        ),
        9,
      ).dataset;
    const mixed = of(READER_VERSION, undefined, 1);
    const read = decodeDataset(encodeDataset(mixed));
    expect(read).toEqual(mixed);
    expect([readEarlier(read), readEarlier(of(READER_VERSION))]).toEqual([2, 0]);
    const names = (set: typeof mixed) => Buffer.from(encodeDataset(set)).includes('reader_version');
    expect([names(of(undefined)), names(mixed)]).toEqual([false, true]);
  });

  it('keeps the rules that spoke, none, and that nobody asked', () => {
    const hits = [{ id: 'a' }, { id: 'b', half: true as const }];
    const samples = [
      sample('x', [vote('ann', 'benign')], { ruleHits: hits }),
      sample('y', [vote('ann', 'benign')], { ruleHits: [] }),
      sample('z', [vote('ann', 'benign')]),
    ];
    const { dataset } = overlay(emptyDataset(10), samples, 10);
    const read = decodeDataset(encodeDataset(dataset));
    expect(read.rows).toEqual(dataset.rows);
    const byKey = new Map(read.rows.map((row) => [row.alertKey, row.ruleHits]));
    expect(samples.map(({ snapshot: { alertKey } }) => byKey.get(alertKey))).toEqual([hits, [], undefined]);
  });

  it('keeps which incident a vote was on, and has the bytes it always had where none was', () => {
    const of = (change: Parameters<typeof vote>[3]) =>
      overlay(emptyDataset(9), [sample('n', [vote('ann', 'benign', 0, change)])], 9).dataset;
    expect(decodeDataset(encodeDataset(of({ whole: '00ff' }))).rows[0]!.votes[0]!.whole).toBe('00ff');
    const names = (bytes: Uint8Array) => Buffer.from(bytes).includes('vote_whole');
    expect([names(encodeDataset(of({}))), names(encodeDataset(of({ whole: '00ff' })))]).toEqual([
      false,
      true,
    ]);
  });

  it('keeps when a vendor closed a record, and has the bytes it always had where none says', () => {
    const record = { id: 'r', at: '2026-03-04T00:00:00.000Z', revision: 1 };
    const of = (change: Parameters<typeof vote>[3]) =>
      overlay(emptyDataset(9), [sample('n', [vote('ann', 'benign', 0, change)])], 9).dataset;
    const closed = of({ from: 'record', record: { ...record, closedAt: '2026-03-03T00:00:00.000Z' } });
    expect(decodeDataset(encodeDataset(closed))).toEqual(closed);
    expect(closed.rows[0]!.votes[0]!.closedAt).toBe('2026-03-03T00:00:00.000Z');
    const names = (set: typeof closed) => Buffer.from(encodeDataset(set)).includes('vote_closed_at');
    expect([names(of({})), names(closed)]).toEqual([false, true]);
  });

  it('writes a missing value the same way whatever bits it came in', () => {
    const strange = new Float32Array(STATELESS_NAMES.length).fill(Number.NaN);
    new Uint32Array(strange.buffer)[0] = 0xffc0_0001;
    const of = (columns: Float32Array) =>
      encodeDataset(overlay(emptyDataset(9), [sample('n', [vote('a', 'benign')], { columns })], 9).dataset);
    expect(of(strange)).toEqual(of(new Float32Array(STATELESS_NAMES.length).fill(Number.NaN)));
  });

  it('replaces a row by the current state of its alert, however often it is read', () => {
    const first = overlay(emptyDataset(1000), samples, 1000).dataset;
    const revised = sample('a3', [vote('ann', 'true_positive', 99)]);
    const twice = overlay(first, [revised, revised], 1000).dataset;
    expect(twice.rows).toHaveLength(20);
    expect(twice.rows.filter((row) => row.votes[0]?.disposition === 'true_positive')).toHaveLength(1);
    expect(overlay(twice, [revised], 1000).dataset).toEqual(twice);
  });

  it('holds an alert that has another key now under that key alone, and known to earlier releases', () => {
    const first = overlay(emptyDataset(1000), samples, 1000).dataset;
    const before = samples[3]!;
    const formerKey = before.snapshot.alertKey;
    const moved = { ...before, snapshot: { ...before.snapshot, alertKey: hex('now', 32), formerKey } };
    const { dataset } = overlay(first, [moved], 1000);
    expect(dataset.rows).toHaveLength(20);
    expect(dataset.rows.some(({ alertKey }) => alertKey === formerKey)).toBe(false);
    const row = (set: typeof dataset, key: string) => set.rows.find(({ alertKey }) => alertKey === key);
    expect(row(dataset, hex('now', 32))).toEqual({
      ...row(first, formerKey),
      alertKey: hex('now', 32),
    });
  });

  it('keeps the newest judged rows up to its cap', () => {
    const { dataset } = overlay(emptyDataset(5), samples, 5);
    expect(dataset.rows).toHaveLength(5);
    expect(Math.min(...dataset.rows.map(judgedAtMs))).toBe(START_MS + 16 * 60_000);
    expect(dataset.rows.map((row) => row.alertKey)).toEqual(
      dataset.rows.map((row) => row.alertKey).toSorted(),
    );
  });

  it('gives rows of another catalogue NaN for the columns they lack and keeps the columns it does not know', () => {
    const other = sample('old', [vote('ann', 'benign')], {
      catalogId: 'f00dfeed0000',
      columns: Float32Array.of(3, 42),
    });
    const names = { columns: ['severity', 'a_new_column'], families: RECORD_FAMILIES };
    const { dataset, unreadable } = overlay(emptyDataset(9), [other, samples[0]!], 9, {
      f00dfeed0000: names,
    });
    expect(unreadable).toEqual([]);
    expect(dataset.columnNames).toEqual([...STATELESS_NAMES, 'a_new_column']);
    const old = dataset.rows.find((row) => row.alertKey === other.snapshot.alertKey)!;
    expect(old.columns[STATELESS_NAMES.indexOf('severity')]).toBe(3);
    expect(old.columns.at(-1)).toBe(42);
    expect(old.columns.filter((value) => !Number.isNaN(value))).toHaveLength(2);
    expect(overlay(emptyDataset(9), [other], 9).unreadable).toEqual([other.snapshot.alertKey]);
  });

  it('refuses bytes that are no training set', () => {
    const bytes = encodeDataset(emptyDataset(5));
    bytes[20]! ^= 1;
    expect(() => decodeDataset(bytes)).toThrow(/Cannot read the alertforest-dataset/);
    expect(() => decodeDataset(encodeTraffic([]))).toThrow(
      /Expected a alertforest-dataset, got a alertforest-traffic/,
    );
  });
});

describe('hold-out and folds', () => {
  it('hold out about a tenth of the groups, evenly over the folds', () => {
    const groups = Array.from({ length: 20_000 }, (_, i) => hex(`g${i}`, 32));
    const share = groups.filter(isHeldOut).length / groups.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
    const folds = [0, 1, 2, 3, 4].map(
      (fold) => groups.filter((group) => !isHeldOut(group) && foldOf(group, 5) === fold).length,
    );
    for (const n of folds) expect(Math.abs(n - 3600)).toBeLessThan(250);
  });
});

describe('traffic', () => {
  const row = (i: number, change: Partial<TrafficRow> = {}): TrafficRow => ({
    alertKey: hex(`t${i}`, 32),
    group: hex(`t${i}`, 32),
    scoredAtMs: START_MS + i,
    catalogId: CATALOG_ID,
    columns: Float32Array.of(i, Number.NaN),
    ...change,
  });

  it('is the same draw in any order and in any number of parts, without held-out groups', () => {
    const rows = Array.from({ length: 900 }, (_, i) => row(i));
    const drawOf = (some: readonly TrafficRow[]): TrafficRow[] => {
      const reservoir = new TrafficReservoir(100);
      for (const one of some) reservoir.add(one);
      return reservoir.rows();
    };
    const draw = drawOf(rows);
    expect(draw).toHaveLength(100);
    expect(drawOf(rows.toReversed())).toEqual(draw);
    const options = { nowMs: START_MS + 1000, days: 1, size: 100 };
    expect(mergeTraffic(drawOf(rows.slice(0, 300)), drawOf(rows.slice(300)), options)).toEqual(draw);
    expect(draw.some(({ group }) => isHeldOut(group))).toBe(false);
    expect(mergeTraffic(draw, [], { ...options, nowMs: START_MS + 2 * 86_400_000 })).toEqual([]);
  });

  it('keeps the latest sighting of an alert and comes back from its bytes', () => {
    const reservoir = new TrafficReservoir(10);
    const later = row(1, { scoredAtMs: START_MS + 99, columns: Float32Array.of(7, 8) });
    for (const one of [
      row(1),
      later,
      row(1),
      row(2, { catalogId: 'aaaaaaaaaaaa', columns: Float32Array.of(1) }),
    ])
      reservoir.add(one);
    const rows = reservoir.rows();
    const kept = rows.find(({ alertKey }) => alertKey === later.alertKey);
    if (!isHeldOut(later.group)) expect(kept).toEqual(later);
    const back = decodeTraffic(encodeTraffic(rows));
    expect(back.toSorted((a, b) => (a.alertKey < b.alertKey ? -1 : 1))).toEqual(rows);
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { logPackageOf } from '../../src/logs/log-package.ts';
import { ownLabels, readLabelWindows, targetLabels, windowLabels } from '../../src/logs/study/row-labels.ts';
import { runStudy, type StudyOptions } from '../../src/logs/study/study.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { createRandom } from '../../src/trees/random.ts';
import { madeFlows, tableOf } from './made-flows.ts';
import { lines, readPaths, readText } from './read-log-text.ts';

const { reading } = await readText(
  lines('@timestamp,source.ip,source.bytes', '2026-03-02T00:00:00Z,192.0.2.5,1'),
);

function studyOptions(table: LogTable, more: Partial<StudyOptions> = {}): StudyOptions {
  return {
    seed: 1,
    costs: DEFAULT_POLICY.costs,
    labels: ownLabels(table)!,
    reading,
    embargoMs: 600_000,
    keep: new Set(),
    alarmsPerDay: 50,
    maxRows: 1_000_000,
    lines: Float64Array.from({ length: table.n }, (_, i) => i + 2),
    ...more,
  };
}

describe('labels', () => {
  const table = tableOf(madeFlows(30));

  it('come from the label of the file with the names of its attacks', () => {
    const labels = ownLabels(table)!;
    expect(labels.kinds).toEqual(['normal', 'scan']);
    expect(labels.attack.filter((one) => one === 1)).toHaveLength(20);
  });

  it('come from a column, with or without the words of attacks', () => {
    expect(targetLabels(table, 'attack=scan').attack.filter((one) => one === 1)).toHaveLength(20);
    expect(targetLabels(table, 'label').attack.filter((one) => one === 0)).toHaveLength(180);
    // as the file's own header may have it, with the names of its attacks
    const named = targetLabels(table, 'Label=scan,flood');
    expect(named.attack).toEqual(targetLabels(table, 'label').attack);
    expect(named.kinds).toContain('scan');
    expect(targetLabels(table, 'Label=flood').attack.every((one) => one === 0)).toBe(true);
    expect(targetLabels(table, 'label=1').attack).toEqual(named.attack);
    expect(targetLabels(table, 'network.transport=udp').attack.every((one) => one === 0)).toBe(true);
    expect(() => targetLabels(table, 'verdict')).toThrow(
      /No row has a column verdict .*there are .*destination.bytes/,
    );
  });

  it('come from windows, whose rest is nothing or normal', () => {
    const csv =
      'start,end,source.ip,destination.ip,label\n2026-03-02T00:10:00Z,2026-03-02T00:11:00Z,203.0.113.10,,scan\n';
    const windows = readLabelWindows(csv, 'w.csv');
    const open = windowLabels(table, windows, false);
    expect(open.attack.filter((one) => one === 1)).toHaveLength(20);
    expect(open.attack.filter((one) => one === -1)).toHaveLength(180);
    expect(windowLabels(table, windows, true).attack.filter((one) => one === 0)).toHaveLength(180);
    expect(() =>
      windowLabels(table, readLabelWindows(csv.replace('203.0.113.10', '203.0.113.99'), 'w.csv'), true),
    ).toThrow(/None of the 1 windows matches a row/);
  });

  it.each([
    ['start,end\n', /w.csv, line 1: expected the columns start, end and label, label is missing/],
    ['start,end,src,label\n', /line 1: expected standard columns such as source.ip, got src/],
    ['start,end,label\nsoon,later,scan\n', /line 2: expected a start and a later end/],
    ['start,end,label\n2026-03-02T00:10:00Z,2026-03-02T00:11:00Z,\n', /line 2: expected a label/],
  ])('are refused by line: %j', (csv, message) => {
    expect(() => readLabelWindows(csv, 'w.csv')).toThrow(message);
  });
});

describe('a study', () => {
  const flows = madeFlows(150);
  const table = tableOf(flows);
  const outcome = runStudy(table, studyOptions(table));

  it('learns from before an embargo and is tested on what comes after it', () => {
    const { result } = outcome;
    const from = Date.parse(result.test.from!);
    const nBefore = flows.filter(({ at }) => at < from - 600_000).length;
    expect(result.fit.rows).toBe(nBefore);
    expect(result.test.rows).toBe(flows.filter(({ at }) => at >= from).length);
    expect(result.test.how).toMatch(/10 min before it in neither part/);
    expect(result.test.roc_auc).toBeGreaterThan(0.99);
    expect(result.test.kinds).toEqual([expect.objectContaining({ kind: 'scan', seen: true, n: 40 })]);
    expect(result.contestants.find(({ won }) => won)?.name).toBe('random_forest');
  });

  it('says what alarms by cost and by a number a day find and cost', () => {
    for (const { alarms, found, false_alarms, missed, value, name } of outcome.result.test.cuts) {
      expect(alarms).toBe(found + false_alarms);
      expect(found + missed).toBe(40);
      expect(['cost', 'alarms_per_day', 'one_percent']).toContain(name);
      const closed = outcome.result.test.rows - alarms - missed;
      const { costs } = outcome.result;
      expect(value).toBe(
        closed * costs.correct_close - missed * costs.missed_attack - false_alarms * costs.false_alarm,
      );
    }
    const onePercent = outcome.result.test.cuts.find(({ name }) => name === 'one_percent')!;
    expect(onePercent.false_alarms).toBeLessThanOrEqual(0.01 * (outcome.result.test.rows - 40));
  });

  it('explains the highest attacks exactly', () => {
    expect(outcome.result.top_attacks).toHaveLength(10);
    for (const { base, contributions, others, kind } of outcome.result.top_attacks) {
      const whole = contributions.reduce((sum, { adds }) => sum + adds, base + others);
      expect(whole).toBeGreaterThan(0.5);
      expect(whole).toBeLessThanOrEqual(1 + 1e-9);
      expect(contributions).toHaveLength(8);
      expect(kind).toBe('scan');
      expect(base).toBeGreaterThan(0);
      expect(contributions[0]!.adds).toBeGreaterThan(0);
    }
  });

  it('gives the same package for the same rows in any order, and one that names no address', () => {
    const order = createRandom(9).shuffle(flows.slice());
    const other = tableOf(order);
    const shuffled = runStudy(other, studyOptions(other));
    const bytes = logPackageOf(outcome, reading, undefined);
    expect(Buffer.from(logPackageOf(shuffled, reading, undefined).files['model.bin'] as Uint8Array)).toEqual(
      Buffer.from(bytes.files['model.bin'] as Uint8Array),
    );
    expect(shuffled.result.test).toEqual(outcome.result.test);
    expect(bytes.files['manifest.json']).not.toMatch(/192\.0\.2|198\.51\.100|203\.0\.113/);
  });

  it('holds kinds out of fitting and tests on them', () => {
    const mixed = tableOf(
      flows.map((one, i) => (one.attack === undefined ? one : { ...one, attack: i % 2 ? 'odd' : 'even' })),
    );
    const { result } = runStudy(
      mixed,
      studyOptions(mixed, { holdOut: { column: 'attack', values: ['odd'] } }),
    );
    expect(result.fit.kinds).toEqual(['even']);
    expect(result.test.kinds.map(({ kind, seen }) => [kind, seen])).toEqual([['odd', false]]);
    expect(() =>
      runStudy(mixed, studyOptions(mixed, { holdOut: { column: 'attack', values: ['none'] } })),
    ).toThrow(/No row is of a kind that --hold-out names/);
  });

  it('refuses one class on a side', () => {
    expect(() =>
      runStudy(table, studyOptions(table, { testFromMs: Date.parse('2026-03-03T00:00:00Z') })),
    ).toThrow(/at least 5 attacks and 5 other rows to test on, got 0 and 0; --test-from/);
  });

  it('leaves out columns that tell the answer, unless they are kept', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const attack = i % 3 === 0 ? 1 : 0;
      const second = String(i % 60).padStart(2, '0');
      const minute = String(Math.floor(i / 60)).padStart(2, '0');
      return `2026-03-02T00:${minute}:${second}Z,192.0.2.${i % 9},${(i * 37) % 500},${i},${attack * 1_000 + i},${attack},${attack ? 'dos' : ''},${attack}`;
    });
    const { reading: own, rows: read } = await readText(
      lines('@timestamp,source.ip,source.bytes,row_id,session,alerted,attack_cat,label', ...rows),
    );
    const filled = new LogTable();
    for (const row of read) filled.add(row);
    const { result } = runStudy(filled, studyOptions(filled, { reading: own, embargoMs: 0 }));
    expect(
      result.leaks
        .filter(({ kept }) => !kept)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(['alerted', 'attack_cat', 'row_id', 'session']);
    const kept = runStudy(
      filled,
      studyOptions(filled, { reading: own, embargoMs: 0, keep: new Set(['session']) }),
    );
    expect(kept.result.features).toContain('session');
    expect(result.features).not.toContain('session');
  });
});

describe('a labelled day of flows', () => {
  const fixture = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/raw-logs/${name}`, import.meta.url));

  it('holds its goals on the part that came later', async () => {
    const { reading: day, rows } = await readPaths([fixture('day-1.csv.gz')]);
    const table = new LogTable();
    for (const row of rows) table.add(row);
    const windows = readLabelWindows(readFileSync(fixture('day-1.windows.csv'), 'utf8'), 'windows');
    const { result } = runStudy(
      table,
      studyOptions(table, {
        reading: day,
        labels: windowLabels(table, windows, true),
        testFromMs: Date.parse('2026-03-02T15:02:00Z'),
        embargoMs: 0,
      }),
    );
    const kind = (name: string) => result.test.kinds.find((one) => one.kind === name)!;
    expect(result.test.roc_auc).toBeGreaterThanOrEqual(0.98);
    for (const name of ['scan', 'bruteforce', 'flood'])
      expect(kind(name).found_at_1pct).toBeGreaterThanOrEqual(0.99);
    for (const name of ['beacon', 'slowscan']) {
      expect(kind(name)).toMatchObject({ seen: false });
      expect(kind(name).found_at_1pct).toBeGreaterThanOrEqual(0.9);
    }
    expect(kind('exfiltration').found_at_1pct).toBeGreaterThanOrEqual(0.7);
  });
});

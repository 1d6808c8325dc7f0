import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { STATELESS_NAMES, statelessColumn } from '../../src/features/feature-catalog.ts';
import { checkDrift } from '../../src/monitoring/drift-monitor.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');
const HOUR_MS = 3_600_000;

describe('checkDrift', () => {
  const alerts = generateSyntheticAlerts(1800, 12);

  async function logged(nightly: (i: number) => boolean): Promise<MemoryPredictionLog> {
    const log = new MemoryPredictionLog({ now: () => NOW_MS });
    for (const [i, { alert }] of alerts.entries()) {
      const isNow = i % 3 === 0;
      const isShifted = nightly(i) && isNow;
      const occurred_at = isShifted ? '2026-03-10T02:00:00.000Z' : alert.occurred_at;
      await log.append([
        {
          ...entryOf(i, isNow),
          snapshot: snapshotOf({ ...alert, id: `a-${i}`, occurred_at }, EMPTY_CONTEXT),
          ...(isShifted ? { disposition: 'true_positive' as const } : {}),
        },
      ]);
    }
    await log.flush();
    return log;
  }

  /** Alert `i`, scored two hours ago or before the window. */
  function entryOf(i: number, isNow: boolean): PredictionEntry {
    const { alert, disposition } = alerts[i]!;
    return {
      snapshot: snapshotOf({ ...alert, id: `a-${i}` }, EMPTY_CONTEXT),
      scoredAt: new Date(NOW_MS - (isNow ? 2 : 24 * 5) * HOUR_MS - i).toISOString(),
      versions: { classifier: '1.0.0' },
      disposition: disposition === 'benign' ? 'benign' : 'suspicious',
      probabilities: [0.25, 0.25, 0.25, 0.25],
      riskScore: (i * 37) % 100,
      anomalyScore: 0.5,
      isAnomaly: false,
      finalScore: (i * 37) % 100,
      decision: 'review',
      auditSample: false,
    };
  }

  it('says ok where nothing has changed', async () => {
    const report = await checkDrift(await logged(() => false), NOW_MS);
    expect(report).toMatchObject({ status: 'ok', windowAlerts: 600, baselineAlerts: 1200 });
  });

  it('says drifted and names what has shifted', async () => {
    const report = await checkDrift(await logged(() => true), NOW_MS);
    expect(report.status).toBe('drifted');
    const shifted = report.measures.filter((measure) => measure.shifted).map(({ name }) => name);
    expect(shifted).toContain('disposition');
    expect(shifted).toContain('hour');
  });

  it('compares no column whose definition is newer than the rows before', async () => {
    const log = new MemoryPredictionLog({ now: () => NOW_MS });
    for (const [i, { alert }] of alerts.entries()) {
      const entry = entryOf(i, i % 3 === 0);
      // the build before logged as many columns in the same places, and read fewer entities
      const read = snapshotOf({ ...alert, id: `a-${i}`, entities: [] }, EMPTY_CONTEXT);
      const snapshot = i % 3 === 0 ? entry.snapshot : { ...read, catalogId: 'bcbe452499fd' };
      await log.append([{ ...entry, snapshot }]);
    }
    await log.flush();
    const { measures, inputs } = await checkDrift(log, NOW_MS);
    expect(inputs.compared).toBeGreaterThan(10);
    const names = measures.map(({ name }) => name);
    expect(names).toContain('host_count');
    expect(names.filter((name) => /_v2$/.test(name))).toEqual([]);
  });

  it('says nothing on few alerts', async () => {
    const report = await checkDrift(new MemoryPredictionLog({ now: () => NOW_MS }), NOW_MS);
    expect(report).toMatchObject({ status: 'warming_up', measures: [], shifted: [] });
    expect(report.detail).toMatch(/^0 alerts in the last 24 h and 0 before; /);
    const log = new MemoryPredictionLog({ now: () => NOW_MS });
    await log.append([entryOf(0, true)]);
    await log.flush();
    expect((await checkDrift(log, NOW_MS)).detail).toMatch(/^1 alert in the last 24 h/);
  });

  it('names a flag of a twentieth that becomes four fifths, and leaves constant columns out of the total', async () => {
    const log = new MemoryPredictionLog({ now: () => NOW_MS });
    const tactics = STATELESS_NAMES.filter((name) => name.startsWith('tactic_') && name !== 'tactic_count');
    expect(tactics.length).toBeGreaterThanOrEqual(14);
    const severity = statelessColumn('severity');
    const constant = STATELESS_NAMES.length - tactics.length - 1;
    for (let i = 0; i < 1600; i++) {
      const isNow = i % 2 === 0;
      // Which twentieth, or four fifths, goes round with the tactic.
      const columns = new Float32Array(STATELESS_NAMES.length);
      for (const [k, name] of tactics.entries()) {
        const place = (Math.floor(i / 2) + 3 * k) % 20;
        columns[statelessColumn(name)] = place < (isNow ? 16 : 1) ? 1 : 0;
      }
      columns[severity] = Math.floor(i / 2) % 20 < (isNow ? 7 : 1) ? 3 : 1;
      const { snapshot } = entryOf(i, false);
      await log.append([{ ...entryOf(i, isNow), snapshot: { ...snapshot, columns } }]);
    }
    await log.flush();
    const report = await checkDrift(log, NOW_MS);
    expect(report.status).toBe('drifted');
    expect([...report.shifted].sort()).toEqual([...tactics, 'severity'].sort());
    expect(report.inputs).toEqual({ compared: tactics.length + 1, constant, shifted: tactics.length + 1 });
    const first = report.measures.find(({ name }) => name === tactics[0]);
    expect(first?.psi).toBeCloseTo(3.248, 2);
    expect(first?.distribution).toEqual([
      { label: '0', before: 0.95, now: 0.2 },
      { label: '1', before: 0.05, now: 0.8 },
    ]);
  });

  it('counts in the bins of the release where it is given some', async () => {
    const frozenBins = new Map([['severity', { values: [0, 1, 2, 3, 4, 5], edges: [] }]]);
    const report = await checkDrift(await logged(() => true), NOW_MS, { frozenBins });
    const { measures } = report;
    expect(measures.find(({ name }) => name === 'hour')?.binsOf).toBe('baseline');
    const all = await checkDrift(await logged(() => true), NOW_MS, { frozenBins, shiftedAbove: -1 });
    expect(all.measures.find(({ name }) => name === 'severity')?.binsOf).toBe('release');
  });
});

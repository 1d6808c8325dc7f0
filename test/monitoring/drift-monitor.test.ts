import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { checkDrift } from '../../src/monitoring/drift-monitor.ts';
import { binShares, populationStability, quantileBins } from '../../src/monitoring/population-stability.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');
const HOUR_MS = 3_600_000;

describe('the stability index', () => {
  it('is 0 for the same values and falls under 0.1 for two draws of one distribution', () => {
    const values = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 2000) / 2000);
    const bins = quantileBins(values, 10);
    expect(populationStability(binShares(values, bins), binShares(values, bins))).toBe(0);
    const half = values.slice(0, 1000);
    expect(populationStability(binShares(values, bins), binShares(half, bins))).toBeLessThan(0.1);
  });

  it('sees a shift, and values that went missing', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const bins = quantileBins(values, 10);
    const before = binShares(values, bins);
    expect(
      populationStability(
        before,
        binShares(
          values.map((v) => v + 300),
          bins,
        ),
      ),
    ).toBeGreaterThan(0.25);
    expect(
      populationStability(
        before,
        binShares(
          values.map((v, i) => (i % 2 ? v : Number.NaN)),
          bins,
        ),
      ),
    ).toBeGreaterThan(0.25);
  });

  it('copes with a constant column and with one that is all missing', () => {
    for (const values of [Array(100).fill(3), Array(100).fill(Number.NaN)]) {
      const bins = quantileBins(values, 10);
      expect(populationStability(binShares(values, bins), binShares(values, bins))).toBe(0);
    }
  });
});

describe('checkDrift', () => {
  const alerts = generateSyntheticAlerts(1800, 12);

  async function logged(nightly: (i: number) => boolean): Promise<MemoryPredictionLog> {
    const log = new MemoryPredictionLog({ now: () => NOW_MS });
    for (const [i, { alert }] of alerts.entries()) {
      const isNow = i % 3 === 0;
      const occurred_at = nightly(i) && isNow ? '2026-03-10T02:00:00.000Z' : alert.occurred_at;
      await log.append([
        {
          snapshot: snapshotOf({ ...alert, id: `a-${i}`, occurred_at }, EMPTY_CONTEXT),
          scoredAt: new Date(NOW_MS - (isNow ? 2 : 24 * 5) * HOUR_MS - i).toISOString(),
          versions: { classifier: '1.0.0' },
          disposition:
            nightly(i) && isNow
              ? 'true_positive'
              : alerts[i]?.disposition === 'benign'
                ? 'benign'
                : 'suspicious',
          probabilities: [0.25, 0.25, 0.25, 0.25],
          riskScore: (i * 37) % 100,
          anomalyScore: 0.5,
          isAnomaly: false,
          finalScore: (i * 37) % 100,
          decision: 'review',
          auditSample: false,
        },
      ]);
    }
    await log.flush();
    return log;
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

  it('says nothing on few alerts', async () => {
    const report = await checkDrift(new MemoryPredictionLog({ now: () => NOW_MS }), NOW_MS);
    expect(report.status).toBe('unknown');
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runLab } from '../../src/logs/lab/lab-pipeline.ts';
import { readRawLogs } from '../../src/logs/lab/raw-log.ts';
import { openText } from '../../src/logs/open-text.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';

const lab = async (name: string) => {
  const path = fileURLToPath(new URL(`../fixtures/lab20/${name}.csv.gz`, import.meta.url));
  return runLab(await readRawLogs(openText(path)), { seed: 1, costs: DEFAULT_POLICY.costs }).result;
};

describe('the lab pipeline on a held-out quarter', () => {
  it('tells attacks from the rest of plain logs without a mistake', async () => {
    const { test, critical, chosen } = await lab('lab20_logs');
    expect(test.roc_auc).toBeGreaterThanOrEqual(0.9999);
    expect([critical.missed, chosen.missed_attacks, chosen.false_alarms]).toEqual([0, 0, 0]);
  });

  it('misses no critical attack among hard ones, and ranks as forests do there', {
    timeout: 180_000,
  }, async () => {
    const { test, critical, contestants } = await lab('lab20_logs_hard');
    expect(test.roc_auc).toBeGreaterThanOrEqual(0.9995);
    // 0.9978 here; one attack with ordinary numbers decides the third digit
    expect(test.average_precision).toBeGreaterThanOrEqual(0.997);
    expect(critical.attacks).toBeGreaterThan(50);
    expect(critical.missed).toBe(0);
    const linear = contestants.find(({ name }) => name === 'logistic_regression');
    expect(test.average_precision).toBeGreaterThan(linear!.average_precision);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CASES, costTable, monthlyCost, totalOf } from '../../scripts/cost.ts';

describe('the estimate of the bill', () => {
  it('gives the table of docs/cost.md', () => {
    expect(readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8')).toContain(costTable());
    expect(CASES.map(({ alerts }) => alerts)).toEqual([0, 1e4, 1e6, 1e6, 1e8, 1e8]);
  });

  it('charges a second of an instance for an alert that comes alone, beyond what is free', () => {
    // 10,000 alerts keep 2 GB active for 10,000 s; the free grant is 100,000 GB-s.
    expect(monthlyCost({ alerts: 10_000 }).compute).toBe(0);
    const seconds = 2_626_560 * (1 - Math.exp(-1e6 / 2_626_560));
    const training = 2 * (729.6 + Math.min(729.6, 400) * 60);
    expect(monthlyCost({ alerts: 1e6 }).compute).toBeCloseTo(
      (2 * seconds + training - 100_000) * 0.000026,
      6,
    );
  });

  it('never falls when there are more alerts', () => {
    const totals = [0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].map((alerts) => totalOf(monthlyCost({ alerts })));
    expect([...totals].sort((a, b) => a - b)).toEqual(totals);
  });

  it('falls when alerts come in batches', () => {
    for (const alerts of [1e6, 1e8]) {
      expect(totalOf(monthlyCost({ alerts, batch: 100 }))).toBeLessThan(totalOf(monthlyCost({ alerts })));
    }
  });
});

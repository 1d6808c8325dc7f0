import { describe, expect, it } from 'vitest';
import { HealthChecks, KEPT_CHECKS } from '../../src/monitoring/health-checks.ts';

const MINUTE = 60_000;

describe('HealthChecks', () => {
  it('keeps one check a minute, the worst of it with its first reason', () => {
    const checks = new HealthChecks();
    checks.note(0, 'ok', []);
    checks.note(20_000, 'degraded', ['storage does not answer', 'another']);
    checks.note(40_000, 'ok', []);
    checks.note(MINUTE, 'ok', []);
    expect(checks.list()).toEqual([
      { at: '1970-01-01T00:00:20.000Z', status: 'degraded', reason: 'storage does not answer' },
      { at: '1970-01-01T00:01:00.000Z', status: 'ok', reason: undefined },
    ]);
  });

  it('keeps the last ones, oldest first', () => {
    const checks = new HealthChecks();
    for (let minute = 0; minute < KEPT_CHECKS + 5; minute++) checks.note(minute * MINUTE, 'ok', []);
    const kept = checks.list();
    expect(kept).toHaveLength(KEPT_CHECKS);
    expect(kept[0]?.at).toBe(new Date(5 * MINUTE).toISOString());
  });
});

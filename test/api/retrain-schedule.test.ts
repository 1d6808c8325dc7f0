import { describe, expect, it } from 'vitest';
import { isFunctionDisabled, scheduleState } from '../../src/api/health/retrain-schedule.ts';

const HOUR_MS = 3_600_000;
const startedAtMs = Date.parse('2026-01-01T00:00:00Z');
const state = (schedule: string, more: Partial<Parameters<typeof scheduleState>[0]> = {}) =>
  scheduleState({
    schedule,
    isDisabled: false,
    lastTick: undefined,
    startedAtMs,
    nowMs: startedAtMs,
    ...more,
  });

describe('scheduleState', () => {
  it('gives the next tick of six fields in UTC', () => {
    expect(state('0 7 * * * *')).toEqual({ nextTick: '2026-01-01T00:07:00.000Z', problem: undefined });
  });

  it.each(['every hour', '7 * * * *', '0 99 * * * *', '', '01:00:00'])(
    'says that `%s` is no schedule',
    (schedule) => {
      const { nextTick, problem } = state(schedule);
      expect(nextTick).toBeNull();
      expect(problem).toContain('six fields');
    },
  );

  it('says that a schedule never comes and that the timer is switched off', () => {
    expect(state('0 0 0 30 2 *')).toMatchObject({
      nextTick: null,
      problem: expect.stringContaining('never'),
    });
    expect(state('0 7 * * * *', { isDisabled: true })).toMatchObject({
      problem: expect.stringContaining('disabled'),
    });
  });

  it('says that a tick which was due has not come, once there was time for it', () => {
    const tick = (at: string) => ({ at, isPastDue: false, result: 'below' as const });
    const late = { nowMs: startedAtMs + HOUR_MS };
    expect(state('0 7 * * * *', late).problem).toContain('due at 2026-01-01T00:07:00.000Z');
    expect(state('0 7 * * * *', { ...late, lastTick: tick('2025-12-31T23:07:00Z') }).problem).toBeDefined();
    expect(state('0 7 * * * *', { ...late, lastTick: tick('2026-01-01T00:07:01Z') }).problem).toBeUndefined();
    expect(state('0 7 * * * *', { nowMs: startedAtMs + 10 * 60_000 }).problem).toBeUndefined();
  });
});

describe('isFunctionDisabled', () => {
  it('reads every form of the setting', () => {
    for (const name of [
      'AzureWebJobs.tick.Disabled',
      'AzureWebJobs_tick_Disabled',
      'AzureWebJobs__tick__Disabled',
    ])
      expect(isFunctionDisabled('tick', { [name]: 'True' }), name).toBe(true);
    expect(isFunctionDisabled('tick', { 'AzureWebJobs.other.Disabled': 'true' })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { parseTimerSchedule } from '../../src/local/timer/timer-schedule.ts';

const next = (expression: string, after: string): string | undefined => {
  const nextMs = parseTimerSchedule(expression).nextMs(Date.parse(after));
  return nextMs === undefined ? undefined : new Date(nextMs).toISOString();
};

describe('parseTimerSchedule', () => {
  it.each([
    ['0 7 * * * *', '2026-03-18T02:06:59Z', '2026-03-18T02:07:00.000Z'],
    ['0 7 * * * *', '2026-03-18T02:07:00Z', '2026-03-18T03:07:00.000Z'],
    ['*/5 * * * * *', '2026-03-18T02:07:03Z', '2026-03-18T02:07:05.000Z'],
    ['0 0 2 * * 1-5', '2026-03-21T00:00:00Z', '2026-03-23T02:00:00.000Z'],
    ['0 30 9 * Jan Mon', '2026-02-01T00:00:00Z', '2027-01-04T09:30:00.000Z'],
    ['0 0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['7 * * * *', '2026-03-18T02:06:59Z', '2026-03-18T02:07:00.000Z'],
  ])('%s after %s is due at %s', (expression, after, due) => {
    expect(next(expression, after)).toBe(due);
  });

  it('wants both the day and the weekday to match', () => {
    expect(next('0 0 0 13 * 5', '2026-01-01T00:00:00Z')).toBe('2026-02-13T00:00:00.000Z');
  });

  it('never comes when the date does not exist', () => {
    expect(next('0 0 0 31 2 *', '2026-01-01T00:00:00Z')).toBeUndefined();
  });

  it.each([
    '',
    '* * * *',
    '00:05:00',
    '@daily',
    '0 0 0 L * *',
    '0 0 0 ? * 1',
    '0 0 0 * * 5#2',
    '0 0 0 * * 7',
    '61 * * * * *',
    '0 7 * * * * 2026',
  ])('refuses %j', (expression) => {
    expect(() => parseTimerSchedule(expression)).toThrow('Expected a schedule of six NCRONTAB fields');
  });
});

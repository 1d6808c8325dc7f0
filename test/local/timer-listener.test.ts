import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimerListener, type TimerListenerOptions } from '../../src/local/timer/timer-listener.ts';
import { parseTimerSchedule } from '../../src/local/timer/timer-schedule.ts';
import { TimerStatusStore } from '../../src/local/timer/timer-status.ts';

describe('TimerListener', () => {
  let directory: string;
  let calls: Array<Record<string, unknown>>;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-03-18T02:00:00Z') });
    directory = mkdtempSync(join(tmpdir(), 'timers-'));
    calls = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(directory, { recursive: true, force: true });
  });

  function createListener(options: Partial<TimerListenerOptions> = {}): TimerListener {
    return new TimerListener({
      functionName: 'hourly',
      schedule: parseTimerSchedule('0 7 * * * *'),
      runOnStartup: false,
      useMonitor: true,
      statusStore: new TimerStatusStore(directory),
      invoke: async (timerJson) => {
        calls.push({ at: new Date().toISOString(), ...JSON.parse(timerJson) });
      },
      now: Date.now,
      log: () => {},
      ...options,
    });
  }

  it('calls the function at each occurrence and keeps the status', async () => {
    const listener = createListener();
    listener.start();
    expect(new TimerStatusStore(directory).read('hourly')).toMatchObject({
      next: '2026-03-18T02:07:00.000Z',
    });
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(calls.map(({ at }) => at)).toEqual(['2026-03-18T02:07:00.000Z', '2026-03-18T03:07:00.000Z']);
    expect(calls.every(({ IsPastDue }) => IsPastDue === false)).toBe(true);
    expect(calls[1]).toMatchObject({
      ScheduleStatus: { Last: '2026-03-18T02:07:00.000Z', Next: '2026-03-18T03:07:00.000Z' },
    });
    expect(new TimerStatusStore(directory).read('hourly')).toMatchObject({
      last: '2026-03-18T03:07:00.000Z',
      next: '2026-03-18T04:07:00.000Z',
    });
    await listener.stop();
  });

  it('goes on where its folder cannot be written or holds nothing it can read, and says where and why', async () => {
    const said: string[] = [];
    const log = (_level: unknown, _source: unknown, message: string) => said.push(message);
    writeFileSync(join(directory, 'hourly.json'), '{"next":');
    // a folder of the name that the status is first written under: nothing can be written there, by root either
    mkdirSync(join(directory, 'hourly.json.new'));
    const listener = createListener({ log });
    listener.start();
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(calls).toHaveLength(2);
    expect(said[0]).toMatch(/^Cannot read the schedule of `hourly` in .* \(\d+ bytes free\): /);
    expect(said.slice(1)).toHaveLength(3);
    for (const message of said.slice(1))
      expect(message).toMatch(/^Cannot keep the schedule .* free\): EISDIR/);
    await listener.stop();
  });

  it('makes one past-due call for any number of missed occurrences', async () => {
    const first = createListener();
    first.start();
    await first.stop();
    vi.setSystemTime(Date.parse('2026-03-19T11:30:00Z'));
    const second = createListener();
    second.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ IsPastDue: true });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(calls[1]).toMatchObject({ at: '2026-03-19T12:07:00.000Z', IsPastDue: false });
    await second.stop();
  });

  it('makes no past-due call when nothing was missed', async () => {
    const first = createListener();
    first.start();
    await first.stop();
    vi.setSystemTime(Date.parse('2026-03-18T02:05:00Z'));
    const second = createListener();
    second.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(0);
    await second.stop();
  });

  it('judges what was missed by the schedule of today', async () => {
    const first = createListener();
    first.start();
    await first.stop();
    vi.setSystemTime(Date.parse('2026-03-18T02:10:00Z'));
    const second = createListener({ schedule: parseTimerSchedule('0 0 5 * * *') });
    second.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(0);
    await second.stop();
  });

  it('does not run a function twice at once', async () => {
    let finish = (): void => {};
    const listener = createListener({
      schedule: parseTimerSchedule('0 * * * * *'),
      invoke: (timerJson) => {
        calls.push(JSON.parse(timerJson));
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    listener.start();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(calls).toHaveLength(1);
    finish();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(2);
    finish();
    await listener.stop();
  });

  it('goes on after a call that failed', async () => {
    const logged: string[] = [];
    const listener = createListener({
      invoke: async () => {
        calls.push({});
        throw new Error('broken');
      },
      log: (_level, _category, message) => logged.push(message),
    });
    listener.start();
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    expect(calls).toHaveLength(2);
    expect(logged[0]).toContain('broken');
    await listener.stop();
  });

  it('finds a call past due that the end of the host cut off', async () => {
    let cut = (_: Error): void => {};
    const first = createListener({
      invoke: () =>
        new Promise((_, reject) => {
          cut = reject;
        }),
    });
    first.start();
    await vi.advanceTimersByTimeAsync(7 * 60_000);
    const stopped = first.stop();
    cut(new Error('The host is stopping.'));
    await stopped;
    const second = createListener();
    vi.setSystemTime(Date.parse('2026-03-18T02:08:00Z'));
    second.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toMatchObject([{ IsPastDue: true }]);
    await second.stop();
  });

  it('keeps no status for a schedule under a minute', async () => {
    const listener = createListener({ schedule: parseTimerSchedule('*/5 * * * * *') });
    listener.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toHaveLength(2);
    expect(new TimerStatusStore(directory).read('hourly')).toBeUndefined();
    await listener.stop();
  });

  it('runs at once when runOnStartup is set', async () => {
    const listener = createListener({ runOnStartup: true });
    listener.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toMatchObject([{ IsPastDue: false }]);
    await listener.stop();
  });

  it('waits for an occurrence that is months away', async () => {
    const listener = createListener({ schedule: parseTimerSchedule('0 0 0 1 7 *') });
    listener.start();
    await vi.advanceTimersByTimeAsync(104 * 86_400_000);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(86_400_000);
    expect(calls).toMatchObject([{ at: '2026-07-01T00:00:00.000Z' }]);
    await listener.stop();
  });
});

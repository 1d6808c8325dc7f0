import { describe, expect, it } from 'vitest';
import { GracefulStop, type Stoppable } from '../../functions/stop.ts';

/** Limits that no busy machine comes near. */
const PATIENT = { drainMs: 200_000, closeMs: 200_000 };

function stopOf(service: Partial<Stoppable>, limits: { drainMs?: number; closeMs?: number } = {}) {
  const done: string[] = [];
  const lines: string[] = [];
  const stop = new GracefulStop({
    ...PATIENT,
    service: () => ({
      close: async () => void done.push('close'),
      flush: async () => void done.push('flush'),
      ...service,
    }),
    exit: (code) => done.push(`exit ${code}`),
    writeLine: (line) => lines.push(line),
    ...limits,
  });
  return { stop, done, said: () => JSON.parse(lines[0] ?? '{}') };
}

describe('GracefulStop', () => {
  it('lets running calls end, writes what is held back, and then ends the process', async () => {
    const { stop, done, said } = stopOf({});
    stop.began();
    const stopped = stop.stop('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toEqual([]);
    stop.ended();
    await stopped;
    expect(done).toEqual(['close', 'flush', 'exit 0']);
    expect(said()).toMatchObject({ event: 'stopped', signal: 'SIGTERM', unfinished: 0, written: true });
  });

  it('writes once, whatever comes first and how often', async () => {
    const { stop, done } = stopOf({});
    await Promise.all([stop.stop('SIGINT'), stop.stop('SIGTERM'), stop.close()]);
    expect(done).toEqual(['close', 'flush', 'exit 0']);
  });

  it('ends in bounded time when a call does not end and storage hangs, and says so', async () => {
    const { stop, done, said } = stopOf({ close: () => new Promise(() => {}) }, { drainMs: 50, closeMs: 50 });
    stop.began();
    await stop.stop('SIGTERM');
    expect(done).toEqual(['exit 1']);
    expect(said()).toMatchObject({ unfinished: 1, written: false });
  });

  it('ends a process that has never made the service', async () => {
    const done: number[] = [];
    const stop = new GracefulStop({
      ...PATIENT,
      service: () => undefined,
      exit: (code) => done.push(code),
      writeLine: () => {},
    });
    await stop.stop('SIGINT');
    expect(done).toEqual([0]);
  });
});

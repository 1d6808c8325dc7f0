import { describe, expect, it } from 'vitest';
import { type BatchOutcome, WriteBehindQueue } from '../../src/store/write-behind-queue.ts';

interface Setup {
  readonly queue: WriteBehindQueue<number>;
  readonly batches: number[][];
  outcome: (batch: readonly number[]) => Promise<BatchOutcome<number>>;
  nowMs: number;
}

function setUp(maxQueued = 100, flushEveryMs: number | undefined = undefined): Setup {
  const setup = {
    batches: [] as number[][],
    outcome: async () => ({ failed: 0, retry: [] }),
    nowMs: 0,
  } as unknown as Setup & { queue: WriteBehindQueue<number> };
  const queue = new WriteBehindQueue<number>({
    write: (batch) => {
      setup.batches.push([...batch]);
      return setup.outcome(batch);
    },
    maxQueued,
    flushEveryMs,
    pauseMs: 5_000,
    now: () => setup.nowMs,
  });
  return Object.assign(setup, { queue });
}

describe('WriteBehindQueue', () => {
  it('writes in order what waits, in one batch', async () => {
    const { queue, batches } = setUp();
    queue.push([1, 2]);
    queue.push([3]);
    await queue.flush();
    await queue.flush();
    expect(batches).toEqual([[1, 2, 3]]);
    expect(queue.counts).toEqual({ queued: 0, written: 3, dropped: 0, failed: 0 });
  });

  it('resolves each flush only when everything pushed before it is written', async () => {
    const setup = setUp();
    const { queue } = setup;
    const done = new Set<number>();
    setup.outcome = async (batch) => {
      await new Promise((resolve) => setImmediate(resolve));
      for (const item of batch) done.add(item);
      return { failed: 0, retry: [] };
    };
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        for (let hops = 0; hops < i % 5; hops++) await Promise.resolve();
        queue.push([i]);
        await queue.flush();
        expect(done.has(i)).toBe(true);
      }),
    );
    expect(queue.counts.written).toBe(20);
  });

  it('drops what does not fit, counts it, and takes more once there is room', async () => {
    const { queue, batches } = setUp(3);
    queue.push([1, 2, 3, 4, 5]);
    expect(queue.counts).toMatchObject({ queued: 3, dropped: 2 });
    await queue.flush();
    queue.push([6]);
    await queue.close();
    expect(batches).toEqual([[1, 2, 3], [6]]);
  });

  it('keeps what an outage held back, without making anyone wait for it', async () => {
    const setup = setUp();
    const { queue, batches } = setup;
    setup.outcome = async (batch) => ({ failed: 1, retry: batch.slice(1) });
    queue.push([1, 2, 3]);
    await queue.flush();
    queue.push([4]);
    await queue.flush();
    expect(batches).toHaveLength(1);
    expect(queue.counts).toEqual({ queued: 3, written: 0, dropped: 0, failed: 1 });
    setup.nowMs = 5_000;
    setup.outcome = async () => ({ failed: 0, retry: [] });
    await queue.flush();
    expect(batches[1]).toEqual([2, 3, 4]);
    expect(queue.counts).toEqual({ queued: 0, written: 3, dropped: 0, failed: 1 });
  });

  it('tries once more on close, pause or not', async () => {
    const setup = setUp();
    setup.outcome = async (batch) => ({ failed: 0, retry: [...batch] });
    setup.queue.push([1]);
    await setup.queue.flush();
    setup.outcome = async () => ({ failed: 0, retry: [] });
    await setup.queue.close();
    expect(setup.queue.counts).toMatchObject({ queued: 0, written: 1 });
  });

  it('counts a batch that cannot be written at all, and goes on', async () => {
    const setup = setUp();
    setup.outcome = async () => {
      throw new RangeError('Invalid time value');
    };
    setup.queue.push([1, 2]);
    await setup.queue.flush();
    expect(setup.queue.counts).toEqual({ queued: 0, written: 0, dropped: 0, failed: 2 });
  });

  it('writes by itself after a while', async () => {
    const { queue } = setUp(10, 5);
    const alive = setInterval(() => {}, 50);
    queue.push([1]);
    await expect.poll(() => queue.counts.written).toBe(1);
    clearInterval(alive);
  });
});

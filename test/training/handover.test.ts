import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buffersOf, handOver, ReceivedJob, sendParts } from '../../src/training/runs/handover.ts';
import { fc } from '../support/fast-check.ts';

/** The job as it arrives behind a structured clone of everything that crosses, and the most that crossed at once. */
function handedOver(job: object): {
  readonly arrived: unknown;
  readonly most: { bytes: number; elements: number };
} {
  const { handed, parts } = handOver(job);
  const received = new ReceivedJob(structuredClone(handed));
  const most = { bytes: 0, elements: 0 };
  for (const { part, transfer } of parts()) {
    if (part.part instanceof Uint8Array) most.bytes = Math.max(most.bytes, part.part.length);
    else most.elements = Math.max(most.elements, part.part.length);
    received.take(structuredClone(part, { transfer: [...transfer] }));
  }
  expect(received.isWhole).toBe(true);
  return { arrived: received.job, most };
}

/** The same with a digest for bytes, which are dear to compare one by one. */
function digested(value: unknown): unknown {
  if (value instanceof Uint8Array) return createHash('sha1').update(value).digest('hex');
  if (Array.isArray(value)) return value.map(digested);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, digested(own)]));
}

describe('handOver', () => {
  it('brings any job across as it is, and leaves it to its owner', () => {
    const bytes = fc.integer({ min: 0, max: 3_000_000 }).map((n) => new Uint8Array(n).fill(n % 251));
    const list = fc.integer({ min: 0, max: 900 }).map((n) => Array.from({ length: n }, (_, i) => ({ i })));
    const leaf = fc.oneof(bytes, list, fc.string(), fc.constant(undefined));
    const job = fc.dictionary(fc.string(), fc.oneof(leaf, fc.dictionary(fc.string(), leaf)), { maxKeys: 5 });
    fc.assert(
      fc.property(job, (given) => {
        const before = digested(given);
        expect(digested(handedOver(given).arrived)).toEqual(before);
        expect(digested(given)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('sends at most a MiB and 250 elements at a time, and bytes that stand twice in a job once', () => {
    const dataset = new Uint8Array(40_000_000).fill(7);
    const traffic = Array.from({ length: 50_000 }, (_, i) => ({ alertKey: `k${i}` }));
    const job = { traffic, champions: { classifier: { dataset }, anomaly: { dataset } } };
    const { arrived, most } = handedOver(job);
    expect(most).toEqual({ bytes: 1_048_576, elements: 250 });
    expect(digested(arrived)).toEqual(digested(job));
    expect([...handOver(job).parts()]).toHaveLength(39 + 200);
  });

  it('takes a turn of the event loop between two parts, and stops where the thread has ended', async () => {
    const job = { samples: Array.from({ length: 2_000 }, (_, i) => i) };
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    let nSent = 0;
    await sendParts(
      handOver(job).parts(),
      () => nSent++,
      () => nSent === 5,
    );
    isDone = true;
    expect(nSent).toBe(5);
    expect(turns).toBeGreaterThanOrEqual(5);
  });
});

describe('buffersOf', () => {
  it('names whole buffers alone: a view of a shared one is copied', () => {
    const whole = new Float64Array(4);
    const shared = new Uint8Array(new ArrayBuffer(16), 4, 4);
    expect([...buffersOf({ a: whole, b: { c: shared, d: whole } })]).toEqual([whole.buffer]);
  });
});

import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_DELTA_BYTES } from '../../src/store/behavior-log.ts';
import { type ObservationBatch, PendingObservations } from '../../src/triage/state/observation-batch.ts';
import { UnpublishedDeltas } from '../../src/triage/state/unpublished-deltas.ts';
import { fc } from '../support/fast-check.ts';
import { seededUniform } from '../support/seeded-uniform.ts';

/** A batch of judgements and keys; names of random characters, which no compression makes smaller. */
function batchOf(nameLengths: readonly number[], nKeys: number): ObservationBatch {
  const pending = new PendingObservations();
  pending.isKept = true;
  const uniform = seededUniform(nameLengths.length + nKeys);
  nameLengths.forEach((length, nth) => {
    const name = Array.from({ length }, () => String.fromCharCode(0x4e00 + 20_000 * uniform())).join('');
    pending.judge(1, `${nth} ${name}`, { disposition: 'benign', analyst: 'eve', at: '2026-01-01' });
  });
  for (let nth = 0; nth < nKeys; nth++) pending.seen(`key ${nth}`);
  return pending.take();
}

const decoded = (bytes: Uint8Array): ObservationBatch =>
  JSON.parse(inflateRawSync(bytes).toString('utf8')) as ObservationBatch;

describe('UnpublishedDeltas', () => {
  it('tells the whole of a batch in its order, in deltas that fit into a row each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(5, 50, 30_000, 90_000), { maxLength: 8 }),
        fc.integer({ min: 0, max: 5_000 }),
        (nameLengths, nKeys) => {
          const deltas = new UnpublishedDeltas('a');
          const batch = batchOf(nameLengths, nKeys);
          deltas.add(batch);
          const told = [...deltas];
          for (const { bytes } of told) expect(bytes.length).toBeLessThanOrEqual(MAX_DELTA_BYTES);
          expect(told.map(({ seq }) => seq)).toEqual(told.map((_, nth) => nth));
          expect(told.flatMap(({ bytes }) => decoded(bytes).judged.map(({ id }) => id))).toEqual(
            batch.judged.map(({ id }) => id),
          );
          expect(told.flatMap(({ bytes }) => decoded(bytes).keys)).toEqual(batch.keys);
          expect(deltas.takeLeftOut()).toBe(0);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('says what is too large for a row by itself, or came when too much was waiting, and tells the rest', () => {
    const deltas = new UnpublishedDeltas('a', 1_000);
    const tooLarge = deltas.add(batchOf([200_000, 10], 1));
    expect(tooLarge.flatMap(({ batch }) => batch.judged)).toHaveLength(2);
    expect([...deltas]).toHaveLength(1);
    expect(deltas.takeLeftOut()).toBe(1);
    const n = deltas.add(batchOf([1_000], 0)).filter(({ delta }) => delta !== undefined).length;
    expect(n).toBe(0);
    expect(deltas.takeLeftOut()).toBe(1);
    deltas.dropOldest();
    expect(deltas.oldest).toBeUndefined();
    deltas.add(batchOf([100], 0));
    expect(deltas.oldest?.seq).toBe(1);
    expect(deltas.takeLeftOut()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { BatchText } from '../../src/api/predict/batch-text.ts';
import type { WireBatchResult } from '../../src/api/predict/verdict.ts';
import { fc } from '../support/fast-check.ts';

describe('BatchText', () => {
  it('is the JSON of all results in the order of their index, whatever the order they came in', () => {
    // some longer than the room that a result is given at first
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 4_000, minLength: 3_000 }),
    );
    const one = fc.record({ code: text, reason: text });
    fc.assert(
      fc.property(fc.array(fc.tuple(one, fc.integer()), { maxLength: 30 }), (drawn) => {
        const results: WireBatchResult['results'] = drawn.map(([skipped], index) => ({ index, skipped }));
        const answer = new BatchText(results.length);
        const order = [...results].sort((a, b) => drawn[a.index]![1] - drawn[b.index]![1]);
        for (const result of order) answer.set(result);
        expect(Buffer.from(answer.bytes()).toString()).toBe(JSON.stringify({ results }));
      }),
    );
  });

  it('has null where nothing was set', () => {
    const answer = new BatchText(3);
    answer.set({ index: 1, skipped: { code: 'heartbeat', reason: 'é' } });
    expect(Buffer.from(answer.bytes()).toString()).toBe(
      '{"results":[null,{"index":1,"skipped":{"code":"heartbeat","reason":"é"}},null]}',
    );
  });

  it('keeps the last result of an index', () => {
    const answer = new BatchText(1);
    answer.set({ index: 0, skipped: { code: 'heartbeat', reason: 'first' } });
    answer.set({ index: 0, skipped: { code: 'heartbeat', reason: 'then' } });
    const { results }: WireBatchResult = JSON.parse(Buffer.from(answer.bytes()).toString());
    expect(results).toEqual([{ index: 0, skipped: { code: 'heartbeat', reason: 'then' } }]);
  });
});

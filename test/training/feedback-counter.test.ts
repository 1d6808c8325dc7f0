import { describe, expect, it } from 'vitest';
import { FeedbackCounter } from '../../src/training/feedback/feedback-counter.ts';
import { fc } from '../support/fast-check.ts';

describe('FeedbackCounter', () => {
  it('counts at the first feedback, then rests and leaves one reminder', () => {
    const counter = new FeedbackCounter({ retrainAfter: 100 });
    expect(counter.onAccepted(1, 0)).toBe('count');
    expect(counter.onCounted(1, counter.onCounting(), 0)).toBe(false);
    expect(counter.onAccepted(1, 1_000)).toBe('remind');
    counter.onReminded(1_000);
    expect(counter.onAccepted(1, 2_000)).toBe('wait');
    expect(counter.estimate).toBe(3);
    expect(counter.onAccepted(1, 30_000)).toBe('count');
  });

  it('counts at once when the last count plus what came since reaches the mark', () => {
    const counter = new FeedbackCounter({ retrainAfter: 100 });
    counter.onAccepted(60, 0);
    expect(counter.onCounted(60, counter.onCounting(), 0)).toBe(false);
    expect(counter.onAccepted(39, 1)).toBe('remind');
    expect(counter.onAccepted(1, 2)).toBe('count');
    expect(counter.onCounted(100, counter.onCounting(), 2)).toBe(true);
    counter.onRequested(2);
    // the request is out: the next feedbacks do not ask again
    expect(counter.onAccepted(1, 3)).toBe('remind');
    expect(counter.onCounted(101, counter.onCounting(), 4)).toBe(false);
    expect(counter.onCounted(101, counter.onCounting(), 30_002)).toBe(true);
  });

  it('forgets nothing that is accepted while the store counts, whichever of two counts ends first', () => {
    const counter = new FeedbackCounter({ retrainAfter: 100 });
    expect(counter.onAccepted(1, 0)).toBe('count');
    const first = counter.onCounting();
    expect(counter.onAccepted(40, 1)).toBe('count');
    const second = counter.onCounting();
    counter.onAccepted(40, 2);
    expect(counter.onCounted(41, second, 3)).toBe(false);
    expect(counter.estimate).toBe(81);
    expect(counter.onCounted(1, first, 4)).toBe(false);
    expect(counter.estimate).toBe(81);
    expect(counter.onAccepted(19, 5)).toBe('count');
  });

  it('ignores duplicates and refuses a mark below 1', () => {
    expect(new FeedbackCounter({ retrainAfter: 5 }).onAccepted(0, 0)).toBe('wait');
    expect(() => new FeedbackCounter({ retrainAfter: 0 })).toThrow('Expected `retrainAfter` >= 1, got 0.');
  });

  it('never forgets: whatever is accepted is counted at once, or a reminder is due within the rest', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ n: fc.integer({ min: 1, max: 40 }), afterMs: fc.integer({ min: 0, max: 20_000 }) }),
          {
            minLength: 1,
            maxLength: 60,
          },
        ),
        (events) => {
          const counter = new FeedbackCounter({ retrainAfter: 100 });
          let nowMs = 0;
          let pending = 0;
          let reminderDueMs = Number.NEGATIVE_INFINITY;
          for (const { n, afterMs } of events) {
            nowMs += afterMs;
            pending += n;
            const advice = counter.onAccepted(n, nowMs);
            if (advice === 'count') {
              if (counter.onCounted(pending, counter.onCounting(), nowMs)) {
                counter.onRequested(nowMs);
                pending = 0;
              }
            } else if (advice === 'remind') {
              counter.onReminded(nowMs);
              reminderDueMs = nowMs + 1000 * counter.remindAfterSeconds;
            }
            if (advice === 'wait') expect(reminderDueMs).toBeGreaterThanOrEqual(nowMs);
          }
        },
      ),
    );
  });
});

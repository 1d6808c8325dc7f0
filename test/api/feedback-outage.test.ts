import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { answerFeedback, type FeedbackServiceDeps } from '../../src/api/feedback/feedback-service.ts';
import { readConfig } from '../../src/config.ts';
import { AlertforestError } from '../../src/errors.ts';
import { jsonBody } from '../../src/reading/body-bytes.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { createBase } from '../../src/wiring/base.ts';
import { createFeeding } from '../../src/wiring/feeding.ts';
import { minute, snapshotOf } from '../support/judged-alerts.ts';

const SENDER = { name: undefined, verified: false };
/** Items that are taken side by side. */
const AT_ONCE = 16;

describe('many judgements while storage goes away', () => {
  it('fail as a whole at the first timeout, and name what was stored', async () => {
    const feedback = new MemoryFeedbackStore();
    const take = feedback.take.bind(feedback);
    let nTaken = 0;
    feedback.take = async (...args) => {
      if (++nTaken <= 5) return take(...args);
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot write: no answer in time.', {
        retryAfterSeconds: 5,
      });
    };
    const deps = {
      feedback,
      predictions: new MemoryPredictionLog({ mode: 'wait', now: () => 0 }),
      snapshotOf: ({ id, source }: Alert) => snapshotOf(id, { source }),
      now: () => Date.parse(minute(59)),
      normalize: (payload: unknown) => ({
        alert: {
          ...{ title: 't', source: 'xdr', severity: 'high', occurred_at: minute(0) },
          ...{ tactics: [], techniques: [], entities: [] },
          id: (payload as { id: string }).id,
        },
        closing: { outcome: 'benign', by: 'person', analyst: 'ana', raw: 'w', memberAlertIds: [] },
        record: { isIncident: false },
      }),
      maxItems: 1_000,
      maxAlertBytes: 1 << 20,
      retrainAfter: 100,
      takeQuota: () => 0,
      spendQuota: () => {},
      noteJudged: async () => ({ pending: 0, queued: false }),
    } as unknown as FeedbackServiceDeps;
    const items = Array.from({ length: 400 }, (_, i) => ({ id: `a${i}` }));
    const error = await answerFeedback(
      jsonBody(items),
      SENDER,
      { requestId: 'r', debugMapping: false },
      deps,
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryAfterSeconds: 5,
      message: expect.stringContaining('5 of 400 judgements were stored; sending all again is safe.'),
      details: { stored: [0, 1, 2, 3, 4] },
    });
    // those that were under way when it went, and no other round
    expect(nTaken).toBeLessThanOrEqual(5 + AT_ONCE);
  });
});

describe('the quota of feedback', () => {
  it.each([
    ['ten minutes', 600_000],
    ['a day', 86_400_000],
  ])('does not care for a clock that is set back by %s', (_, backMs) => {
    let [nowMs, elapsedMs] = [Date.UTC(2026, 2, 1), 0];
    const settings = readConfig({
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      FEEDBACK_RATE_PER_MINUTE: '60',
    });
    const { takeQuota } = createFeeding(createBase(settings, { now: () => nowMs, elapsed: () => elapsedMs }));
    expect(takeQuota(SENDER, 60)).toBe(0);
    nowMs -= backMs;
    elapsedMs += 60_000;
    expect(takeQuota(SENDER, 60)).toBe(0);
    expect(takeQuota(SENDER, 30)).toBe(30);
  });
});

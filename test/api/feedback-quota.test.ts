import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { answerFeedback, type FeedbackServiceDeps } from '../../src/api/feedback/feedback-service.ts';
import { Quota } from '../../src/api/quota.ts';
import { jsonBody } from '../../src/reading/body-bytes.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { MAX_MEMBERS } from '../../src/training/feedback/incident-members.ts';
import type { ReadRecord } from '../../src/training/feedback/read-item.ts';
import { minute, snapshotOf } from '../support/judged-alerts.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

const SENDER = { name: undefined, verified: false };
const PER_MINUTE = 2_500;

interface Posted {
  readonly id: string;
  readonly members?: readonly string[];
  readonly group?: string;
}

/** A closed incident as the vendors' readers give it. */
const read = ({ id, members = [], group }: Posted): ReadRecord => ({
  alert: {
    id,
    title: id,
    source: 'xdr',
    severity: 'high',
    occurred_at: minute(0),
    tactics: [],
    techniques: [],
    entities: [],
    ...(group === undefined ? {} : { incident_id: group }),
  },
  closing: { outcome: 'benign', by: 'person', analyst: 'ana', raw: 'w', memberAlertIds: members },
  record: { isIncident: true },
});

/** A service whose storage counts look-ups of members, and whose clock stands still until it is moved. */
function world() {
  const feedback = new MemoryFeedbackStore();
  let nowMs = Date.parse(minute(59));
  const predictions = new MemoryPredictionLog({ mode: 'wait', now: () => nowMs });
  const quota = new Quota(PER_MINUTE, () => nowMs);
  let nLookedUp = 0;
  const findByAlertId = feedback.findByAlertId.bind(feedback);
  feedback.findByAlertId = (id) => {
    nLookedUp++;
    return findByAlertId(id);
  };
  const deps = {
    feedback,
    predictions,
    snapshotOf: ({ id, source }: Alert) => snapshotOf(id, { source }),
    now: () => nowMs,
    normalize: (payload: unknown) => read(payload as Posted),
    maxItems: 1_000,
    maxAlertBytes: 1 << 20,
    retrainAfter: 100,
    takeQuota: (_: unknown, n: number) => quota.take('', n),
    spendQuota: (_: unknown, n: number) => quota.spend('', n),
    noteJudged: async () => ({ pending: 0, queued: false }),
  } satisfies FeedbackServiceDeps;
  return {
    predictions,
    wait: (ms: number) => {
      nowMs += ms;
    },
    lookedUp: () => nLookedUp,
    post: (...items: readonly Posted[]) =>
      answerFeedback(jsonBody(items), SENDER, { requestId: 'r', debugMapping: false }, deps),
  };
}

const ids = (prefix: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${prefix}${i}`);

describe('the quota of feedback', () => {
  it('buys one alert that is looked up for each token, named members included', async () => {
    const { post, lookedUp } = world();
    await post({ id: 'a', members: ids('a', 1_000) }, { id: 'b', members: ids('b', 1_000) });
    expect(lookedUp()).toBe(2_000);
    // 2,002 of 2,500 are spent: a third incident of this size has to wait, and nothing of it is looked up
    await expect(post({ id: 'c', members: ids('c', 1_000) })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(lookedUp()).toBe(2_000);
    // what was refused was not paid for
    await post({ id: 'd', members: ids('d', 400) });
    expect(lookedUp()).toBe(2_400);
  });

  it('takes after the wait it names what it refused before, whatever the size', async () => {
    const { post, wait, lookedUp } = world();
    const large = ids('i', 1_000).map((id) => ({ id, members: ids(id, 20) }));
    await post({ id: 'first' });
    const refused = (await post(...large).catch((error: unknown) => error)) as { retryAfterSeconds: number };
    expect(lookedUp()).toBe(0);
    wait(refused.retryAfterSeconds * 1_000);
    await post(...large);
    expect(lookedUp()).toBe(20_000);
    // 21,000 units at 2,500 a minute: paid for afterwards
    await expect(post({ id: 'next' })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    wait(7 * 60_000);
    await expect(post({ id: 'next' })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    wait(60_000);
    await post({ id: 'next' });
  });

  it('owes for members that only storage knew of', async () => {
    const { post, predictions } = world();
    const group = read({ id: 'incident', group: 'g' });
    const { alertGroup } = await import('../../src/alert/alert.ts');
    const of = alertGroup(group.alert);
    await predictions.append(
      ids('m', 500).map((id) =>
        entryOf(id, { snapshot: snapshotOf(id, { source: 'edr', group: of }), scoredAt: minute(1) }),
      ),
    );
    const { body } = await post({ id: 'incident', group: 'g' });
    expect(body.results?.[0]).toMatchObject({ members: 500 });
    // 501 are spent, though one was asked for
    await post(...ids('x', 1_000).map((id) => ({ id })));
    await expect(post(...ids('y', 1_000).map((id) => ({ id })))).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  it('looks up a bounded number of members and says how many were left out', async () => {
    const { post, lookedUp } = world();
    const { body } = await post({ id: 'a', members: ids('a', MAX_MEMBERS + 7) });
    expect(lookedUp()).toBe(MAX_MEMBERS);
    expect(body.results?.[0]?.warnings).toEqual([`7 members beyond the first ${MAX_MEMBERS} were left out`]);
  });
});

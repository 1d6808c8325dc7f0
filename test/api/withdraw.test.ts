import { describe, expect, it } from 'vitest';
import type { FeedbackServiceDeps } from '../../src/api/feedback/feedback-service.ts';
import { withdrawFeedback } from '../../src/api/feedback/withdraw-feedback.ts';
import { IncidentService, type IncidentServiceDeps } from '../../src/api/incidents/incident-service.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { Group } from '../../src/triage/correlation/group.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';

const CLAIMED = { name: undefined, verified: false };
const store = () => new MemoryFeedbackStore();

function feedingOf(feedback: MemoryFeedbackStore) {
  const noted: number[] = [];
  const feeding = {
    feedback,
    now: () => Date.parse(minute(20)),
    takeQuota: () => 0,
    noteJudged: async (n: number) => {
      noted.push(n);
      return { pending: 1, queued: false };
    },
  } as unknown as FeedbackServiceDeps;
  return { feeding, noted };
}

describe('withdrawFeedback', () => {
  it('answers what was taken back and what stands before and after', async () => {
    const feedback = store();
    const { feeding, noted } = feedingOf(feedback);
    const { alertKey } = snapshotOf('a');
    await feedback.submit(snapshotOf('a'), voteOf('ana', 'benign'));
    await feedback.submit(snapshotOf('a'), voteOf('ben', 'true_positive', { at: minute(1), risk_score: 80 }));
    expect(await withdrawFeedback(alertKey, 'ben', CLAIMED, feeding)).toEqual({
      alert_key: alertKey,
      analyst: 'ben',
      withdrawn: { disposition: 'true_positive', risk_score: 80, at: minute(1) },
      before: { label: 'true_positive', weight: 0.5 },
      after: { label: 'benign', weight: 1 },
      pending: 1,
      retrain_queued: false,
    });
    expect(noted).toEqual([1]);
    const last = await withdrawFeedback(alertKey, 'ana', CLAIMED, feeding);
    expect(last.after).toEqual({ label: null, weight: null });
  });

  it('says which alert or analyst is not known, and takes the name of a signed-in analyst', async () => {
    const feedback = store();
    const { feeding } = feedingOf(feedback);
    const { alertKey } = snapshotOf('a');
    await feedback.submit(snapshotOf('a'), voteOf('ana', 'benign'));
    await expect(withdrawFeedback('0'.repeat(32), 'ana', CLAIMED, feeding)).rejects.toMatchObject({
      code: 'ALERT_UNKNOWN',
    });
    await expect(withdrawFeedback('a?', 'ana', CLAIMED, feeding)).rejects.toMatchObject({
      code: 'ALERT_UNKNOWN',
    });
    await expect(withdrawFeedback(alertKey, 'ben', CLAIMED, feeding)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const signedIn = { name: 'ben', verified: true };
    await expect(withdrawFeedback(alertKey, 'ana', signedIn, feeding)).rejects.toThrow(/No vote of ben/);
  });
});

describe('IncidentService.withdraw', () => {
  it('takes back the votes that came with the judgement, and leaves those on a member alone', async () => {
    const feedback = store();
    const { feeding, noted } = feedingOf(feedback);
    const group = new Group({ cell: 1, kind: 0, key: 1 }, 'g-1');
    const ids = ['m-1', 'm-2', 'm-3'];
    for (const [at, id] of ids.entries()) {
      const { alertKey } = snapshotOf(id);
      const alert = { alertKey, atS: at, strength: 1, ruleName: 'r', title: 't', rule: 1, tactics: [] };
      group.add({ ...alert, entities: [], entityNames: [], isWarmingUp: false }, []);
      await feedback.submit(
        snapshotOf(id),
        voteOf('ana', 'benign', at === 2 ? {} : { comment: 'incident g-1' }),
      );
    }
    group.judge({ disposition: 'benign', analyst: 'ana', at: minute(1) });
    const triage = {
      incident: (id: string) => (id === 'g-1' ? { tenant: 1, group } : undefined),
      judge: (_: number, __: string, judgement: Parameters<Group['judge']>[0]) => group.judge(judgement),
    } as unknown as IncidentServiceDeps['triage'];
    const service = new IncidentService({ triage, feeding, now: feeding.now });

    await expect(service.withdraw('g-1', 'ben', CLAIMED)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.withdraw('g-1', 'ana', CLAIMED)).toMatchObject({
      withdrawn: 2,
      before: { disposition: 'benign', analyst: 'ana', at: minute(1) },
      after: null,
    });
    expect(noted).toEqual([1]);
    expect(service.get('g-1')).toMatchObject({ state: 'open', judged: null });
    const left = await Promise.all(ids.map((id) => feedback.get(snapshotOf(id).alertKey)));
    expect(left.map((sample) => sample?.votes.length ?? 0)).toEqual([0, 0, 1]);
    await expect(service.withdraw('g-1', 'ana', CLAIMED)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

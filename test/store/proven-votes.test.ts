import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import { effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import { recordVote } from '../../src/alert/record-state.ts';
import { MAX_VOTES_PER_ALERT } from '../../src/store/feedback-change.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { fc } from '../support/fast-check.ts';
import { minute, snapshotOf } from '../support/judged-alerts.ts';

const ALERT = snapshotOf('a');
const FORMER = snapshotOf('former');
const TO = {
  alertKey: ALERT.alertKey,
  alertId: ALERT.alertId,
  tenant: undefined,
  source: ALERT.source,
  alias: ALERT.alertId,
};

type Step =
  | {
      readonly do: 'vote';
      readonly on: 'alert' | 'former';
      readonly analyst: string;
      readonly disposition: Disposition;
      readonly isProven: boolean;
      readonly whole: string | undefined;
    }
  | { readonly do: 'withdraw'; readonly analyst: string; readonly isProven: boolean }
  | { readonly do: 'record'; readonly disposition: Disposition | undefined }
  | { readonly do: 'move' };

const analyst = fc.constantFrom('ann', 'ben', 'cleo');
const disposition = fc.constantFrom(...DISPOSITIONS);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('vote' as const),
        on: fc.constantFrom('alert' as const, 'former' as const),
        analyst,
        disposition,
        isProven: fc.boolean(),
        whole: fc.constantFrom(undefined, 'incident-1'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('withdraw' as const), analyst, isProven: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('record' as const),
        disposition: fc.option(disposition, { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'move' as const }) },
  ),
  { minLength: 2, maxLength: 20 },
);

const voteOf = (step: Extract<Step, { do: 'vote' }>, at: number): Vote => ({
  analyst: step.analyst,
  disposition: step.disposition,
  at: minute(at),
  verified: step.isProven,
  from: 'person',
  ...(step.whole === undefined ? {} : { whole: step.whole }),
});

describe('votes that are proven', () => {
  it('teach as if no claim had ever been made, whatever is voted, taken back, closed and moved', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const store = new MemoryFeedbackStore();
        // what proven callers said, alone, by the key it was said under
        const proven = { alert: new Map<string, Vote>(), former: new Map<string, Vote>() };
        let hasMoved = false;
        for (const [at, step] of all.entries()) {
          if (step.do === 'vote') {
            const on = hasMoved ? 'alert' : step.on;
            const vote = voteOf(step, at);
            await store.submit(on === 'alert' ? ALERT : FORMER, vote);
            if (!step.isProven) continue;
            const known = proven[on].get(vote.analyst);
            if (known?.disposition !== vote.disposition) proven[on].set(vote.analyst, vote);
          } else if (step.do === 'withdraw') {
            const { analyst, isProven } = step;
            const taken = await store.withdraw(ALERT.alertKey, {
              analyst,
              verified: isProven,
              at: minute(at),
            });
            if (isProven && taken !== undefined) proven.alert.delete(analyst);
          } else if (step.do === 'record') {
            const state = {
              ...{ id: ALERT.alertKey, of: 'alert' as const, at: minute(at), receivedAt: minute(at) },
              ...{ isClosed: step.disposition !== undefined, analyst: 'ticket', verified: false },
              ...(step.disposition === undefined ? {} : { disposition: step.disposition }),
            };
            await store.take(ALERT.alertKey, { state, isDated: true }, async () => ({
              snapshot: ALERT,
              seen: undefined as never,
            }));
          } else if (!hasMoved && (await store.move(FORMER.alertKey, TO, minute(at)))) {
            hasMoved = true;
            for (const [name, vote] of proven.former) {
              const known = proven.alert.get(name);
              if (known === undefined || known.at <= vote.at) proven.alert.set(name, vote);
            }
          }
          const standing = await store.standing(ALERT.alertKey);
          const votes = [...proven.alert.values()];
          if (votes.length === 0) continue;
          const ofRecord = recordVote(standing!.records);
          const wanted = effectiveJudgement(ofRecord === undefined ? votes : [...votes, ofRecord]);
          const { effective } = standing!.sample!;
          expect([effective.disposition, effective.agreement]).toEqual([
            wanted.disposition,
            wanted.agreement,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  const claim = (name: string, at: number): Vote => ({
    analyst: name,
    disposition: 'benign',
    at: minute(at),
    verified: false,
    from: 'person',
  });
  const word = (name: string, at: number): Vote => ({
    ...claim(name, at),
    disposition: 'true_positive',
    verified: true,
  });

  it('stand under their name: a later claim under it is superseded, taking it back changes nothing', async () => {
    const store = new MemoryFeedbackStore();
    await store.submit(ALERT, word('ann', 1));
    expect((await store.submit(ALERT, claim('ann', 2))).status).toBe('superseded');
    const withdrawal = { analyst: 'ann', verified: false, at: minute(3) };
    expect((await store.withdraw(ALERT.alertKey, withdrawal))?.status).toBe('duplicate');
    expect((await store.get(ALERT.alertKey))?.effective.disposition).toBe('true_positive');
  });

  it('take the place of a claim under their name, also where both say the same', async () => {
    const store = new MemoryFeedbackStore();
    await store.submit(ALERT, { ...claim('ann', 1), disposition: 'true_positive' });
    expect((await store.submit(ALERT, word('ann', 2))).status).toBe('revised');
    expect((await store.get(ALERT.alertKey))?.votes).toEqual([word('ann', 2)]);
  });

  it('find room on an alert that is full of claims, claims do not', async () => {
    const store = new MemoryFeedbackStore();
    for (let i = 0; i < MAX_VOTES_PER_ALERT; i++) await store.submit(ALERT, claim(`name ${i}`, i));
    await expect(store.submit(ALERT, claim('one more', 200))).rejects.toThrow('most votes it can hold');
    expect((await store.submit(ALERT, word('ann', 201))).status).toBe('accepted');
    const { votes, effective } = (await store.get(ALERT.alertKey))!;
    expect(votes).toHaveLength(MAX_VOTES_PER_ALERT);
    expect(votes.some(({ analyst }) => analyst === 'name 0')).toBe(false);
    expect(effective).toMatchObject({ disposition: 'true_positive', agreement: 1 });
  });
});

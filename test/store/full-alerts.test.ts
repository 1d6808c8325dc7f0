import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import type { Vote } from '../../src/alert/judgement.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { MAX_VOTES_PER_ALERT } from '../../src/store/feedback-change.ts';
import { firstSeen } from '../../src/store/feedback-history.ts';
import type { FullAlerts } from '../../src/store/feedback-store.ts';
import { fakeTable } from '../support/fake-table.ts';
import { fc } from '../support/fast-check.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';

const ALERT = snapshotOf('crowded');

function storeOf() {
  const table = fakeTable();
  const counts = { reads: 0 };
  const read = table.getEntity.bind(table);
  table.getEntity = ((...args: Parameters<typeof read>) => {
    counts.reads++;
    return read(...args);
  }) as typeof read;
  let nIds = 0;
  return { store: new TableFeedbackStore(table, {}, () => `id-${++nIds}`), table, counts };
}

const castAt = (analyst: string, nth: number, more: Partial<Vote> = {}): Vote =>
  voteOf(analyst, 'benign', { at: minute(nth), from: 'person', ...more });

async function take(store: TableFeedbackStore, vote: Vote, full?: FullAlerts): Promise<string> {
  const hint = { identity: ALERT, isLikelyNew: false, full };
  try {
    return (await store.take(ALERT.alertKey, { vote }, firstSeen(ALERT), hint)).status;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('votes of one request on an alert that is full', () => {
  it('are refused by one look at storage, whoever else they come from', async () => {
    const { store, counts } = storeOf();
    for (let i = 0; i < MAX_VOTES_PER_ALERT; i++) await take(store, castAt(`analyst-${i}`, i));
    const full: FullAlerts = new Map();
    counts.reads = 0;
    for (let i = 0; i < 50; i++)
      expect(await take(store, castAt(`late-${i}`, i), full)).toContain('already carries the most votes');
    expect(counts.reads).toBe(1);
    // the next request looks anew
    await take(store, castAt('late', 1), new Map());
    expect(counts.reads).toBe(2);
  });

  it('are taken again once another word of the request has made room', async () => {
    const { store } = storeOf();
    // an older build kept the closing of a record as its owner's vote
    await store.submit(ALERT, voteOf('owner', 'benign'));
    for (let i = 1; i < MAX_VOTES_PER_ALERT; i++) await take(store, castAt(`analyst-${i}`, i));
    const full: FullAlerts = new Map();
    expect(await take(store, castAt('late', 1), full)).toContain('already carries the most votes');
    const state = {
      ...{
        id: ALERT.alertKey,
        of: 'alert' as const,
        at: minute(500),
        isClosed: true,
        disposition: 'benign' as const,
      },
      ...{ analyst: 'owner', verified: false, receivedAt: minute(501) },
    };
    const hint = { identity: ALERT, isLikelyNew: false, full };
    await store.take(ALERT.alertKey, { state, isDated: true }, firstSeen(ALERT), hint);
    expect(await take(store, castAt('late', 2), full)).toBe('accepted');
  });

  it('end as without what the request remembers', async () => {
    const votes = fc.array(
      fc.record({
        analyst: fc.integer({ min: MAX_VOTES_PER_ALERT - 4, max: MAX_VOTES_PER_ALERT + 3 }),
        disposition: fc.constantFrom(...DISPOSITIONS),
        verified: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(votes, async (drawn) => {
        const [one, other] = [storeOf(), storeOf()];
        for (let i = 0; i < MAX_VOTES_PER_ALERT - 2; i++) {
          const vote = castAt(`analyst-${i}`, i, { verified: i < MAX_VOTES_PER_ALERT - 3 });
          await Promise.all([take(one.store, vote), take(other.store, vote)]);
        }
        const full: FullAlerts = new Map();
        for (const [nth, { analyst, ...more }] of drawn.entries()) {
          const vote = castAt(`analyst-${analyst}`, 200 + nth, more);
          expect(await take(one.store, vote, full)).toBe(await take(other.store, vote));
        }
        expect(await one.store.get(ALERT.alertKey)).toEqual(await other.store.get(ALERT.alertKey));
      }),
      { numRuns: 20 },
    );
  });
});

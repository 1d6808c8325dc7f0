import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import { effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import { hasCode } from '../../src/errors.ts';
import type { FeedbackStore, SubmitStatus } from '../../src/store/feedback-store.ts';
import { fc } from './fast-check.ts';
import { minute, snapshotOf, voteOf } from './judged-alerts.ts';

/** One thing a caller does. `alert` is an index; a caller is one analyst, or an operator where it rules. */
type Step =
  | {
      readonly does: 'vote';
      readonly alert: number;
      readonly disposition: Disposition;
      readonly risk: number | undefined;
    }
  | { readonly does: 'rule'; readonly alert: number; readonly action: 'confirm' | 'reject' }
  | { readonly does: 'consume' };

const N_ALERTS = 4;
const alert = fc.nat({ max: N_ALERTS - 1 });
const vote = fc.record({
  does: fc.constant('vote' as const),
  alert,
  disposition: fc.constantFrom(...DISPOSITIONS),
  risk: fc.constantFrom(undefined, 10, 90),
});
const ruling = fc.record({
  does: fc.constant('rule' as const),
  alert,
  action: fc.constantFrom('confirm' as const, 'reject' as const),
});
const consume = fc.constant({ does: 'consume' } as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 7, arbitrary: vote },
  { weight: 1, arbitrary: ruling },
  { weight: 2, arbitrary: consume },
);

/** What must be true of one alert, kept in the plainest way. */
interface Expected {
  readonly votes: Map<string, Vote>;
  ruling: string | undefined;
  nEntries: number;
  rev: number;
  isPending: boolean;
}

const lessonOf = (expected: Expected): string => {
  if (expected.votes.size === 0) return '';
  const { disposition, riskScore, agreement } = effectiveJudgement([...expected.votes.values()]);
  return JSON.stringify([disposition, riskScore, agreement]);
};

/** Records what `vote` or ruling should do to an alert, and what the store should answer. */
function answerOf(
  expected: Expected,
  change: () => SubmitStatus,
): { status: SubmitStatus; pending: boolean } {
  const [lesson, said] = [lessonOf(expected), expected.ruling];
  const status = change();
  if (status === 'duplicate') return { status, pending: false };
  const pending = lessonOf(expected) !== lesson || expected.ruling !== said;
  expected.nEntries += 1;
  if (pending) {
    expected.rev += 1;
    expected.isPending = true;
  }
  return { status, pending };
}

function castVote(expected: Expected, vote: Vote): SubmitStatus {
  const earlier = expected.votes.get(vote.analyst);
  if (earlier?.disposition === vote.disposition && earlier.risk_score === vote.risk_score) return 'duplicate';
  expected.votes.set(vote.analyst, vote);
  return earlier === undefined ? 'accepted' : 'revised';
}

/** Keeps asking as a caller would that was told to come back; an outage must not change what is true in the end. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, 'STORE_UNAVAILABLE')) throw error;
    }
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export interface FeedbackPropertyOptions {
  open(): Promise<FeedbackStore>;
  readonly numRuns: number;
  /** Whether a call may fail for good after it has taken effect: then its repetition is a duplicate, and only that. */
  readonly givesUp?: boolean;
}

/** Random callers against {@link FeedbackStore}: one at a time against a model, and many at once. */
export function feedbackProperties(
  name: string,
  { open, numRuns, givesUp = false }: FeedbackPropertyOptions,
): void {
  describe(`${name} under random callers`, () => {
    const exactly = givesUp ? undefined : it;
    exactly?.('answers each step of a random sequence as a plain model does', async () => {
      const steps = fc.array(fc.tuple(step, fc.constantFrom('ana', 'ben', 'cem')), {
        minLength: 5,
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const store = await open();
          const snapshots = Array.from({ length: N_ALERTS }, (_, i) => snapshotOf(`alert-${i}`));
          const model = snapshots.map(
            (): Expected => ({ votes: new Map(), ruling: undefined, nEntries: 0, rev: 0, isPending: false }),
          );
          for (const [nth, [action, analyst]] of sequence.entries()) {
            if (action.does === 'consume') {
              await store.consume(await store.listPending());
              for (const expected of model) expected.isPending = false;
            } else {
              const snapshot = snapshots[action.alert]!;
              const expected = model[action.alert]!;
              if (action.does === 'vote') {
                const cast = voteOf(analyst, action.disposition, {
                  risk_score: action.risk,
                  at: minute(nth),
                });
                const outcome = answerOf(expected, () => castVote(expected, cast));
                expect(await store.submit(snapshot, cast)).toMatchObject({ ...outcome, rev: expected.rev });
              } else if (expected.rev === 0) {
                const said = { action: action.action, by: 'op', why: undefined, at: minute(nth) };
                expect(await store.rule(snapshot.alertKey, said)).toBeUndefined();
              } else {
                const outcome = answerOf(expected, () => {
                  const earlier = expected.ruling;
                  expected.ruling = action.action;
                  return earlier === action.action
                    ? 'duplicate'
                    : earlier === undefined
                      ? 'accepted'
                      : 'revised';
                });
                const said = { action: action.action, by: 'op', why: undefined, at: minute(nth) };
                expect(await store.rule(snapshot.alertKey, said)).toMatchObject({
                  ...outcome,
                  rev: expected.rev,
                });
              }
            }
            if (nth % 4 > 0) continue;
            expect(await store.countPending()).toBe(model.filter(({ isPending }) => isPending).length);
          }
          for (const [i, expected] of model.entries()) {
            const { alertKey } = snapshots[i]!;
            const sample = await store.get(alertKey);
            expect(sample?.rev ?? 0).toBe(expected.rev);
            expect(new Map(sample?.votes.map((cast) => [cast.analyst, cast]))).toEqual(expected.votes);
            expect(sample?.ruling?.action).toBe(expected.ruling);
            expect(await store.history(alertKey)).toHaveLength(expected.nEntries);
          }
        }),
        { numRuns },
      );
    });

    it('loses nothing, doubles nothing and stays countable with many callers and a consumer at once', async () => {
      const callers = fc.array(fc.array(vote, { minLength: 1, maxLength: 8 }), {
        minLength: 2,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(callers, fc.nat({ max: 6 }), async (sequences, nConsumptions) => {
          const store = await open();
          const snapshots = Array.from({ length: N_ALERTS }, (_, i) => snapshotOf(`alert-${i}`));
          const consumed = new Map<string, number>();
          const last = new Map<string, Vote>();
          const tally: Record<string, number> = { accepted: 0, revised: 0, duplicate: 0 };
          let expectedRevised = 0;

          const call = async (
            analyst: string,
            votes: readonly (Step & { does: 'vote' })[],
          ): Promise<void> => {
            for (const [nth, { alert: index, disposition, risk }] of votes.entries()) {
              const cast = voteOf(analyst, disposition, { risk_score: risk, at: minute(nth) });
              const place = `${index}|${analyst}`;
              const earlier = last.get(place);
              const isSame = earlier?.disposition === disposition && earlier.risk_score === risk;
              if (earlier !== undefined && !isSame) expectedRevised += 1;
              if (!isSame) last.set(place, cast);
              const { status } = await insist(() => store.submit(snapshots[index]!, cast));
              tally[status] = (tally[status] ?? 0) + 1;
            }
          };
          const consumeSome = async (): Promise<void> => {
            for (let n = 0; n < nConsumptions; n++) {
              const pending = await insist(() => store.listPending());
              await insist(() => store.consume(pending));
              for (const { alertKey, rev } of pending)
                consumed.set(alertKey, Math.max(rev, consumed.get(alertKey) ?? 0));
            }
          };
          await Promise.all([...sequences.map((votes, i) => call(`analyst ${i}`, votes)), consumeSome()]);

          const nSteps = sequences.reduce((sum, votes) => sum + votes.length, 0);
          if (!givesUp) expect(tally).toMatchObject({ accepted: last.size, revised: expectedRevised });
          expect(Object.values(tally).reduce((sum, n) => sum + n, 0)).toBe(nSteps);

          const pending = new Map(
            (await insist(() => store.listPending())).map(({ alertKey, rev }) => [alertKey, rev]),
          );
          expect(await insist(() => store.countPending())).toBe(pending.size);
          let nEntries = 0;
          for (const [index, snapshot] of snapshots.entries()) {
            const sample = await insist(() => store.get(snapshot.alertKey));
            const expected = [...last]
              .filter(([place]) => place.startsWith(`${index}|`))
              .map(([, cast]) => cast);
            expect(new Map(sample?.votes.map((cast) => [cast.analyst, cast]))).toEqual(
              new Map(expected.map((cast) => [cast.analyst, cast])),
            );
            // The present revision is either pending or was consumed: never neither.
            expect(Math.max(pending.get(snapshot.alertKey) ?? 0, consumed.get(snapshot.alertKey) ?? 0)).toBe(
              sample?.rev ?? 0,
            );
            const history = await insist(() => store.history(snapshot.alertKey));
            expect(history.map(({ entry }) => entry)).toEqual(history.map((_, i) => i + 1));
            const replayed = new Map(history.map(({ vote: cast }) => [cast?.analyst, cast]));
            expect(replayed).toEqual(new Map(sample?.votes.map((cast) => [cast.analyst, cast])));
            nEntries += history.length;
          }
          expect(nEntries).toBe(last.size + expectedRevised);
          expect(await insist(() => collect(store.samples()))).toHaveLength(
            new Set([...last.keys()].map((place) => place.split('|')[0])).size,
          );
        }),
        { numRuns },
      );
    });
  });
}

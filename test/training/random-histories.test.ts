import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import { effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import { activate, unpin } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listVersions } from '../../src/training/releases/versions.ts';
import { replay } from '../../src/training/runs/replay.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { fc } from '../support/fast-check.ts';
import { Crash, Crasher } from './crashing.ts';
import { FakeTrainer } from './fake-trainer.ts';
import { snapshot } from './rows.ts';
import { World } from './world.ts';

/** What must be true, kept in a few maps and without any of the storage protocol. */
class Expected {
  readonly votes = new Map<string, Vote[]>();
  readonly rulings = new Map<string, 'confirm' | 'reject'>();
  readonly excluded = new Set<string>();
  pinned = new Map<string, string>();

  vote(alert: string, vote: Vote): void {
    const others = (this.votes.get(alert) ?? []).filter(({ analyst }) => analyst !== vote.analyst);
    this.votes.set(alert, [...others, vote]);
  }
}

type Step =
  | {
      readonly do: 'vote';
      readonly alert: number;
      readonly analyst: string;
      readonly disposition: Disposition;
    }
  | { readonly do: 'rule'; readonly alert: number; readonly action: 'confirm' | 'reject' }
  | {
      readonly do: 'retrain';
      readonly passes: boolean;
      readonly crashAt: number | undefined;
      readonly after: boolean;
    }
  | { readonly do: 'activate'; readonly model: string; readonly back: number }
  | { readonly do: 'unpin'; readonly model: string }
  | { readonly do: 'replay'; readonly analyst: string; readonly action: 'exclude' | 'lift' };

const analysts = ['ann', 'bob', 'cid'];
const model = fc.constantFrom('classifier', 'anomaly', 'scorer');
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('vote' as const),
      alert: fc.integer({ min: 0, max: 9 }),
      analyst: fc.constantFrom(...analysts),
      disposition: fc.constantFrom(...DISPOSITIONS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rule' as const),
      alert: fc.integer({ min: 0, max: 9 }),
      action: fc.constantFrom('confirm' as const, 'reject' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('retrain' as const),
      passes: fc.boolean(),
      crashAt: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      after: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('activate' as const), model, back: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unpin' as const), model }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('replay' as const),
      analyst: fc.constantFrom(...analysts),
      action: fc.constantFrom('exclude' as const, 'lift' as const),
    }),
  },
);

async function take(step: Step, world: World, expected: Expected): Promise<void> {
  // a dead process's lease runs out before the next step
  world.nowMs += 61_000;
  const lineage = new Lineage(world.stores.models);
  if (step.do === 'vote') {
    const vote: Vote = {
      analyst: step.analyst,
      disposition: step.disposition,
      at: new Date(world.nowMs).toISOString(),
      verified: true,
    };
    const before = expected.votes.get(`a${step.alert}`)?.find(({ analyst }) => analyst === step.analyst);
    const { status } = await world.stores.feedback.submit(snapshot(`a${step.alert}`), vote);
    const wanted =
      before === undefined ? 'accepted' : before.disposition === step.disposition ? 'duplicate' : 'revised';
    expect(status).toBe(wanted);
    if (wanted !== 'duplicate') expected.vote(`a${step.alert}`, vote);
  } else if (step.do === 'rule') {
    const ruling = { action: step.action, by: 'op', why: undefined, at: new Date(world.nowMs).toISOString() };
    const ruled = await world.stores.feedback.rule(snapshot(`a${step.alert}`).alertKey, ruling);
    expect(ruled === undefined).toBe(!expected.votes.has(`a${step.alert}`));
  } else if (step.do === 'retrain') {
    const crasher = new Crasher(step.crashAt ?? -1, step.after ? 'after' : 'before');
    const trainer = new FakeTrainer({ gate: () => step.passes });
    const before = await listVersions(lineage);
    const run = await retrain(world.process(trainer, crasher), { trigger: 'manual' }).catch((error) => error);
    if (run instanceof Error) return expect(run).toBeInstanceOf(Crash);
    const after = await listVersions(lineage);
    if (!step.passes) expect(after.serving).toEqual(before.serving);
    for (const [name, version] of expected.pinned) expect(after.serving[name]).toBe(version);
    if (!crasher.isDead) expect(await world.stores.feedback.countPending()).toBe(0);
  } else if (step.do === 'activate') {
    const { versions } = await listVersions(lineage, { model: step.model });
    const { version } = versions[step.back % versions.length]!;
    const done = await activate(world.process(), { model: step.model, version, by: 'op', why: 'test' });
    expect(done.after).toBe(version);
    expected.pinned.set(step.model, version);
  } else if (step.do === 'unpin') {
    const done = await unpin(world.process(), { model: step.model, by: 'op', why: 'test' });
    expect(done.changed).toBe(expected.pinned.delete(step.model));
  } else {
    const isKnown = expected.excluded.has(step.analyst);
    const asked = replay(world.process(), { analyst: step.analyst, action: step.action, by: 'op' });
    if (step.action === 'lift' && !isKnown) return expect(asked).rejects.toThrow('is not excluded');
    await asked;
    if (step.action === 'exclude') expected.excluded.add(step.analyst);
    else expected.excluded.delete(step.analyst);
  }
}

describe('random histories', () => {
  it('keep what was voted, ruled, pinned and excluded, whatever dies on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArb, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = await new World().start();
        const expected = new Expected();
        for (const step of steps) {
          await take(step, world, expected);
          expect(await world.problems()).toEqual([]);
        }
        // a last, undisturbed run learns everything that was judged, exactly as it was judged
        world.nowMs += 61_000;
        await retrain(world.process(), { trigger: 'manual', force: true, by: 'op' });
        const dataset = await world.dataset();
        const wanted = Object.fromEntries(
          [...expected.votes].map(([alert, votes]) => [
            snapshot(alert).alertKey,
            effectiveJudgement(votes).disposition,
          ]),
        );
        expect(Object.fromEntries(Object.entries(dataset).map(([key, { label }]) => [key, label]))).toEqual(
          wanted,
        );
        const newest = (await world.lineage()).at(-1)!.record;
        expect(new Set(newest.exclusions.map(({ analyst }) => analyst))).toEqual(expected.excluded);
        expect(newest.pinned_after).toEqual(Object.fromEntries(expected.pinned));
        for (const [name, version] of expected.pinned)
          expect(newest.serving_after[name]?.version).toBe(version);
      }),
      { numRuns: 120 },
    );
  });
});

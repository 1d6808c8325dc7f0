import { describe, expect, it } from 'vitest';
import { type Alert, alertGroup, alertKey, type Disposition } from '../../src/alert/alert.ts';
import { compareStates } from '../../src/alert/record-state.ts';
import type { FeedbackStore } from '../../src/store/feedback-store.ts';
import type { PredictionLog } from '../../src/store/prediction-log.ts';
import { spreadUnfinished } from '../../src/training/feedback/incident-spread.ts';
import type { ReadRecord } from '../../src/training/feedback/read-item.ts';
import { takeRecord } from '../../src/training/feedback/record-intake.ts';
import { fc } from './fast-check.ts';
import { snapshotOf } from './judged-alerts.ts';
import { entryOf } from './prediction-log-contract.ts';
import { seededUniform } from './seeded-uniform.ts';

const N_MEMBERS = 3;
const N_INSTANCES = 3;
/** 0 is the incident, the others its members. */
const record = fc.nat({ max: N_MEMBERS });
const state = fc.record({
  record,
  /** Hour of the vendor's last change. Few, so that some are equal. */
  hour: fc.nat({ max: 5 }),
  says: fc.constantFrom('true_positive', 'false_positive', 'benign', 'no_label', 'open'),
  owner: fc.constantFrom('ana', 'ben'),
  deliveries: fc.integer({ min: 1, max: 3 }),
});
type State = typeof state extends fc.Arbitrary<infer S> ? S : never;

const at = (hour: number): string => new Date(Date.UTC(2026, 2, 1, hour)).toISOString();
const alertOf = (index: number): Alert => ({
  id: index === 0 ? 'incident' : `member-${index}`,
  title: 'T',
  source: index === 0 ? 'siem' : 'edr',
  tenant: 'north',
  severity: 'high',
  occurred_at: at(0),
  tactics: [],
  techniques: [],
  entities: [],
  ...(index === 0 ? { incident_id: 'incident' } : {}),
});

function readOf({ record: index, hour, says, owner }: State): ReadRecord {
  const memberAlertIds = Array.from({ length: N_MEMBERS }, (_, i) => `member-${i + 1}`);
  return {
    alert: alertOf(index),
    closing:
      says === 'open'
        ? undefined
        : {
            outcome: says as Disposition,
            by: 'person',
            analyst: owner,
            closedAt: at(hour),
            raw: says,
            memberAlertIds,
          },
    record: { changedAt: at(hour), isIncident: index === 0, memberAlertIds, owners: [owner] },
  };
}

/** The label of the newest state of one record, kept in the plainest way; undefined where it says nothing. */
function newestLabel(states: readonly State[], index: number): string | undefined {
  const arrived = states
    .filter(({ record: of }) => of === index)
    .map(({ hour, says, owner }) => ({
      id: 'x',
      of: 'alert' as const,
      at: at(hour),
      isClosed: says !== 'open',
      ...(says === 'open' || says === 'no_label' ? {} : { disposition: says as Disposition }),
      analyst: owner,
      verified: false,
      receivedAt: at(0),
    }));
  return arrived.sort(compareStates).at(-1)?.disposition;
}

class Killed extends Error {}

/** A store as one instance sees it: every call takes a while, and now and then the instance ends at one. */
function mortal<T extends object>(store: T, draw: () => number, share: number): T {
  return new Proxy(store, {
    get: (target, property) => {
      const member = Reflect.get(target, property, target);
      if (typeof member !== 'function' || ['stats', 'incidents', 'samples'].includes(String(property)))
        return typeof member === 'function' ? member.bind(target) : member;
      return async (...args: unknown[]) => {
        for (let wait = Math.floor(draw() * 4); wait > 0; wait--) await Promise.resolve();
        const fate = draw();
        if (fate < share / 2) throw new Killed(String(property));
        const result = await member.apply(target, args);
        if (fate < share) throw new Killed(String(property));
        return result;
      };
    },
  });
}

export interface RecordStateHarness {
  /** Clients of one new storage, one for each instance. */
  open(instances: number): Promise<readonly { feedback: FeedbackStore; predictions: PredictionLog }[]>;
  readonly numRuns: number;
  readonly seed?: number;
}

/** What must be true however the states of records arrive, at however many instances, and whichever of them end. */
export function recordStateProperties(name: string, { open, numRuns, seed }: RecordStateHarness): void {
  describe(`${name}: the states of an incident and its members`, () => {
    it(`end as the newest of each, in any order, repeated, interleaved and killed (${numRuns} sequences)`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(state, { minLength: 1, maxLength: 10 }),
          fc.nat({ max: 2 ** 31 - 1 }),
          async (states, seedOfRun) => {
            const draw = seededUniform(seedOfRun);
            const clients = await open(N_INSTANCES);
            const [first] = clients;
            await first!.predictions.append(
              Array.from({ length: N_MEMBERS }, (_, i) => {
                const { id, source, tenant } = alertOf(i + 1);
                return entryOf(id, { snapshot: snapshotOf(id, { source, tenant }), scoredAt: at(0) });
              }),
            );
            await first!.predictions.flush();

            // Every state is sent until it was acknowledged as often as it was to be delivered.
            const queue = states.flatMap((one) => Array.from({ length: one.deliveries }, () => one));
            for (let i = queue.length - 1; i > 0; i--) {
              const j = Math.floor(draw() * (i + 1));
              [queue[i], queue[j]] = [queue[j]!, queue[i]!];
            }
            const instance = async ({ feedback, predictions }: (typeof clients)[number]): Promise<void> => {
              for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
                const deps = {
                  feedback: mortal(feedback, draw, 0.08),
                  predictions,
                  snapshotOf: (alert: Alert) =>
                    snapshotOf(alert.id, {
                      source: alert.source,
                      tenant: alert.tenant,
                      group: alertGroup(alert),
                    }),
                  now: () => Date.UTC(2026, 2, 2),
                };
                try {
                  await takeRecord(readOf(one), { name: undefined, verified: false }, deps);
                } catch (error) {
                  if (error instanceof Killed) queue.push(one);
                  else if (one.says !== 'open') throw error;
                }
              }
            };
            await Promise.all(clients.map(instance));
            await spreadUnfinished(first!);

            const ofIncident = newestLabel(states, 0);
            for (let index = 0; index <= N_MEMBERS; index++) {
              const sample = await first!.feedback.get(alertKey(alertOf(index)));
              const expected = newestLabel(states, index) ?? ofIncident;
              expect(sample?.effective.disposition, `record ${index}`).toBe(
                index === 0 ? ofIncident : expected,
              );
              expect(sample?.votes.length ?? 0).toBe(sample === undefined ? 0 : 1);
            }
            expect(await first!.feedback.unspreadIncidents()).toEqual([]);
          },
        ),
        { numRuns, ...(seed === undefined ? {} : { seed }) },
      );
    });
  });
}

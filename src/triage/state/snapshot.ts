import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Behavior } from '../behavior/behavior.ts';
import type { TenantBehaviorState } from '../behavior/tenant-behavior.ts';
import type { Correlation } from '../correlation/correlation.ts';
import type { ForgottenAnalyst } from '../correlation/forgotten-analysts.ts';
import type { GroupState } from '../correlation/group.ts';
import type { RollUpState } from '../correlation/roll-up.ts';
import type { KeyTrackState } from '../correlation/tracks-capture.ts';
import type { HostNames, HostNamesState } from '../entities/host-names.ts';
import { decodeState } from './state-format.ts';
import { fromParts, inParts, type StatePart } from './state-part.ts';

/** The format's own checks have passed: the tree is as it was written. */
export interface Snapshot {
  readonly writtenAtMs: number;
  /** `instance|seq` of every delta of the last buckets that is in it. */
  readonly applied: readonly string[];
  readonly behavior: readonly (readonly [number, TenantBehaviorState])[];
  readonly incidents: readonly (readonly [number, StoredIncidents])[];
  /** Absent in what a build wrote that knew none. */
  readonly forgotten?: readonly ForgottenAnalyst[];
  /** Absent in what a build wrote that kept none. */
  readonly rollUps?: readonly (readonly [number, readonly (StatePart | RollUpState)[]])[];
  /** The same. */
  readonly hostNames?: readonly (readonly [number, HostNamesState])[];
}

/** What is remembered over restarts. */
export interface Remembered {
  readonly behavior: Behavior;
  readonly correlation: Correlation;
  readonly hostNames: HostNames;
}

/** Lists of pieces; an earlier build wrote them as they are. */
interface StoredIncidents {
  readonly newestCell: number;
  readonly groups: readonly (StatePart | GroupState)[];
  readonly names: readonly (StatePart | readonly [string, number])[];
  readonly tracks: readonly (StatePart | KeyTrackState)[];
}

/** Items of a piece; a group has up to 150 members, which are read at once. */
const PER_PART = { groups: 4, names: 2_048, tracks: 256, rollUps: 128 } as const;

const snapshotHead = z.object({ writtenAtMs: z.number(), applied: z.array(z.string()) });

/** @throws AlertforestError STORE_CORRUPT, or ZodError where the bytes are no snapshot */
export async function readSnapshot(bytes: Uint8Array): Promise<Snapshot> {
  const tree = await decodeState(bytes);
  snapshotHead.parse(tree);
  return tree as Snapshot;
}

/**
 * What is remembered now. The moment is that of the call; taking it down goes on between other things, and the lists are
 * pieces that are written one by one.
 */
export async function snapshotOf(
  head: Pick<Snapshot, 'writtenAtMs' | 'applied'>,
  { behavior, correlation, hostNames }: Remembered,
): Promise<Snapshot> {
  const { rollUps } = correlation;
  // before the first pause: from here on what changes is taken down first
  for (const one of [behavior, correlation, rollUps]) one.beginCapture();
  const incidents = await correlation.finishCapture();
  const counted = await behavior.finishCapture();
  const routine = await rollUps.finishCapture();
  return {
    ...head,
    behavior: counted,
    incidents: incidents.map(([key, { newestCell, groups, names, tracks }]) => [
      key,
      {
        newestCell,
        groups: inParts(groups, PER_PART.groups),
        names: inParts(names, PER_PART.names),
        tracks: inParts(tracks, PER_PART.tracks),
      },
    ]),
    // after what was captured: who was forgotten meanwhile is forgotten again when it is read
    forgotten: correlation.forgotten(),
    rollUps: routine.map(([key, states]) => [key, inParts(states, PER_PART.rollUps)]),
    // learning is idempotent, so they may be a little newer
    hostNames: [...hostNames.toStates()],
  };
}

/** Fills what is empty with a snapshot, in steps between which everything else goes on. */
export async function restoreSnapshot(
  snapshot: Snapshot,
  { behavior, correlation, hostNames }: Remembered,
): Promise<void> {
  for (const [key, state] of snapshot.hostNames ?? []) hostNames.addState(key, state);
  for (const [key, state] of snapshot.behavior) await inSteps(behavior.addState(key, state));
  for (const [key, { newestCell, groups, names, tracks }] of snapshot.incidents) {
    const state = {
      newestCell,
      groups: fromParts(groups),
      names: fromParts(names),
      tracks: fromParts(tracks),
    };
    await inSteps(correlation.addState(key, state));
  }
  for (const who of snapshot.forgotten ?? []) correlation.forget(who);
  for (const [key, states] of snapshot.rollUps ?? [])
    await inSteps(correlation.rollUps.addState(key, fromParts(states)));
}

/** Lets everything else that waits run between two steps, and after the last. */
async function inSteps(steps: Iterable<void>): Promise<void> {
  for (const _ of steps) await nextTurn();
  await nextTurn();
}

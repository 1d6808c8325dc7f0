import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Disposition, dispositionSchema } from './alert.ts';
import type { Vote } from './judgement.ts';

/** The newest known state of one vendor record, as it bears on one alert. */
export const recordStateSchema = z.object({
  /** Key of the record: that of its alert, or of the incident. */
  id: z.string(),
  /** An alert's own record labels that alert and wins over its incidents'. */
  of: z.enum(['alert', 'incident']),
  /** ISO 8601 UTC: when its vendor last changed it, else when it was received. */
  at: z.iso.datetime(),
  /** ISO 8601 UTC: when its vendor says it was closed; what changed it later need not be a judgement. */
  closedAt: z.iso.datetime().optional(),
  isClosed: z.boolean(),
  /** Absent where the record is open or says nothing. */
  disposition: dispositionSchema.optional(),
  analyst: z.string().min(1).max(256),
  reason: z.string().max(4096).optional(),
  /** True where `analyst` is the proven sender itself. */
  verified: z.boolean(),
  /** The proven caller that sent it; quotas are charged to it. */
  caller: z.string().max(256).optional(),
  /** ISO 8601 UTC: when it was accepted. */
  receivedAt: z.iso.datetime(),
  /** Changes of what it says, from 1. */
  revision: z.int().min(1),
});
export type RecordState = z.infer<typeof recordStateSchema>;

/** A state as it arrives; its revision follows from what is stored. */
export type ArrivedState = Omit<RecordState, 'revision'>;

/** What a state says, apart from when: 16 hex digits that every instance computes alike. */
export function stateHash(state: ArrivedState): string {
  const said = [state.isClosed, state.disposition ?? '', state.analyst];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
}

/**
 * Order of two states of one record: by their vendor's time; at the same time the closed one is the later, then the one
 * with the greater hash, so that every order of arrival ends the same. 0 for one and the same state.
 */
export function compareStates(a: ArrivedState, b: ArrivedState): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.isClosed !== b.isClosed) return a.isClosed ? 1 : -1;
  const [hashA, hashB] = [stateHash(a), stateHash(b)];
  return hashA === hashB ? 0 : hashA < hashB ? -1 : 1;
}

/**
 * The one state that counts among those that bear on an alert: its own record's where that has a disposition, else the
 * newest of its incidents'. As a vote, or undefined where none says anything.
 */
export function recordVote(states: readonly RecordState[]): Vote | undefined {
  const labelled = states.filter(({ disposition }) => disposition !== undefined);
  const own = labelled.find(({ of }) => of === 'alert');
  const incidents = labelled.filter(({ of }) => of === 'incident');
  const state =
    own ??
    incidents.reduce<RecordState | undefined>((newest, one) => {
      if (newest === undefined) return one;
      const order = compareStates(one, newest) || (one.id < newest.id ? -1 : 1);
      return order > 0 ? one : newest;
    }, undefined);
  if (state === undefined) return undefined;
  const { id, at, closedAt, revision, analyst, reason, verified, caller, receivedAt } = state;
  return {
    analyst,
    disposition: state.disposition as Disposition,
    at: receivedAt,
    verified,
    from: 'record',
    record: { id, at, ...(closedAt === undefined ? {} : { closedAt }), revision },
    ...(reason === undefined ? {} : { comment: reason }),
    ...(caller === undefined ? {} : { caller }),
  };
}

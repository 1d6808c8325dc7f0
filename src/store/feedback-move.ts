import { isProven, type Vote } from '../alert/judgement.ts';
import { compareStates, type RecordState } from '../alert/record-state.ts';
import { type FeedbackChange, inOrder, type JudgedAlert, lessonOf } from './feedback-change.ts';
import type { AlertIdentity } from './feedback-store.ts';

/**
 * What stood on an alert under the key of an earlier build, under the key it has now. Where something was said under
 * both, an analyst's later vote (a proven one before a claim) and a record's newer state count. The group stays: what a release has learned from
 * must not change to the other side of the hold-out. What teaches leaves a marker, since the next training set has to
 * hold it under the new key.
 */
export function applyMove(
  before: JudgedAlert | undefined,
  former: JudgedAlert,
  to: AlertIdentity,
): FeedbackChange {
  const from = former.snapshot.alertKey;
  if (before?.snapshot.formerKey === from) return { status: 'duplicate', next: undefined, isMarked: false };
  const moved: JudgedAlert = {
    ...former,
    snapshot: { ...former.snapshot, ...to, formerKey: from },
    records: former.records.map((state) =>
      state.of === 'alert' && state.id === from ? { ...state, id: to.alertKey } : state,
    ),
    rev: Math.max(1, former.rev),
    nEntries: 1,
    movedTo: undefined,
  };
  if (before === undefined)
    return { status: 'accepted', next: moved, isMarked: lessonOf(moved) !== undefined };
  const next: JudgedAlert = {
    ...before,
    snapshot: { ...before.snapshot, formerKey: from },
    votes: latestOfEach([...moved.votes, ...before.votes]),
    records: newestOfEach([...moved.records, ...before.records]),
    ruling: before.ruling ?? moved.ruling,
    nEntries: before.nEntries + 1,
  };
  const isMarked = lessonOf(next) !== undefined;
  return {
    status: 'revised',
    next: { ...next, rev: Math.max(before.rev, moved.rev) + (isMarked ? 1 : 0) },
    isMarked,
  };
}

/** What stays under the former key once all of it has moved. */
export function afterMove(former: JudgedAlert, to: AlertIdentity): JudgedAlert {
  return { ...former, votes: [], records: [], ruling: undefined, movedTo: to };
}

/** Whether anything is still said under this key. */
export const holdsWords = ({ votes, records, ruling }: JudgedAlert): boolean =>
  votes.length > 0 || records.length > 0 || ruling !== undefined;

function latestOfEach(votes: readonly Vote[]): readonly Vote[] {
  const latest = new Map<string, Vote>();
  for (const vote of votes) {
    const other = latest.get(vote.analyst);
    const isKept =
      other !== undefined && (isProven(other) === isProven(vote) ? other.at > vote.at : isProven(other));
    if (!isKept) latest.set(vote.analyst, vote);
  }
  return inOrder([...latest.values()]);
}

function newestOfEach(states: readonly RecordState[]): readonly RecordState[] {
  const newest = new Map<string, RecordState>();
  for (const state of states) {
    const name = `${state.of} ${state.id}`;
    const other = newest.get(name);
    if (other === undefined || compareStates(state, other) >= 0) newest.set(name, state);
  }
  return [...newest.values()];
}

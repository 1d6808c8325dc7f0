import {
  type EffectiveJudgement,
  effectiveJudgement,
  isProven,
  type Vote,
  wholeOf,
} from '../alert/judgement.ts';
import {
  type ArrivedState,
  compareStates,
  type RecordState,
  recordVote,
  stateHash,
} from '../alert/record-state.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { AlertforestError } from '../errors.ts';
import type {
  AlertIdentity,
  FeedbackSample,
  JudgedSnapshot,
  QuarantineRuling,
  StandingFeedback,
  SubmitStatus,
  Withdrawal,
  Word,
} from './feedback-store.ts';

/** Votes one alert can hold. At the longest allowed comments this many still fit a row of Table Storage. */
export const MAX_VOTES_PER_ALERT = 100;
/** Incidents whose states one alert remembers; the longest unchanged leave. */
const MAX_RECORDS_PER_ALERT = 20;

/** What is kept of a judged alert; the effective judgement follows from the votes and the states of its records. */
export interface JudgedAlert {
  readonly snapshot: AlertSnapshot;
  /** Where the snapshot came from; undefined in rows of builds that always kept the first. */
  readonly seen: JudgedSnapshot['seen'] | undefined;
  /** Persons' own votes, oldest first. */
  readonly votes: readonly Vote[];
  /** Newest state of each record that bears on the alert. */
  readonly records: readonly RecordState[];
  readonly rev: number;
  /** History entries written so far. */
  readonly nEntries: number;
  readonly ruling: QuarantineRuling | undefined;
  /** The identity to which everything said about the alert moves, or has moved. */
  readonly movedTo?: AlertIdentity | undefined;
}

/** The next state of a judged alert, or none where nothing is to be written. */
export interface FeedbackChange {
  readonly status: SubmitStatus;
  readonly next: JudgedAlert | undefined;
  /** Whether a marker for `next.rev` belongs to it. */
  readonly isMarked: boolean;
  /** The record's own state that stands after it, for states of records. */
  readonly state?: RecordState | undefined;
}

/** All that stands on an alert as votes: the persons' own, and the one state that counts of its records. */
export function standingVotes({ votes, records }: Pick<JudgedAlert, 'votes' | 'records'>): readonly Vote[] {
  const ofRecord = recordVote(records);
  if (ofRecord === undefined) return votes;
  return inOrder([...votes, ofRecord]);
}

/** Votes by the time they were cast, oldest first. */
export function inOrder(votes: readonly Vote[]): readonly Vote[] {
  return [...votes].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * The incident whose judgement, or its withdrawal, is all that a change of one alert tells: the markers of its alerts are
 * one newly judged thing together.
 */
export function pendingWhole(before: JudgedAlert | undefined, next: JudgedAlert): string | undefined {
  const standing = standingVotes(next);
  if (standing.length > 0) return wholeOf(standing);
  return before === undefined ? undefined : wholeOf(standingVotes(before));
}

const sameWord = (a: Vote, b: Vote): boolean =>
  a.disposition === b.disposition && a.risk_score === b.risk_score;

/** The label of the classifier, the target of the scorer, or the weight. When it was judged does not matter. */
const sameLesson = (a: EffectiveJudgement | undefined, b: EffectiveJudgement | undefined): boolean =>
  a?.disposition === b?.disposition && a?.riskScore === b?.riskScore && a?.agreement === b?.agreement;

/** What is learned of an alert; undefined where nothing that stands on it teaches. */
export const lessonOf = (alert: JudgedAlert | undefined): EffectiveJudgement | undefined => {
  const votes = alert === undefined ? [] : standingVotes(alert);
  return votes.length === 0 ? undefined : effectiveJudgement(votes);
};

/**
 * What one vote makes of an alert. Its group stays as it was first written. A claim never takes the place of a proven vote: not
 * of the one under the same name, which stays, nor by filling the alert, where a proven vote takes that of the oldest claim.
 *
 * @param judged what the judgement was about; undefined keeps the snapshot that is stored
 * @throws AlertforestError FEEDBACK_INVALID when the alert holds the most votes it can
 */
export function applyVote(
  before: JudgedAlert | undefined,
  judged: JudgedSnapshot | undefined,
  vote: Vote,
): FeedbackChange {
  const earlier = before?.votes.find(({ analyst }) => analyst === vote.analyst);
  if (before !== undefined && isSaidBefore(before, earlier, vote)) {
    return { status: 'duplicate', next: undefined, isMarked: false };
  }
  if (earlier !== undefined && isProven(earlier) && !isProven(vote)) {
    return { status: 'superseded', next: undefined, isMarked: false };
  }
  const gone = before === undefined ? undefined : (earlier ?? placeOf(before, vote));
  const votes = inOrder([...(before?.votes ?? []).filter((other) => other !== gone), vote]);
  return {
    status: earlier === undefined ? 'accepted' : 'revised',
    ...advance(before, judged, { votes }),
  };
}

/**
 * The claim whose place a vote takes on an alert that is full; undefined where there is room.
 *
 * @throws AlertforestError FEEDBACK_INVALID
 */
function placeOf({ snapshot, votes }: JudgedAlert, vote: Vote): Vote | undefined {
  if (votes.length < MAX_VOTES_PER_ALERT) return undefined;
  const claim = isProven(vote) ? votes.find((one) => !isProven(one)) : undefined;
  if (claim === undefined) throw tooManyVotes(snapshot.alertKey);
  return claim;
}

/** The same word of the same analyst: as a vote, or as the closing of a record this analyst closed. */
function isSaidBefore(before: JudgedAlert, earlier: Vote | undefined, vote: Vote): boolean {
  if (earlier !== undefined) return sameWord(earlier, vote) && (isProven(earlier) || !isProven(vote));
  if (vote.verified || vote.risk_score !== undefined) return false;
  const ofRecord = recordVote(before.records);
  return ofRecord !== undefined && ofRecord.analyst === vote.analyst && sameWord(ofRecord, vote);
}

/**
 * What the state of a record makes of an alert. An older state changes nothing; a newer one takes the place of the one
 * before, whoever owns the record by then.
 *
 * @param owners the record's owners so far: unverified votes of theirs that older builds kept for this record go
 */
export function applyState(
  before: JudgedAlert | undefined,
  judged: JudgedSnapshot | undefined,
  state: ArrivedState,
  owners: readonly string[] = [],
): FeedbackChange {
  const earlier = before?.records.find(({ id, of }) => id === state.id && of === state.of);
  const order = earlier === undefined ? 1 : compareStates(state, earlier);
  if (order < 0) return { status: 'superseded', next: undefined, isMarked: false, state: earlier };
  if (order === 0)
    return { status: statusOfRepeat(earlier), next: undefined, isMarked: false, state: earlier };

  const isRepeated = earlier !== undefined && stateHash(earlier) === stateHash(state);
  const taken: RecordState = {
    ...state,
    revision: earlier === undefined ? 1 : earlier.revision + (isRepeated ? 0 : 1),
    // The same word once more was judged when it was first said.
    ...(isRepeated ? { receivedAt: earlier.receivedAt } : {}),
    ...(isRepeated && earlier.closedAt !== undefined ? { closedAt: earlier.closedAt } : {}),
  };
  const others = (before?.records ?? []).filter((other) => other !== earlier);
  const records = [...others, taken]
    .sort((a, b) => (a.of === b.of ? compareStates(b, a) : a.of === 'alert' ? -1 : 1))
    .slice(0, MAX_RECORDS_PER_ALERT);
  const votes = (before?.votes ?? []).filter(
    (vote) =>
      earlier !== undefined ||
      vote.from !== undefined ||
      vote.verified ||
      !isOwner(vote.analyst, state, owners),
  );
  const keepsSnapshot = isRepeated || taken.disposition === undefined;
  return {
    status: statusOf(earlier, taken, isRepeated),
    state: taken,
    ...advance(before, keepsSnapshot && before !== undefined ? undefined : judged, { votes, records }),
  };
}

const isOwner = (analyst: string, state: ArrivedState, owners: readonly string[]): boolean =>
  analyst === state.analyst || owners.includes(analyst);

/** A record that was open from the start has nothing to repeat: it is refused each time it is sent. */
const statusOfRepeat = (state: RecordState | undefined): SubmitStatus =>
  state !== undefined && !state.isClosed && state.revision === 1
    ? 'open'
    : state?.disposition === undefined && state?.isClosed
      ? 'no_label'
      : 'duplicate';

function statusOf(earlier: RecordState | undefined, taken: RecordState, isRepeated: boolean): SubmitStatus {
  if (isRepeated) return statusOfRepeat(taken);
  const hadLabel = earlier?.disposition !== undefined;
  if (!taken.isClosed)
    return hadLabel || (earlier !== undefined && taken.revision > 1) ? 'withdrawn' : 'open';
  if (taken.disposition === undefined) return hadLabel ? 'withdrawn' : 'no_label';
  return hadLabel ? 'revised' : 'accepted';
}

/** The next state with its revision: it rises where the lesson changed, or what the lesson is about. */
function advance(
  before: JudgedAlert | undefined,
  judged: JudgedSnapshot | undefined,
  change: Partial<Pick<JudgedAlert, 'votes' | 'records'>>,
): { next: JudgedAlert; isMarked: boolean } {
  const given = before ?? judged;
  if (given === undefined)
    throw new RangeError('Expected what was judged for an alert that is not stored yet.');
  const base = before ?? emptyAlert(given);
  const moved =
    judged !== undefined && before !== undefined && !isSameSnapshot(before.snapshot, judged.snapshot);
  const snapshot = moved ? { ...judged.snapshot, group: base.snapshot.group } : base.snapshot;
  const seen = judged === undefined ? base.seen : judged.seen;
  const next: JudgedAlert = { ...base, ...change, snapshot, seen, nEntries: base.nEntries + 1 };
  const lesson = lessonOf(next);
  const isMarked = !sameLesson(lessonOf(before), lesson) || (moved && lesson !== undefined);
  return { next: { ...next, rev: base.rev + (isMarked ? 1 : 0) }, isMarked };
}

/** An alert on which nothing was said yet. */
export function emptyAlert({ snapshot, seen }: Pick<JudgedAlert, 'snapshot' | 'seen'>): JudgedAlert {
  return { snapshot, seen, votes: [], records: [], rev: 0, nEntries: 0, ruling: undefined };
}

function isSameSnapshot(a: AlertSnapshot, b: AlertSnapshot): boolean {
  return (
    a.severity === b.severity &&
    a.catalogId === b.catalogId &&
    a.ruleKey === b.ruleKey &&
    a.recordKeys.length === b.recordKeys.length &&
    a.recordKeys.every((key, at) => key === b.recordKeys[at]) &&
    Buffer.from(a.columns.buffer, a.columns.byteOffset, a.columns.byteLength).equals(
      Buffer.from(b.columns.buffer, b.columns.byteOffset, b.columns.byteLength),
    )
  );
}

/** What an operator's ruling makes of an alert; the same ruling again is a duplicate. */
export function applyRuling(before: JudgedAlert, ruling: QuarantineRuling): FeedbackChange {
  const { ruling: earlier } = before;
  if (earlier?.action === ruling.action && earlier.by === ruling.by && earlier.why === ruling.why) {
    return { status: 'duplicate', next: undefined, isMarked: false };
  }
  return {
    status: earlier === undefined ? 'accepted' : 'revised',
    next: { ...before, ruling, rev: before.rev + 1, nEntries: before.nEntries + 1 },
    isMarked: true,
  };
}

/** The alert without the vote of one analyst. What a record says is taken back in the record's own product. */
export function applyWithdrawal(before: JudgedAlert, { analyst, verified }: Withdrawal): FeedbackChange {
  const taken = before.votes.find((vote) => vote.analyst === analyst);
  if (taken === undefined || (taken.verified && !verified)) {
    return { status: 'duplicate', next: undefined, isMarked: false };
  }
  const votes = before.votes.filter((vote) => vote !== taken);
  return { status: 'withdrawn', ...advance(before, undefined, { votes }) };
}

/** A record's state without what `analyst` said in it or passed on; as it is where that is nothing. */
export function forgottenState(state: RecordState, analyst: string, pseudonym: string): RecordState {
  if (state.analyst !== analyst && state.caller !== analyst) return state;
  const { disposition: _, reason: __, caller: ___, ...rest } = state;
  return { ...rest, analyst: pseudonym, verified: false };
}

/** The alert without anything one analyst said; undefined where there is nothing of theirs. */
export function applyForgetting(
  before: JudgedAlert,
  analyst: string,
  pseudonym: string,
): FeedbackChange | undefined {
  const isTheirs = (one: { readonly analyst: string; readonly caller?: string | undefined }): boolean =>
    one.analyst === analyst || one.caller === analyst;
  const ruled = before.ruling?.by === analyst;
  if (!before.votes.some(isTheirs) && !before.records.some(isTheirs) && !ruled) return undefined;
  const votes = before.votes.filter((vote) => !isTheirs(vote));
  const records = before.records.map((state) => forgottenState(state, analyst, pseudonym));
  const ruling = ruled && before.ruling ? { ...before.ruling, by: pseudonym } : before.ruling;
  return { status: 'withdrawn', ...advance({ ...before, ruling }, undefined, { votes, records }) };
}

export const tooManyVotes = (alertKey: string, cause?: unknown): AlertforestError =>
  new AlertforestError(
    'FEEDBACK_INVALID',
    `Alert ${alertKey} already carries the most votes it can hold (${MAX_VOTES_PER_ALERT}, or 1 MiB of them).`,
    {
      cause,
      issues: [{ path: 'analyst', message: 'Expected an analyst who has voted on this alert before.' }],
    },
  );

/** The alert as a training set reads it; undefined where nothing that stands on it teaches. */
export function toSample(alert: JudgedAlert): FeedbackSample | undefined {
  const votes = standingVotes(alert);
  if (votes.length === 0) return undefined;
  const { snapshot, seen, rev, ruling } = alert;
  return {
    snapshot,
    ...(seen === undefined ? {} : { seen }),
    votes,
    effective: effectiveJudgement(votes),
    rev,
    ruling,
  };
}

/** What a word makes of an alert, see {@link applyVote} and {@link applyState}. */
export function applyWord(
  before: JudgedAlert | undefined,
  judged: JudgedSnapshot | undefined,
  word: Word,
): FeedbackChange {
  if ('vote' in word) {
    return before === undefined && judged === undefined
      ? { status: 'accepted', next: undefined, isMarked: true }
      : applyVote(before, judged, word.vote);
  }
  if (word.state.disposition === undefined && !word.isDated && !holdsState(before, word.state)) {
    return { status: word.state.isClosed ? 'no_label' : 'open', next: undefined, isMarked: false };
  }
  const about = before?.snapshot ?? judged?.snapshot;
  if (about === undefined) return { status: 'accepted', next: undefined, isMarked: true };
  return word.mayTake?.(about) === false
    ? { status: 'no_member', next: undefined, isMarked: false }
    : applyState(before, judged, word.state, word.owners);
}

/** Whether a change that was worked out without a snapshot has to be worked out again with one. */
export function needsJudged(before: JudgedAlert | undefined, change: FeedbackChange): boolean {
  if (before === undefined) return change.isMarked;
  return change.next !== undefined && (change.status === 'accepted' || change.status === 'revised');
}

export function standingOf(alert: JudgedAlert): StandingFeedback {
  const { snapshot, seen, records } = alert;
  return { sample: toSample(alert), snapshot, seen, records };
}

const holdsState = (alert: JudgedAlert | undefined, state: ArrivedState): boolean =>
  alert?.records.some(({ id, of }) => id === state.id && of === state.of) === true;

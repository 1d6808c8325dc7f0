import { type EffectiveJudgement, effectiveJudgement, type Vote } from '../alert/judgement.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { AlertforestError } from '../errors.ts';
import type { FeedbackSample, QuarantineRuling, SubmitStatus } from './feedback-store.ts';

/** Votes one alert can hold. At the longest allowed comments this many still fit a row of Table Storage. */
export const MAX_VOTES_PER_ALERT = 100;

/** What is kept of a judged alert; the effective judgement follows from the votes. */
export interface JudgedAlert {
  readonly snapshot: AlertSnapshot;
  readonly votes: readonly Vote[];
  readonly rev: number;
  /** History entries written so far. */
  readonly nEntries: number;
  readonly ruling: QuarantineRuling | undefined;
}

/** The next state of a judged alert, or none where nothing is to be written. */
export interface FeedbackChange {
  readonly status: SubmitStatus;
  readonly next: JudgedAlert | undefined;
  /** Whether a marker for `next.rev` belongs to it. */
  readonly isMarked: boolean;
}

const sameWord = (a: Vote, b: Vote): boolean =>
  a.disposition === b.disposition && a.risk_score === b.risk_score;

/** The label of the classifier, the target of the scorer, or the weight. When it was judged does not matter. */
const sameLesson = (a: EffectiveJudgement, b: EffectiveJudgement): boolean =>
  a.disposition === b.disposition && a.riskScore === b.riskScore && a.agreement === b.agreement;

/**
 * What one vote makes of an alert. The stored snapshot stays as it was first written, its group included.
 *
 * @throws AlertforestError FEEDBACK_INVALID when the alert holds the most votes it can
 */
export function applyVote(
  before: JudgedAlert | undefined,
  snapshot: AlertSnapshot,
  vote: Vote,
): FeedbackChange {
  if (before === undefined) {
    const next = { snapshot, votes: [vote], rev: 1, nEntries: 1, ruling: undefined };
    return { status: 'accepted', next, isMarked: true };
  }
  const earlier = before.votes.find(({ analyst }) => analyst === vote.analyst);
  if (earlier !== undefined && sameWord(earlier, vote)) {
    return { status: 'duplicate', next: undefined, isMarked: false };
  }
  if (earlier === undefined && before.votes.length >= MAX_VOTES_PER_ALERT) {
    throw tooManyVotes(before.snapshot.alertKey);
  }
  const votes = [...before.votes.filter((other) => other !== earlier), vote].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  );
  const isMarked = !sameLesson(effectiveJudgement(before.votes), effectiveJudgement(votes));
  return {
    status: earlier === undefined ? 'accepted' : 'revised',
    next: { ...before, votes, rev: before.rev + (isMarked ? 1 : 0), nEntries: before.nEntries + 1 },
    isMarked,
  };
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

export const tooManyVotes = (alertKey: string, cause?: unknown): AlertforestError =>
  new AlertforestError(
    'FEEDBACK_INVALID',
    `Alert ${alertKey} already carries the most votes it can hold (${MAX_VOTES_PER_ALERT}, or 1 MiB of them).`,
    {
      cause,
      issues: [{ path: 'analyst', message: 'Expected an analyst who has voted on this alert before.' }],
    },
  );

export const toSample = ({ snapshot, votes, rev, ruling }: JudgedAlert): FeedbackSample => ({
  snapshot,
  votes,
  effective: effectiveJudgement(votes),
  rev,
  ruling,
});

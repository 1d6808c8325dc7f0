import type { Disposition } from '../../alert/alert.ts';
import { countedVotes, effectiveJudgement, type Vote, wholeOf } from '../../alert/judgement.ts';
import type { Exclusion } from '../../store/release.ts';
import type { GuardSettings } from '../training-settings.ts';
import { type DatasetRow, judgedAtMs } from './dataset.ts';
import { type Candidate, holdBack } from './guards.ts';

/** A row of the training set that teaches. */
export interface Taught {
  /** Position in `Dataset.rows`. */
  readonly index: number;
  readonly disposition: Disposition;
  /** 0-100, NaN where no agreeing vote gave one. */
  readonly risk: number;
  /**
   * Share of the counted votes that agree, in (0, 1]; of alerts that were judged by one word on their incident, shared
   * among all of them that teach.
   */
  readonly weight: number;
  readonly judgedAtMs: number;
  /** Whose counted votes agree with the disposition, or who passed them on; at least one. */
  readonly analysts: readonly string[];
}

/** What the votes of a training set amount to. The parts are disjoint and together are all rows. */
export interface Judged {
  readonly taught: readonly Taught[];
  /** Held back until an operator confirms: alert key -> reason. */
  readonly quarantined: ReadonlyMap<string, string>;
  /** An operator said no: alert keys. */
  readonly rejected: readonly string[];
  /** Every vote came from an excluded analyst: alert keys. */
  readonly excluded: readonly string[];
}

/**
 * Which rows teach what: excluded analysts' votes are taken out, rejected rows never teach, confirmed ones pass, and
 * the guards hold back the rest where it looks wrong. A pure function of the rows, the exclusions and the settings:
 * running it again over the stored training set gives the same answer, which is what makes a retrain replayable.
 */
export function judge(
  rows: readonly DatasetRow[],
  exclusions: readonly Exclusion[],
  guards: GuardSettings,
): Judged {
  const candidates: Candidate[] = [];
  const rejected: string[] = [];
  const excluded: string[] = [];
  /** By row, the incident whose judgement is all that is known of it. */
  const wholes = new Map<number, string>();
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    const isRejected = row.ruling?.action === 'reject';
    if (isRejected) rejected.push(row.alertKey);
    const votes =
      exclusions.length === 0 ? row.votes : row.votes.filter((vote) => !isExcluded(vote, exclusions));
    if (votes.length === 0) {
      if (!isRejected) excluded.push(row.alertKey);
      continue;
    }
    const votedAtMs = judgedAtMs(row);
    const whole = wholeOf(votes);
    if (whole !== undefined) wholes.set(index, whole);
    candidates.push({
      index,
      // the guards count incidents: one word on many alerts is one
      row: whole === undefined ? row : { ...row, group: whole },
      votes,
      judgement: effectiveJudgement(votes),
      judgedAtMs: votedAtMs,
      isConfirmed: row.ruling?.action === 'confirm' && row.ruling.atMs >= votedAtMs,
      isRejected,
    });
  }
  const quarantined = holdBack(candidates, guards);
  const taught = candidates.flatMap(({ index, row, votes, judgement, judgedAtMs: at, isRejected }) =>
    isRejected || quarantined.has(row.alertKey)
      ? []
      : [
          {
            index,
            disposition: judgement.disposition,
            risk: judgement.riskScore ?? Number.NaN,
            weight: judgement.agreement,
            judgedAtMs: at,
            analysts: analystsBehind(votes, judgement.disposition),
          },
        ],
  );
  return { taught: sharedWeights(taught, wholes), quarantined, rejected, excluded };
}

/** One judgement has one weight, on however many alerts of its incident it falls. */
function sharedWeights(taught: readonly Taught[], wholes: ReadonlyMap<number, string>): readonly Taught[] {
  if (wholes.size === 0) return taught;
  const n = new Map<string, number>();
  for (const { index } of taught) {
    const whole = wholes.get(index);
    if (whole !== undefined) n.set(whole, (n.get(whole) ?? 0) + 1);
  }
  return taught.map((one) => {
    const whole = wholes.get(one.index);
    return whole === undefined ? one : { ...one, weight: one.weight / n.get(whole)! };
  });
}

function analystsBehind(votes: readonly Vote[], disposition: Disposition): string[] {
  const agreeing = countedVotes(votes).filter((vote) => vote.disposition === disposition);
  return [...new Set(agreeing.map(({ caller, analyst }) => caller ?? analyst))];
}

function isExcluded(vote: Vote, exclusions: readonly Exclusion[]): boolean {
  return exclusions.some(
    ({ analyst, since }) =>
      vote.analyst === analyst && (since === undefined || Date.parse(vote.at) >= Date.parse(since)),
  );
}

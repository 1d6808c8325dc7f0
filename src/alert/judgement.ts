import { z } from 'zod';
import { type Disposition, dispositionSchema } from './alert.ts';

/** One word on one alert: an analyst's latest, or the state of a vendor's record. */
export const voteSchema = z.object({
  analyst: z.string().min(1).max(256),
  disposition: dispositionSchema,
  risk_score: z.number().min(0).max(100).optional(),
  comment: z.string().max(4096).optional(),
  /** ISO 8601, UTC: when it was accepted. */
  at: z.iso.datetime(),
  /** True where the identity came from Entra id, false where it is the caller's claim. */
  verified: z.boolean(),
  /** Absent in votes of builds that did not tell records from persons; they are read as a person's. */
  from: z.enum(['person', 'record']).optional(),
  /**
   * The record this is the state of; `at` is its vendor's time, that of receipt where it has none, `closedAt` when it
   * was closed, as far as it says; `revision` counts its states from 1.
   */
  record: z
    .object({
      id: z.string(),
      at: z.iso.datetime(),
      closedAt: z.iso.datetime().optional(),
      revision: z.int().min(1),
    })
    .optional(),
  /** The incident that was judged as a whole; absent in a word on this alert alone, which says more. */
  whole: z.string().max(64).optional(),
  /** The proven caller that passed on a claimed name. All claims of one caller are one vote. */
  caller: z.string().max(256).optional(),
});
export type Vote = z.infer<typeof voteSchema>;

/** What the votes on one alert amount to. */
export interface EffectiveJudgement {
  readonly disposition: Disposition;
  /** Mean of the risk scores given by the votes that agree, or undefined where none gave one. */
  readonly riskScore: number | undefined;
  /** Share of the counted votes that agree with the disposition, in (0, 1]. */
  readonly agreement: number;
  /** Latest `at` among all votes, ISO 8601. */
  readonly judgedAt: string;
}

/** Whether the caller was known to be who it says: a record that is passed on only claims who closed it. */
export const isProven = ({ verified, from }: Pick<Vote, 'verified' | 'from'>): boolean =>
  verified && from !== 'record';

/**
 * Votes that count, of all that stand: where an analyst's own vote is proven, no claim; of the others, where any is on
 * the alert alone, none on its whole incident; of these the proven ones alone, else one of each proven caller that
 * passed on claims (its latest), every other claim, and the state of the record.
 */
export function countedVotes(standing: readonly Vote[]): readonly Vote[] {
  const heard = standing.some(isProven)
    ? standing.filter((vote) => isProven(vote) || vote.from === 'record')
    : standing;
  const alone = heard.filter(({ whole }) => whole === undefined);
  const votes = alone.length === 0 ? heard : alone;
  const proven = votes.filter(isProven);
  if (proven.length > 0) return proven;
  const ofCaller = new Map<string, Vote>();
  for (const vote of votes) {
    if (vote.from === 'record' || vote.caller === undefined) continue;
    const other = ofCaller.get(vote.caller);
    if (other === undefined || other.at <= vote.at) ofCaller.set(vote.caller, vote);
  }
  return votes.filter(
    (vote) => vote.from === 'record' || vote.caller === undefined || ofCaller.get(vote.caller) === vote,
  );
}

/** The incident whose judgement as a whole is all that is known of the alert. */
export function wholeOf(votes: readonly Vote[]): string | undefined {
  return countedVotes(votes).find(({ whole }) => whole !== undefined)?.whole;
}

/**
 * Majority of the counted votes; a tie goes to the record's side, else to the side with the latest vote. `votes` has
 * at least one entry.
 */
export function effectiveJudgement(votes: readonly Vote[]): EffectiveJudgement {
  const counted = countedVotes(votes);
  const sides = new Map<Disposition, Vote[]>();
  for (const vote of counted) {
    const side = sides.get(vote.disposition);
    if (side) side.push(vote);
    else sides.set(vote.disposition, [vote]);
  }
  const latest = (side: readonly Vote[]): string =>
    side
      .map((vote) => vote.at)
      .sort()
      .at(-1) ?? '';
  const holdsRecord = (side: readonly Vote[]): boolean => side.some(({ from }) => from === 'record');
  const wins = (side: readonly Vote[], other: readonly Vote[]): boolean => {
    if (side.length !== other.length) return side.length > other.length;
    if (holdsRecord(side) !== holdsRecord(other)) return holdsRecord(side);
    return latest(side) > latest(other);
  };
  let winner: Vote[] | undefined;
  for (const side of sides.values()) if (winner === undefined || wins(side, winner)) winner = side;
  if (winner === undefined) throw new RangeError('Expected at least one vote, got none.');
  const risks = winner.flatMap((vote) => (vote.risk_score === undefined ? [] : [vote.risk_score]));
  return {
    disposition: (winner[0] as Vote).disposition,
    riskScore: risks.length === 0 ? undefined : risks.reduce((sum, risk) => sum + risk, 0) / risks.length,
    agreement: winner.length / counted.length,
    judgedAt: latest(votes),
  };
}

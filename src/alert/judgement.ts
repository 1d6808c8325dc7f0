import { z } from 'zod';
import { type Disposition, dispositionSchema } from './alert.ts';

/** One analyst's latest word on one alert. */
export const voteSchema = z.object({
  analyst: z.string().min(1).max(256),
  disposition: dispositionSchema,
  risk_score: z.number().min(0).max(100).optional(),
  comment: z.string().max(4096).optional(),
  /** ISO 8601, UTC: when the vote was accepted. */
  at: z.iso.datetime(),
  /** True where the identity came from Entra id, false where it is the caller's claim. */
  verified: z.boolean(),
});
export type Vote = z.infer<typeof voteSchema>;

/** What the votes on one alert amount to. */
export interface EffectiveJudgement {
  readonly disposition: Disposition;
  /** Mean of the risk scores given by the votes that agree, or undefined where none gave one. */
  readonly riskScore: number | undefined;
  /** Share of the votes that agree with the disposition, in (0, 1]. */
  readonly agreement: number;
  /** Latest `at` among all votes, ISO 8601. */
  readonly judgedAt: string;
}

/** Majority of one vote per analyst; a tie goes to the side with the latest vote. `votes` has at least one entry. */
export function effectiveJudgement(votes: readonly Vote[]): EffectiveJudgement {
  const sides = new Map<Disposition, Vote[]>();
  for (const vote of votes) {
    const side = sides.get(vote.disposition);
    if (side) side.push(vote);
    else sides.set(vote.disposition, [vote]);
  }
  const latest = (side: readonly Vote[]): string =>
    side
      .map((vote) => vote.at)
      .sort()
      .at(-1) ?? '';
  let winner: Vote[] | undefined;
  for (const side of sides.values()) {
    if (
      winner === undefined ||
      side.length > winner.length ||
      (side.length === winner.length && latest(side) > latest(winner))
    )
      winner = side;
  }
  if (winner === undefined) throw new RangeError('Expected at least one vote, got none.');
  const risks = winner.flatMap((vote) => (vote.risk_score === undefined ? [] : [vote.risk_score]));
  return {
    disposition: (winner[0] as Vote).disposition,
    riskScore: risks.length === 0 ? undefined : risks.reduce((sum, risk) => sum + risk, 0) / risks.length,
    agreement: winner.length / votes.length,
    judgedAt: latest(votes),
  };
}

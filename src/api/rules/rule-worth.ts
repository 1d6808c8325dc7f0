import { setImmediate as nextTurn } from 'node:timers/promises';
import { ATTACK_SHARES } from '../../alert/disposition.ts';
import type { RuleHit } from '../../alert/snapshot.ts';
import type { CostMatrix } from '../../policy/policy.ts';
import { type Interval, intervalOf } from '../../policy/workload-curve.ts';
import type { UnseenPredictions } from '../../training/fit/unseen-predictions.ts';
import { groupDraws } from '../../trees/metrics/group-bootstrap.ts';
import { type Evidence, ruleScoreOf } from '../../triage/rules/score.ts';

export interface RuleWorthInput {
  readonly judged: UnseenPredictions;
  /** What a hit brings now; undefined for a rule that is gone or switched off. */
  readonly evidence: (hit: RuleHit) => Evidence | undefined;
  /** Shares of models and rules in the score. */
  readonly blend: { readonly model: number; readonly rule: number };
  readonly costs: CostMatrix;
  /** Bootstrap rounds. @default 200 */
  readonly nRounds?: number;
  /** 32-bit. @default 1 */
  readonly seed?: number;
}

/** Longest that one slice holds the event loop. */
const MAX_SLICE_MS = 8;

/** An alert that ends on the other side of the cut once a rule is gone. */
interface Crossing {
  readonly row: number;
  /** What that costs, in units of the cost matrix. */
  readonly cost: number;
}

/**
 * What each rule adds to the models: how much more an alert would cost on average without it, in the units of the cost
 * matrix; negative for a rule that costs more than it saves.
 *
 * The score of a judged alert is the blend of its attack probability out of fold (x 100) and its rule score; everything
 * below the cut that costs least with all rules is closed. A rule is taken away with the cut held: what ends on the other
 * side of it makes the difference. 95 % intervals over incidents drawn again. Rules that hit no judged alert are left out.
 */
export async function ruleWorths({
  judged,
  evidence,
  blend,
  costs,
  nRounds = 200,
  seed = 1,
}: RuleWorthInput): Promise<Map<string, Interval>> {
  const { attack, labels, groups, weights, hits } = judged;
  const scoreOf = (row: number, without?: string): number => {
    const asked = hits[row];
    const share = 100 * attack[row]!;
    if (asked === undefined) return share;
    const counted = asked.flatMap((hit) => (hit.id === without ? [] : (evidence(hit) ?? [])));
    return blend.model * share + blend.rule * ruleScoreOf(counted);
  };
  const scores = Float64Array.from(attack, (_, row) => scoreOf(row));
  /** What closing a row costs more than leaving it open. */
  const closing = Float64Array.from(labels, (label) => {
    const share = ATTACK_SHARES[label]!;
    return share * costs.missed_attack - (1 - share) * (costs.correct_close + costs.false_alarm);
  });
  const cut = cheapestCut(scores, closing, weights);
  const crossings = new Map<string, Crossing[]>();
  let sliceStartedAtMs = performance.now();
  const breathe = async (): Promise<void> => {
    if (performance.now() - sliceStartedAtMs <= MAX_SLICE_MS) return;
    await nextTurn();
    sliceStartedAtMs = performance.now();
  };
  for (let row = 0; row < scores.length; row++) {
    for (const hit of hits[row] ?? []) {
      const own = crossings.get(hit.id) ?? [];
      crossings.set(hit.id, own);
      const [before, after] = [scores[row]! < cut, scoreOf(row, hit.id) < cut];
      if (before !== after) own.push({ row, cost: after ? closing[row]! : -closing[row]! });
    }
    await breathe();
  }
  const rounds = new Map([...crossings.keys()].map((id) => [id, [] as number[]]));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const times of groupDraws(groups, nRounds, seed)) {
    let drawn = 0;
    for (let row = 0; row < weights.length; row++) drawn += weights[row]! * times[row]!;
    for (const [id, own] of crossings) {
      let sum = 0;
      for (const { row, cost } of own) sum += weights[row]! * times[row]! * cost;
      rounds.get(id)!.push(sum / drawn);
    }
    await breathe();
  }
  return new Map(
    [...crossings].map(([id, own]) => {
      const sum = own.reduce((all, { row, cost }) => all + weights[row]! * cost, 0);
      return [id, intervalOf(sum / total, rounds.get(id)!)];
    }),
  );
}

/** The score below which closing everything costs least; of equal ones the lowest. Closes nothing where that is best. */
function cheapestCut(scores: Float64Array, closing: Float64Array, weights: Float64Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let [sum, least, cut] = [0, 0, Number.NEGATIVE_INFINITY];
  order.forEach((row, place) => {
    sum += weights[row]! * closing[row]!;
    const next = order[place + 1];
    // alerts of one score stand or fall together
    if (next !== undefined && scores[next] === scores[row]) return;
    if (sum >= least) return;
    least = sum;
    cut = next === undefined ? Number.POSITIVE_INFINITY : (scores[row]! + scores[next]!) / 2;
  });
  return cut;
}

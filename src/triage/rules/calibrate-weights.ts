import { type LearnedWeights, priorWeight, type RulePrior } from './rule-weights.ts';

/** A judged incident, and the rules that hit in it. */
export interface JudgedIncident {
  /** Alerts of one incident count once a rule. */
  readonly incident: string;
  /** Who judged it; undefined where no name is given. */
  readonly analyst: string | undefined;
  readonly isAttack: boolean;
  /** Ids of the rules that hit. */
  readonly rules: readonly string[];
}

/** How many judgements a rule's level is worth. */
const PRIOR_STRENGTH = 4;
/** How far judgements move a weight at most, in nats. */
const MAX_SHIFT = 1.5;
/** What a critical rule keeps whatever was judged. */
const CRITICAL_FLOOR = 1.1;
/** Judgements of one analyst on a rule that always count. */
const FREE_JUDGEMENTS = 2;

interface Tally {
  attacks: number;
  others: number;
}

/**
 * Weights of the rules that judged incidents speak about, in nats, by rule id.
 *
 * p = (t + m rho) / (t + f + m) is the share of attacks among the incidents in which the rule hit, drawn towards what
 * its level says, rho = sigma(logit(pi) + u_level), with pi the share of attacks among all. The weight moves by
 * logit p - logit rho, at most 1.5 either way. A rule for an attack may fade to 0 and never turns against one, nor the
 * other way round; one analyst's judgements on a rule count at most half as much as all others', or two; a critical
 * rule keeps 1.1.
 */
export function calibratedWeights(
  rules: readonly Pick<RulePrior, 'id' | 'level' | 'against'>[],
  judged: readonly JudgedIncident[],
): LearnedWeights {
  const byRule = tallies(judged);
  const nAttacks = judged.reduce((sum, { isAttack }) => sum + Number(isAttack), 0);
  const share = judged.length === 0 ? 0.5 : Math.min(0.9, Math.max(0.1, nAttacks / judged.length));
  const learned: Record<string, number> = {};
  for (const { id, level, against } of rules) {
    const byAnalyst = byRule.get(id);
    if (byAnalyst === undefined) continue;
    const prior = priorWeight(level, against);
    const { attacks, others } = capped(byAnalyst);
    const expected = logit(share) + prior;
    const rho = 1 / (1 + Math.exp(-expected));
    const p = (attacks + PRIOR_STRENGTH * rho) / (attacks + others + PRIOR_STRENGTH);
    const shift = Math.min(MAX_SHIFT, Math.max(-MAX_SHIFT, logit(p) - expected));
    learned[id] = locked(prior + shift, prior, level === 'critical' && against === undefined);
  }
  return learned;
}

/** Keeps the side of the prior, and a critical rule's floor. */
function locked(weight: number, prior: number, isCritical: boolean): number {
  if (prior < 0) return Math.min(0, weight);
  return Math.max(isCritical ? CRITICAL_FLOOR : 0, weight);
}

/** Per rule and analyst, each incident once. */
function tallies(judged: readonly JudgedIncident[]): Map<string, Map<string, Tally>> {
  const byRule = new Map<string, Map<string, Tally>>();
  const seen = new Set<string>();
  for (const { incident, analyst = '', isAttack, rules } of judged) {
    for (const id of new Set(rules)) {
      const once = JSON.stringify([id, incident, analyst]);
      if (seen.has(once)) continue;
      seen.add(once);
      let byAnalyst = byRule.get(id);
      if (byAnalyst === undefined) {
        byAnalyst = new Map();
        byRule.set(id, byAnalyst);
      }
      const tally = byAnalyst.get(analyst) ?? { attacks: 0, others: 0 };
      if (isAttack) tally.attacks++;
      else tally.others++;
      byAnalyst.set(analyst, tally);
    }
  }
  return byRule;
}

/** The sum over the analysts, each shrunk to at most max(2, half of all others'). Nobody named: no cap to apply. */
function capped(byAnalyst: ReadonlyMap<string, Tally>): Tally {
  const sizes = [...byAnalyst].map(([analyst, { attacks, others }]) => ({ analyst, size: attacks + others }));
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  const sum: Tally = { attacks: 0, others: 0 };
  for (const [analyst, tally] of byAnalyst) {
    const size = tally.attacks + tally.others;
    const most = analyst === '' && byAnalyst.size === 1 ? size : Math.max(FREE_JUDGEMENTS, (all - size) / 2);
    const factor = Math.min(1, most / size);
    sum.attacks += tally.attacks * factor;
    sum.others += tally.others * factor;
  }
  return sum;
}

const logit = (p: number): number => Math.log(p / (1 - p));

/** How strongly a rule speaks by itself, before anything was learned about it. */
export type RuleLevel = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type AgainstLevel = 'low' | 'medium' | 'high';

/** Evidence by level, in nats: a rule alone gives a score of 100 (1 - exp(-weight)). */
export const LEVEL_WEIGHTS: Readonly<Record<RuleLevel, number>> = {
  informational: 0.05,
  low: 0.3,
  medium: 0.7,
  high: 1.4,
  critical: 2.2,
};

/** Evidence of a rule that speaks against an attack, in nats: the score shrinks by exp(weight). */
export const AGAINST_WEIGHTS: Readonly<Record<AgainstLevel, number>> = {
  low: -0.3,
  medium: -0.7,
  high: -1.4,
};

/** What the second, third ... rule of a group still adds, as a factor each. */
const OVERLAP = 0.7;
/** What a hit that holds only because a field is absent weighs. */
export const HALF = 0.5;

/** The part of a hit that the score rests on. */
export interface Evidence {
  /** In nats, > 0 for an attack, < 0 against one; a half hit's weight is halved already. */
  readonly weight: number;
  /** Rules of one group see much the same thing: the strongest counts whole, each further one less. */
  readonly group: string;
  readonly isCritical: boolean;
}

/**
 * The rules' part of the verdict, 0-100, higher is worse: 100 (1 - exp(-E)) exp(-A), with E and A the evidence for and
 * against an attack. Within a group the k-th strongest weighs 0.7^k of its weight. What speaks against an attack never
 * takes the score below half of what a critical rule that hit would give alone.
 *
 * Bounded and free of order. A further hit for an attack never lowers it, one against never raises it.
 */
export function ruleScoreOf(evidence: readonly Evidence[]): number {
  const attack = summed(evidence.filter(({ weight }) => weight > 0));
  const calm = summed(evidence.filter(({ weight }) => weight < 0));
  let floor = 0;
  for (const { weight, isCritical } of evidence) {
    if (isCritical && weight > 0) floor = Math.max(floor, 0.5 * shareOf(weight));
  }
  return 100 * Math.max(floor, shareOf(attack) * Math.exp(-calm));
}

/** Sum over the groups of the discounted magnitudes. */
function summed(evidence: readonly Evidence[]): number {
  const seen = new Map<string, number>();
  let sum = 0;
  // strongest first, equal ones by group, so that the same sum of floats comes out in any order
  const strongest = evidence.toSorted(
    (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0),
  );
  for (const { weight, group } of strongest) {
    const rank = seen.get(group) ?? 0;
    seen.set(group, rank + 1);
    sum += Math.abs(weight) * OVERLAP ** rank;
  }
  return sum;
}

/** 1 - exp(-x), exact for small x. */
function shareOf(evidence: number): number {
  return -Math.expm1(-evidence);
}

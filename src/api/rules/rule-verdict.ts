import type { JudgedCounts } from '../../training/feedback/rule-judgements.ts';
import { wilson } from '../../trees/metrics/wilson-interval.ts';

/** `retire`: it surely speaks for the wrong side; `tune`: it may. */
export type RuleAdvice = 'keep' | 'tune' | 'retire';

export interface RulePrecision {
  /** Judged incidents in which it hit. */
  readonly judged: number;
  /** Share of them on the rule's side, 0-1; with a 95 % interval. Null without any. */
  readonly precision: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Null where too few were judged. */
  readonly advice: RuleAdvice | null;
}

/** Judged incidents from which on a rule is advised on. */
const ADVISED_FROM = 5;

/**
 * How often a rule was right, Wilson interval, beside how often its side was right among all judged incidents: a rule
 * that is right less often than that speaks for the other side.
 *
 * @param isAgainst the rule speaks against an attack: harmless incidents are on its side
 */
export function rulePrecision(hits: JudgedCounts, all: JudgedCounts, isAgainst: boolean): RulePrecision {
  const judged = hits.attacks + hits.others;
  if (judged === 0) return { judged, precision: null, low: null, high: null, advice: null };
  const right = isAgainst ? hits.others : hits.attacks;
  const { low, high } = wilson(right, judged);
  const precision = right / judged;
  const base = (isAgainst ? all.others : all.attacks) / (all.attacks + all.others);
  const advice = high < base ? 'retire' : precision < base ? 'tune' : 'keep';
  return { judged, precision, low, high, advice: judged < ADVISED_FROM ? null : advice };
}

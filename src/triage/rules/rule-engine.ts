import type { Alert } from '../../alert/alert.ts';

/** One rule that spoke. */
export interface RuleMatch {
  readonly id: string;
  readonly title: string;
  /** How strongly the rule alone speaks for an attack, in (0, 1); negative for a rule that speaks against one. */
  readonly weight: number;
}

export interface RuleOutcome {
  /** 0-100, higher is worse. */
  readonly score: number;
  /** Strongest first. */
  readonly matches: readonly RuleMatch[];
}

/** The rule part of the verdict. Pure: the same alert gives the same outcome. */
export interface RuleEngine {
  /** Names the set of rules, so that a verdict can be replayed. */
  readonly id: string;
  evaluate(alert: Alert): RuleOutcome;
}

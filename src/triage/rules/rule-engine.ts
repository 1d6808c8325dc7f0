import type { Alert } from '../../alert/alert.ts';
import type { CorrelationWindows } from './correlation-windows.ts';
import type { RuleFacts } from './fields/project-alert.ts';
import type { RuleLevel } from './score.ts';

/** One rule that spoke. */
export interface RuleMatch {
  /** Name of a shipped rule, id of a customer's. */
  readonly id: string;
  readonly title: string;
  readonly level: RuleLevel;
  /** Evidence in nats, the half of a half hit already taken: > 0 speaks for an attack, < 0 against one. */
  readonly weight: number;
  /** The hit holds only because a field is absent. */
  readonly half: boolean;
  /** Why it speaks, in one sentence; empty where the rule gives none. */
  readonly reason: string;
}

export interface RuleOutcome {
  /** 0-100, higher is worse; null where the alert has none of the fields that rules test, so that silence says nothing. */
  readonly score: number | null;
  /** Strongest first. */
  readonly matches: readonly RuleMatch[];
}

/**
 * The rule part of the verdict. Pure without `windows`: the same alert, payload and facts give the same outcome. With
 * them the alert is counted, and correlations that it completes speak as rules do.
 */
export interface RuleEngine {
  /** Names the rules and their weights, so that a verdict can be replayed. */
  readonly id: string;
  /** @param withoutRule id of a rule that does not speak this time */
  evaluate(
    alert: Alert,
    payload?: unknown,
    facts?: RuleFacts,
    windows?: CorrelationWindows,
    withoutRule?: string,
  ): RuleOutcome;
}

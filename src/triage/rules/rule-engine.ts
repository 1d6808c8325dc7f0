import type { Alert } from '../../alert/alert.ts';
import type { CorrelationWindows } from './correlation-windows.ts';
import type { RuleFacts } from './fields/project-alert.ts';
import type { RuleLevel } from './score.ts';
import type { Hit } from './sigma/rule-set.ts';

/** A field in which a rule found something. */
export interface RuleField {
  /** As rules name it; '' where the whole event was searched. */
  readonly name: string;
  /** What was found in it, each cut to 200 characters; undefined where values are withheld. */
  readonly values?: readonly string[];
}

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
  /** Where it found something; only where asked for. */
  readonly fields?: readonly RuleField[];
  /** Says what of the alert speaks; undefined of a correlation. */
  readonly hit?: Hit | undefined;
}

export interface RuleOutcome {
  /** 0-100, higher is worse; null where the alert has none of the fields that rules test, so that silence says nothing. */
  readonly score: number | null;
  /** Strongest first. */
  readonly matches: readonly RuleMatch[];
}

/** What else an evaluation does. */
export interface EvaluateOptions {
  /** Count the alert in these windows, so that correlations which it completes speak. */
  readonly windows?: CorrelationWindows | undefined;
  /** Id of a rule that does not speak this time. */
  readonly withoutRule?: string | undefined;
  /** Say in which fields each rule found something, by name or with values. */
  readonly fields?: 'names' | 'values' | undefined;
}

/**
 * The rule part of the verdict. Pure without `windows`: the same alert, payload and facts give the same outcome. With
 * them the alert is counted, and correlations that it completes speak as rules do.
 */
export interface RuleEngine {
  /** Names the rules and their weights, so that a verdict can be replayed. */
  readonly id: string;
  evaluate(alert: Alert, payload?: unknown, facts?: RuleFacts, options?: EvaluateOptions): RuleOutcome;
}

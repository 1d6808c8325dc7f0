import {
  AGAINST_WEIGHTS,
  type AgainstLevel,
  type Evidence,
  HALF,
  LEVEL_WEIGHTS,
  type RuleLevel,
} from './score.ts';
import type { CompiledRule } from './sigma/compile/compiled-rule.ts';

/** What an operator decided about one rule. */
export interface RuleSetting {
  readonly enabled: boolean;
  /** Factor on the rule's weight, 0-2. @default 1 */
  readonly weight?: number | undefined;
}

/** By rule id. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

/** Weights learned from judgements, in nats, by rule id; a rule that is missing weighs by its level. */
export type LearnedWeights = Readonly<Record<string, number>>;

/** One rule as the score sees it. */
export interface WeighedRule {
  readonly id: string;
  readonly title: string;
  readonly level: RuleLevel;
  readonly against: AgainstLevel | undefined;
  readonly group: string;
  readonly reason: string;
  /** In nats; 0 for a rule that is switched off. */
  readonly weight: number;
}

/** Weight of a rule before anything was learned or decided about it, in nats. */
export function priorWeight(level: RuleLevel, against: AgainstLevel | undefined): number {
  return against === undefined ? LEVEL_WEIGHTS[level] : AGAINST_WEIGHTS[against];
}

/** Name of a rule on the wire: its own name, else its id, else its title. */
export function ruleIdOf({ name, id, title }: CompiledRule): string {
  return name || id || title;
}

export function weighedRule(
  rule: CompiledRule,
  learned: LearnedWeights,
  settings: RuleSettings,
): WeighedRule {
  const id = ruleIdOf(rule);
  const level = rule.level ?? 'medium';
  const against = againstOf(rule.attributes['against']);
  const setting = Object.hasOwn(settings, id) ? settings[id] : undefined;
  const own = (Object.hasOwn(learned, id) ? learned[id] : undefined) ?? priorWeight(level, against);
  return {
    id,
    title: rule.title,
    level,
    against,
    group: textOr(rule.attributes['group'], rule.file.split('/')[0]!),
    reason: textOr(rule.attributes['reason'], ''),
    weight: setting?.enabled === false ? 0 : own * (setting?.weight ?? 1),
  };
}

/** What a hit of a rule brings to the score. */
export function evidenceOf(rule: WeighedRule, isHalf: boolean): Evidence {
  return {
    weight: isHalf ? rule.weight * HALF : rule.weight,
    group: rule.group,
    isCritical: rule.level === 'critical' && rule.against === undefined,
  };
}

function againstOf(value: unknown): AgainstLevel | undefined {
  return value === 'low' || value === 'medium' || value === 'high' ? value : undefined;
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

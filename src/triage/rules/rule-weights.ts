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

/** What a rule weighs before anything was learned about it. */
export interface RulePrior {
  readonly id: string;
  readonly level: RuleLevel;
  readonly against: AgainstLevel | undefined;
  /** Rules of one group overlap. */
  readonly group: string;
}

/** One rule as the score sees it. */
export interface WeighedRule extends RulePrior {
  readonly title: string;
  readonly reason: string;
  /** False: an operator switched it off, and it is not asked. */
  readonly isEnabled: boolean;
  /** In nats; 0 for a rule that is switched off. A rule that faded to 0 is asked on, so that judgements can bring it back. */
  readonly weight: number;
  /** In nats, from judgements; undefined where none speak about it. */
  readonly learned: number | undefined;
}

/** Weight of a rule before anything was learned or decided about it, in nats. */
export function priorWeight(level: RuleLevel, against: AgainstLevel | undefined): number {
  return against === undefined ? LEVEL_WEIGHTS[level] : AGAINST_WEIGHTS[against];
}

/** What is weighed: a rule, or the document of a correlation. */
export type WeighableRule = Pick<CompiledRule, 'id' | 'name' | 'title' | 'level' | 'attributes' | 'file'>;

/** Name of a rule on the wire: its own name, else its id, else its title. */
export function ruleIdOf({ name, id, title }: WeighableRule): string {
  return name || id || title;
}

export function weighedRule(
  rule: WeighableRule,
  learned: LearnedWeights,
  settings: RuleSettings,
): WeighedRule {
  const id = ruleIdOf(rule);
  const level = rule.level ?? 'medium';
  const against = againstOf(rule.attributes['against']);
  const setting = Object.hasOwn(settings, id) ? settings[id] : undefined;
  const own = Object.hasOwn(learned, id) ? learned[id] : undefined;
  return {
    id,
    title: rule.title,
    level,
    against,
    group: textOr(rule.attributes['group'], rule.file.split('/')[0]!),
    reason: textOr(rule.attributes['reason'], ''),
    isEnabled: setting?.enabled !== false,
    weight: setting?.enabled === false ? 0 : (own ?? priorWeight(level, against)) * (setting?.weight ?? 1),
    learned: own,
  };
}

/** What a hit of a rule brings to the score. */
export function evidenceOf(rule: RulePrior & { readonly weight: number }, isHalf: boolean): Evidence {
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

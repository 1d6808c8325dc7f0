import type { Alert } from '../../alert/alert.ts';
import { BUILT_IN_RULES, type BuiltInRule } from './built-in-rules.ts';
import type { RuleEngine, RuleMatch, RuleOutcome } from './rule-engine.ts';
import { ruleFacts } from './rule-facts.ts';

/**
 * Scores an alert by a list of weighted rules.
 *
 * Rules that speak for an attack combine as independent evidence, 1 - prod(1 - weight): each raises the score, none
 * can push it past 100, and their order does not matter. Rules that speak against one shrink the result by
 * prod(1 + weight). About 5 us an alert.
 */
export class BuiltInRuleEngine implements RuleEngine {
  readonly id = 'built-in-1';
  readonly #rules: readonly BuiltInRule[];

  constructor(rules: readonly BuiltInRule[] = BUILT_IN_RULES) {
    for (const rule of rules) {
      if (!(rule.weight > -1 && rule.weight < 1 && rule.weight !== 0)) {
        throw new RangeError(
          `Expected the weight of rule ${rule.id} in (-1, 1) and not 0, got ${rule.weight}.`,
        );
      }
    }
    this.#rules = rules;
  }

  evaluate(alert: Alert): RuleOutcome {
    const facts = ruleFacts(alert);
    const matches: RuleMatch[] = [];
    let innocence = 1;
    let calm = 1;
    for (const { id, title, weight, when } of this.#rules) {
      if (!when(facts)) continue;
      matches.push({ id, title, weight });
      if (weight > 0) innocence *= 1 - weight;
      else calm *= 1 + weight;
    }
    matches.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    return { score: 100 * (1 - innocence) * calm, matches };
  }
}

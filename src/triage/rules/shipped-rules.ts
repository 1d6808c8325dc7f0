import { fromRow, type RuleRow } from './shipped-rows.ts';
import shipped from './shipped-rules.json' with { type: 'json' };
import { compileRead, type RuleSet } from './sigma/rule-set.ts';
import { SigmaRuleEngine } from './sigma-rule-engine.ts';

/** Names the shipped rules: the same text gives the same name. */
export const SHIPPED_ID: string = shipped.id;

let compiled: RuleSet | undefined;

/** The rules that come with this build; compiled at the first call. */
export function shippedRules(): RuleSet {
  compiled ??= compileRead((shipped.rules as unknown as readonly RuleRow[]).map(fromRow), {
    areChecked: true,
  });
  return compiled;
}

/** An engine of the shipped rules, each weighing by its level. */
export function shippedRuleEngine(): SigmaRuleEngine {
  return new SigmaRuleEngine({ id: SHIPPED_ID, sets: [shippedRules()] });
}

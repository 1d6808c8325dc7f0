import { fromShipped, type ShippedRules } from './shipped-artefact.ts';
import shipped from './shipped-rules.json' with { type: 'json' };
import { type RuleSet, setOfKept } from './sigma/rule-set.ts';
import { SigmaRuleEngine } from './sigma-rule-engine.ts';

/** Names the shipped rules: the same rules give the same name. */
export const SHIPPED_ID: string = shipped.id;

let loaded: RuleSet | undefined;

/** The rules that come with this build, compiled by it; put together at the first call. */
export function shippedRules(): RuleSet {
  loaded ??= setOfKept(fromShipped(shipped as unknown as ShippedRules));
  return loaded;
}

/** An engine of the shipped rules, each weighing by its level. */
export function shippedRuleEngine(): SigmaRuleEngine {
  return new SigmaRuleEngine({ id: SHIPPED_ID, sets: [shippedRules()] });
}

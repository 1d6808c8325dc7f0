import type { TriageStage } from '../triage-facts.ts';
import type { RuleEngine } from './rule-engine.ts';

/** What the rules say of an alert. */
export function ruleStage(engine: RuleEngine): TriageStage {
  return {
    name: 'rules',
    budgetUs: 50_000,
    isReady: () => true,
    run: ({ alert }) => ({ rules: engine.evaluate(alert) }),
  };
}

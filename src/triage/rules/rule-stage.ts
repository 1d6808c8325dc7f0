import type { TriageStage } from '../triage-facts.ts';
import type { CorrelationWindows } from './correlation-windows.ts';
import type { RuleEngine, RuleOutcome } from './rule-engine.ts';
import { ruleFactsOf } from './stage-facts.ts';

/** Where the rules come from; they may change between two alerts. */
export interface RuleSource {
  engine(): RuleEngine;
  /** What correlations have seen; left out, none are looked for. */
  readonly windows?: CorrelationWindows;
  /** Whether what rules found may be shown; else only the fields in which they did. */
  readonly showsValues?: boolean;
  /** Told of the outcome of every alert that counts. */
  note?(outcome: RuleOutcome, at: string): void;
}

/** What the rules say of an alert. */
export function ruleStage(source: RuleSource): TriageStage {
  return {
    name: 'rules',
    // the first alerts compile the regular expressions that they ask for, which takes a slow machine a while
    budgetUs: 1_000_000,
    isReady: () => true,
    run: ({ alert, payload, nowMs, observe, isNoted, withoutRule, explains, isTimeOfReceipt }, facts) => {
      const windows = observe ? source.windows : undefined;
      const fields = !explains ? undefined : source.showsValues ? 'values' : 'names';
      const rules = source
        .engine()
        .evaluate(alert, payload, ruleFactsOf(facts, isTimeOfReceipt), { windows, withoutRule, fields });
      if (observe && !isNoted) source.note?.(rules, new Date(nowMs).toISOString());
      return { rules };
    },
  };
}

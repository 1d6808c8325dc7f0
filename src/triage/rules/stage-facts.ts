import type { TriageFacts } from '../triage-facts.ts';
import { TIME_OF_RECEIPT } from './fields/alert-fields.ts';
import type { RuleFacts } from './fields/project-alert.ts';

/**
 * What the stages before the rules found, as fields that rules may test. What is not known is absent.
 *
 * @param isTimeOfReceipt the alert has no time of its own
 */
export function ruleFactsOf({ intel, behavior }: Readonly<TriageFacts>, isTimeOfReceipt = false): RuleFacts {
  const facts: Record<string, unknown> = isTimeOfReceipt ? { [TIME_OF_RECEIPT]: true } : {};
  if (intel !== undefined && intel.length > 0) {
    facts['intel.hits'] = intel.length;
    facts['intel.confidence'] = Math.max(...intel.map(({ confidence }) => confidence));
    facts['intel.kinds'] = [...new Set(intel.map(({ kind }) => kind))];
    facts['intel.sources'] = [...new Set(intel.map(({ source }) => source))];
  }
  // until the tenant was watched for a day everything is new
  if (behavior !== undefined && !Number.isNaN(behavior.score)) {
    const { own, score, novelty, burst, related } = behavior;
    for (const [name, value] of Object.entries({ own, score, novelty, burst, related })) {
      if (Number.isFinite(value)) facts[`behavior.${name}`] = value;
    }
  }
  return facts;
}

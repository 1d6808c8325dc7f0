import { Correlator, type CorrelatorOptions } from '../../../src/triage/rules/sigma/correlate/correlator.ts';
import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import type { RuleSet } from '../../../src/triage/rules/sigma/rule-set.ts';
import { eventTimeMs } from '../../../src/triage/rules/sigma/values/event-time.ts';

/** What is reported at each event: titles of rules, then of correlations. */
export function reportsOf(
  rules: RuleSet,
  events: readonly SigmaEvent[],
  options: CorrelatorOptions = {},
): string[][] {
  const correlator = new Correlator(rules.correlations, options);
  return events.map((event) => {
    const matched = rules.matchedRules(event);
    const hits = correlator.observe(
      event,
      matched.map(({ index }) => index),
      eventTimeMs(event['@timestamp']),
    );
    return [
      ...matched.filter(({ isReported }) => isReported).map(({ title }) => title),
      ...hits.map(({ correlation }) => correlation.document.title),
    ];
  });
}

import type { ContextReason } from '../policy/decision.ts';
import type { TriageOutcome } from './pipeline.ts';

/** From this raw score on nothing of an incident is closed. */
const LEAST_INCIDENT = 1;

/**
 * What speaks against closing an alert, whatever the models say: state that is not there yet, an indicator that was
 * hit, an alert that stands out, an incident that others made. Undefined where nothing does.
 */
export function forbidsClosing({ facts, problems }: TriageOutcome): ContextReason | undefined {
  if (Object.values(problems).includes('loading')) return 'loading';
  if ((facts.intel?.length ?? 0) > 0) return 'intel_hit';
  if ((facts.incident?.incident?.rawScore ?? 0) >= LEAST_INCIDENT) return 'incident';
  if (facts.incident?.notable) return 'notable';
  return undefined;
}

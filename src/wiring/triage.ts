import { randomBytes } from 'node:crypto';
import type { IntelSources } from '../triage/intel/intel-sources.ts';
import { intelStage } from '../triage/intel/intel-stage.ts';
import { BuiltInRuleEngine } from '../triage/rules/built-in-rule-engine.ts';
import { createTriage, type Triage } from '../triage/triage.ts';
import type { Base } from './base.ts';

/** The stages before the models, with what they remember. */
export function createTriageStages({ settings, logEvent }: Base, intel: IntelSources): Triage {
  return createTriage({
    key: randomBytes(32),
    rules: settings.RULES === 'on' ? new BuiltInRuleEngine() : undefined,
    intel: settings.INTEL === 'on' ? intelStage(intel) : undefined,
    onEvent: logEvent,
  });
}

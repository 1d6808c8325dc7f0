import { randomBytes } from 'node:crypto';
import { BuiltInRuleEngine } from '../triage/rules/built-in-rule-engine.ts';
import { createTriage, type Triage } from '../triage/triage.ts';
import type { Base } from './base.ts';

/** The stages before the models, with what they remember. */
export function createTriageStages({ settings, logEvent }: Base): Triage {
  return createTriage({
    key: randomBytes(32),
    rules: settings.RULES === 'on' ? new BuiltInRuleEngine() : undefined,
    onEvent: logEvent,
  });
}

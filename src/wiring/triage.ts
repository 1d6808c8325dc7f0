import { randomBytes } from 'node:crypto';
import type { IntelSources } from '../triage/intel/intel-sources.ts';
import { intelStage } from '../triage/intel/intel-stage.ts';
import type { RuleBook } from '../triage/rules/rule-book.ts';
import { createTriage, type Triage } from '../triage/triage.ts';
import type { Base } from './base.ts';

/** The stages before the models, with what they remember. */
export function createTriageStages(
  { settings, logEvent }: Base,
  intel: IntelSources,
  book: RuleBook,
): Triage {
  return createTriage({
    key: randomBytes(32),
    rules: settings.RULES === 'on' ? book : undefined,
    intel: settings.INTEL === 'on' ? intelStage(intel) : undefined,
    onEvent: logEvent,
  });
}

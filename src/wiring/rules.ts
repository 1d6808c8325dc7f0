import type { PolicyService } from '../api/policy/policy-service.ts';
import { KeptRuleWorths } from '../api/rules/kept-rule-worths.ts';
import { RuleService, ruleSettingsHash8 } from '../api/rules/rule-service.ts';
import { type RuleSettingsDocument, ruleSettingsDocumentSchema } from '../api/rules/rules.ts';
import { DocumentStore } from '../store/document-store.ts';
import type { ModelStore } from '../store/model-store.ts';
import { RULE_SETTINGS_ARCHIVE, RULE_SETTINGS_BLOB, ruleSettingsPath } from '../store/names.ts';
import { wasArchived } from '../store/policy-archive.ts';
import { KeptRuleJudgements } from '../training/feedback/rule-judgements.ts';
import { CustomerRules } from '../triage/rules/customer-rules.ts';
import { RuleBook } from '../triage/rules/rule-book.ts';
import { createThreadReader } from '../triage/rules/thread-reader.ts';
import type { Base } from './base.ts';

export interface Rules {
  readonly book: RuleBook;
  readonly service: RuleService;
}

export const ruleSettingsDocuments = (models: ModelStore): DocumentStore<RuleSettingsDocument> =>
  new DocumentStore(models, RULE_SETTINGS_BLOB, ruleSettingsDocumentSchema, (document) =>
    ruleSettingsPath(document.seq, ruleSettingsHash8(document)),
  );

/** The rules in force, and what operators decide about them. */
export function createRules(
  { settings, stores, lineage, unseen, now, logEvent }: Base,
  policy: PolicyService,
): Rules {
  const book = new RuleBook(
    new CustomerRules({ store: stores.models, onEvent: logEvent, read: createThreadReader() }),
    settings.RULE_VALUES === 'on',
  );
  const service = new RuleService({
    book,
    documents: ruleSettingsDocuments(stores.models),
    hadSettings: () => wasArchived(stores.models, RULE_SETTINGS_ARCHIVE),
    judgements: new KeptRuleJudgements(stores.feedback, now),
    worths: new KeptRuleWorths({
      unseen,
      lineage,
      policy: () => policy.latest(),
      book,
      blend: { model: settings.MODEL_WEIGHT, rule: settings.RULE_WEIGHT },
    }),
    now,
  });
  return { book, service };
}

import { RuleService, ruleSettingsHash8 } from '../api/rules/rule-service.ts';
import { ruleSettingsDocumentSchema } from '../api/rules/rules.ts';
import { DocumentStore } from '../store/document-store.ts';
import { RULE_SETTINGS_BLOB, ruleSettingsPath } from '../store/names.ts';
import { KeptRuleJudgements } from '../training/feedback/rule-judgements.ts';
import { CustomerRules } from '../triage/rules/customer-rules.ts';
import { RuleBook } from '../triage/rules/rule-book.ts';
import { createThreadReader } from '../triage/rules/thread-reader.ts';
import type { Base } from './base.ts';

export interface Rules {
  readonly book: RuleBook;
  readonly service: RuleService;
}

/** The rules in force, and what operators decide about them. */
export function createRules({ stores, now, logEvent }: Base): Rules {
  const book = new RuleBook(
    new CustomerRules({ store: stores.models, onEvent: logEvent, read: createThreadReader() }),
  );
  const service = new RuleService({
    book,
    documents: new DocumentStore(stores.models, RULE_SETTINGS_BLOB, ruleSettingsDocumentSchema, (document) =>
      ruleSettingsPath(document.seq, ruleSettingsHash8(document)),
    ),
    judgements: new KeptRuleJudgements(stores.feedback, now),
    now,
  });
  return { book, service };
}

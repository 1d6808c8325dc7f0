import type { AskedFields } from './fields/alert-event.ts';
import type { CompiledRule } from './sigma/compile/compiled-rule.ts';
import type { Expression } from './sigma/compile/expression.ts';

/**
 * What nearly every alert has, whatever happened: the vendor's words and judgement, its time, and counts that may be 0.
 * That no rule matched them says nothing.
 */
const LABELS =
  /^(alert\.(id|title|rule_id|rule_name|source|vendor|category|severity|severity_rank|text|hour)|entity\.count(\..+)?|entity\.host)$/;

/** Fields that rules for `category` ask for. */
export function askedFields(rules: readonly CompiledRule[], category: string): AskedFields {
  const fields = new Set<string>();
  for (const { logsource, expression } of rules) {
    if (logsource.category === undefined || logsource.category === category) collect(expression, fields);
  }
  const keywords = fields.delete('');
  return { fields, keywords };
}

/** Whether a field, where it is there, tells something that happened. */
export function isTelling(field: string): boolean {
  return !LABELS.test(field);
}

function collect(expression: Expression, fields: Set<string>): void {
  switch (expression.op) {
    case 'test':
      fields.add(expression.field);
      if (expression.test.kind === 'fieldref') fields.add(expression.test.field);
      break;
    case 'not':
      collect(expression.operand, fields);
      break;
    default:
      for (const operand of expression.operands) collect(operand, fields);
  }
}

import { LIMITS } from '../limits.ts';
import type { Detection } from '../read/document.ts';
import { Refusal } from '../refusal.ts';
import { parseCondition } from './condition.ts';
import { allOf, anyOf, type Expression } from './expression.ts';
import { compileItem, type ItemContext } from './item.ts';

/** Expression of a `detection`: its selections, put together by its condition. */
export function compileDetection(detection: Detection, context: ItemContext): Expression {
  const selections = new Map<string, Expression>();
  for (const { name, alternatives } of detection.selections) {
    selections.set(
      name,
      anyOf(alternatives.map((items) => allOf(items.map((item) => compileItem(item, context))))),
    );
  }
  const used = new Set<string>();
  const expression = anyOf(
    detection.conditions.map(({ text, at }) => {
      const parsed = parseCondition(text, selections, at);
      for (const name of parsed.used) used.add(name);
      return parsed.expression;
    }),
  );
  for (const name of selections.keys()) {
    if (!used.has(name)) context.lint(`selection \`${name}\` takes no part in the condition.`, -1);
  }
  const nTests = countTests(expression);
  if (nTests > LIMITS.ruleAtoms) {
    throw new Refusal(`Expected at most ${LIMITS.ruleAtoms} tests in a rule, got ${nTests}.`);
  }
  return expression;
}

function countTests(expression: Expression): number {
  switch (expression.op) {
    case 'test':
      return 1;
    case 'not':
      return countTests(expression.operand);
    default:
      return expression.operands.reduce((sum, operand) => sum + countTests(operand), 0);
  }
}

import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Expression } from './sigma/compile/expression.ts';
import type { RuleSet } from './sigma/rule-set.ts';

/** Regular expressions that are compiled without a pause: some 10 ms of work. */
const SLICE = 5;

/** Compiles the regular expressions of a set ahead of the alerts that would ask for them, a few at a time. */
export async function warmUp({ rules }: RuleSet): Promise<void> {
  let n = 0;
  for (const { expression } of rules) {
    for (const regex of regexesOf(expression)) {
      regex.test('');
      if (++n % SLICE === 0) await yieldToOthers();
    }
  }
}

type Regex = Extract<Extract<Expression, { op: 'test' }>['test'], { kind: 'regex' }>['regex'];

function* regexesOf(expression: Expression): Iterable<Regex> {
  if (expression.op === 'test') {
    if (expression.test.kind === 'regex') yield expression.test.regex;
  } else if (expression.op === 'not') yield* regexesOf(expression.operand);
  else for (const operand of expression.operands) yield* regexesOf(operand);
}

import type { FieldTest } from './test.ts';

/** A boolean expression over tests of fields; the field '' stands for every scalar of the event. */
export type Expression =
  | { readonly op: 'test'; readonly field: string; readonly test: FieldTest }
  | { readonly op: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly op: 'not'; readonly operand: Expression }
  | { readonly op: 'atLeast'; readonly count: number; readonly operands: readonly Expression[] };

export const allOf = (operands: readonly Expression[]): Expression =>
  operands.length === 1 ? operands[0]! : { op: 'and', operands };

export const anyOf = (operands: readonly Expression[]): Expression =>
  operands.length === 1 ? operands[0]! : { op: 'or', operands };

export const not = (operand: Expression): Expression => ({ op: 'not', operand });

/**
 * Whether an expression can hold because a field is absent: something in it is negated or asks for null. Without either a
 * match rests on what is there alone.
 */
export function canHoldByAbsence(expression: Expression): boolean {
  switch (expression.op) {
    case 'test':
      return expression.test.kind === 'null';
    case 'not':
      return true;
    default:
      return expression.operands.some(canHoldByAbsence);
  }
}

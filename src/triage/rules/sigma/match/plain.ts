import type { Expression } from '../compile/expression.ts';
import { type FieldTest, hasPlace, passes, textOfValue } from '../compile/test.ts';
import { LIMITS } from '../limits.ts';
import { folded } from '../values/fold.ts';
import { ABSENT, type AnyEvent, fieldOf, keywordValues, scalarsOf } from './event-field.ts';

/** Truth of an expression; `unknown` where it hangs on a field that the event does not have. */
export type Truth = boolean | 'unknown';

/**
 * Evaluates an expression on an event test by test, without an index: what the index is measured and checked against,
 * and what says why a rule matched.
 *
 * @param ofAbsent what a test of an absent field gives: its truth in Sigma by 'sigma', 'unknown' by 'unknown'
 */
export function evaluatePlain(expression: Expression, event: AnyEvent, ofAbsent: 'sigma' | 'unknown'): Truth {
  switch (expression.op) {
    case 'test':
      return testTruth(expression.field, expression.test, event, ofAbsent);
    case 'not': {
      const truth = evaluatePlain(expression.operand, event, ofAbsent);
      return truth === 'unknown' ? truth : !truth;
    }
    case 'and': {
      let truth: Truth = true;
      for (const operand of expression.operands) {
        const one = evaluatePlain(operand, event, ofAbsent);
        if (one === false) return false;
        if (one === 'unknown') truth = one;
      }
      return truth;
    }
    case 'or': {
      let truth: Truth = false;
      for (const operand of expression.operands) {
        const one = evaluatePlain(operand, event, ofAbsent);
        if (one === true) return true;
        if (one === 'unknown') truth = one;
      }
      return truth;
    }
    case 'atLeast': {
      let nTrue = 0;
      let nUnknown = 0;
      for (const operand of expression.operands) {
        const one = evaluatePlain(operand, event, ofAbsent);
        if (one === true) nTrue++;
        else if (one === 'unknown') nUnknown++;
      }
      if (nTrue >= expression.count) return true;
      return nTrue + nUnknown >= expression.count ? 'unknown' : false;
    }
  }
}

function testTruth(field: string, test: FieldTest, event: AnyEvent, ofAbsent: 'sigma' | 'unknown'): Truth {
  if (field === '') {
    return keywordValues(event, LIMITS.eventDepth).some((value) => passesField(test, value, event));
  }
  const value = fieldOf(event, field);
  if (value === ABSENT || value === undefined)
    return ofAbsent === 'unknown' ? 'unknown' : test.kind === 'null';
  if (test.kind === 'fieldref' && ofAbsent === 'unknown' && fieldOf(event, test.field) === ABSENT)
    return 'unknown';
  return passesField(test, value, event);
}

/** Whether a field's value, which is not absent, passes a test. */
function passesField(test: FieldTest, value: unknown, event: AnyEvent): boolean {
  if (test.kind === 'exists') return true;
  if (test.kind === 'null') return value === null;
  if (Array.isArray(value)) return scalarsOf(value).some((element) => passesField(test, element, event));
  const text = textOfValue(value);
  if (text === undefined) return false;
  if (test.kind !== 'fieldref') return passes(test, value, text);
  const other = fieldOf(event, test.field);
  const others = (Array.isArray(other) ? scalarsOf(other) : [other]).map(textOfValue);
  return others.some(
    (part) =>
      part !== undefined &&
      (test.isCased ? hasPlace(text, part, test.place) : hasPlace(folded(text), folded(part), test.place)),
  );
}

/** A field that took part in a match, and the value that it had; of a list those that the test found. */
export interface MatchedField {
  readonly field: string;
  readonly value: unknown;
  /** The text that was asked for, in lower case unless the rule minds it; undefined where another test held. */
  readonly word: string | undefined;
}

/** The value, or the scalars of a list that pass a test. */
function passing(test: FieldTest, value: unknown, event: AnyEvent): unknown {
  if (!Array.isArray(value)) return value;
  const found = scalarsOf(value).filter((element) => passesField(test, element, event));
  return found.length === 0 ? value : found;
}

/** Fields whose tests hold and speak for the match, each once; keywords have the field ''. */
export function matchedFields(expression: Expression, event: AnyEvent): MatchedField[] {
  const found = new Map<string, Omit<MatchedField, 'field'>>();
  const note = (field: string, value: unknown, { kind, ...test }: FieldTest): void => {
    const word = kind === 'text' && 'text' in test ? String(test.text) : undefined;
    if (found.get(field)?.word === undefined) found.set(field, { value, word });
  };
  const visit = (part: Expression): boolean => {
    switch (part.op) {
      case 'test': {
        if (evaluatePlain(part, event, 'sigma') !== true) return false;
        if (part.field === '') {
          const values = keywordValues(event, LIMITS.eventDepth);
          note(
            '',
            values.find((value) => passesField(part.test, value, event)),
            part.test,
          );
        } else {
          const value = fieldOf(event, part.field);
          note(part.field, value === ABSENT ? undefined : passing(part.test, value, event), part.test);
        }
        return true;
      }
      case 'not':
        return evaluatePlain(part, event, 'sigma') === true;
      default: {
        // operands of a part that does not hold as a whole are no reasons
        if (evaluatePlain(part, event, 'sigma') !== true) return false;
        for (const operand of part.operands) visit(operand);
        return true;
      }
    }
  };
  visit(expression);
  return Array.from(found, ([field, matched]) => ({ field, ...matched }));
}

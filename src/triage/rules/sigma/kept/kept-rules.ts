import type { Compiled } from '../compile/compile.ts';
import type { CompiledCorrelation, CompiledRule } from '../compile/compiled-rule.ts';
import type { Expression } from '../compile/expression.ts';
import { indexBasis } from '../match/index-basis.ts';
import { buildProgram, expressionOf, nodesHeldByAbsence, type Program } from '../match/program.ts';
import { draftIndex, type IndexDraft } from '../match/rule-index.ts';
import { type KeptProgram, keepProgram } from './kept-program.ts';

/** What is kept of a rule beside its expression. */
export type RuleHead = Omit<CompiledRule, 'expression' | 'canBeHalf' | 'index'>;

/**
 * Rules as far as they can be worked out ahead, in plain values: compiled, put into one graph, and with what to look for
 * in events. A set that is made of them has nothing to compile.
 */
export interface KeptRules {
  readonly heads: readonly RuleHead[];
  readonly correlations: readonly CompiledCorrelation[];
  readonly program: KeptProgram;
  /** Over all rules, whatever their log source. */
  readonly index: IndexDraft;
}

export function keepRules({ rules, correlations }: Pick<Compiled, 'rules' | 'correlations'>): KeptRules {
  const program = buildProgram(rules.map(({ expression }) => expression));
  return {
    heads: rules.map(headOf),
    correlations,
    program: keepProgram(program),
    index: draftIndex(
      indexBasis(program),
      rules.map(({ index }) => index),
    ),
  };
}

function headOf({ expression: _, canBeHalf: __, index: ___, ...head }: CompiledRule): RuleHead {
  return head;
}

/** Rules whose expressions are put together again where somebody asks for them. */
export function rulesOf(heads: readonly RuleHead[], program: Program): CompiledRule[] {
  const known: (Expression | undefined)[] = [];
  const can = nodesHeldByAbsence(program);
  return heads.map(
    (head, index): CompiledRule => ({
      ...head,
      index,
      canBeHalf: can[program.roots[index]!] === 1,
      get expression() {
        return expressionOf(program, program.roots[index]!, known);
      },
    }),
  );
}

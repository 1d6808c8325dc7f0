import type { Expression } from '../compile/expression.ts';
import { type FieldTest, keyOf } from '../compile/test.ts';

export const NODE_TEST = 0;
export const NODE_AND = 1;
export const NODE_OR = 2;
export const NODE_NOT = 3;
export const NODE_AT_LEAST = 4;

/**
 * Expressions of many rules as one graph: equal parts are one node, operands come before what uses them.
 *
 * A node's operands are `operands[first[node] .. first[node] + count[node]]`, the cheapest first.
 */
export interface Program {
  readonly nNodes: number;
  readonly kind: Uint8Array; // (nNodes,)
  readonly first: Int32Array; // (nNodes,)
  readonly count: Int32Array; // (nNodes,)
  readonly operands: Int32Array;
  /** Of `NODE_AT_LEAST`: how many must hold. (nNodes,) */
  readonly least: Int32Array;
  /** Of `NODE_TEST`: index of the field; field 0 is '', the keywords. (nNodes,) */
  readonly field: Int32Array;
  /** Of `NODE_TEST`. */
  readonly tests: readonly (FieldTest | undefined)[];
  readonly fields: readonly string[];
  /** Root node of each expression, in the order given. */
  readonly roots: Int32Array;
}

const TEST_COST: Readonly<Record<FieldTest['kind'], number>> = {
  null: 1,
  exists: 1,
  any: 1,
  number: 2,
  text: 4,
  compare: 3,
  time: 10,
  fieldref: 10,
  cidr: 12,
  glob: 12,
  regex: 80,
};

export function buildProgram(expressions: readonly Expression[]): Program {
  const builder = new ProgramBuilder();
  const roots = Int32Array.from(expressions, (expression) => builder.add(expression));
  return builder.finish(roots);
}

class ProgramBuilder {
  readonly #byKey = new Map<string, number>();
  readonly #fieldIndex = new Map<string, number>([['', 0]]);
  readonly #kind: number[] = [];
  readonly #first: number[] = [];
  readonly #count: number[] = [];
  readonly #least: number[] = [];
  readonly #field: number[] = [];
  readonly #operands: number[] = [];
  readonly #cost: number[] = [];
  readonly #tests: (FieldTest | undefined)[] = [];

  add(expression: Expression): number {
    if (expression.op === 'test') {
      const field = this.#fieldOf(expression.field);
      const { test } = expression;
      if (test.kind === 'fieldref') this.#fieldOf(test.field);
      const cost = TEST_COST[test.kind] * (field === 0 ? 10 : 1);
      return this.#node(`${field}|${keyOf(test)}`, NODE_TEST, [], 0, cost, field, test);
    }
    if (expression.op === 'not') {
      const operand = this.add(expression.operand);
      return this.#node(`!${operand}`, NODE_NOT, [operand], 0, this.#cost[operand]!);
    }
    const kind = expression.op === 'and' ? NODE_AND : expression.op === 'or' ? NODE_OR : NODE_AT_LEAST;
    const nodes = expression.operands.flatMap((operand) => this.#inlined(this.add(operand), kind));
    // one and the same part counts as often as it is named in `N of`, once elsewhere
    const operands = kind === NODE_AT_LEAST ? nodes : [...new Set(nodes)];
    if (operands.length === 1 && kind !== NODE_AT_LEAST) return operands[0]!;
    operands.sort((a, b) => this.#cost[a]! - this.#cost[b]! || a - b);
    const least = expression.op === 'atLeast' ? expression.count : 0;
    const cost = operands.reduce((sum, operand) => sum + this.#cost[operand]!, 0);
    return this.#node(`${kind}:${least}:${operands.join(',')}`, kind, operands, least, cost);
  }

  /** Operands of an AND within an AND, or an OR within an OR, in place of the inner one. */
  #inlined(node: number, kind: number): number[] {
    if (kind === NODE_AT_LEAST || this.#kind[node] !== kind) return [node];
    const first = this.#first[node]!;
    return this.#operands.slice(first, first + this.#count[node]!);
  }

  #fieldOf(name: string): number {
    let field = this.#fieldIndex.get(name);
    if (field === undefined) {
      field = this.#fieldIndex.size;
      this.#fieldIndex.set(name, field);
    }
    return field;
  }

  #node(
    key: string,
    kind: number,
    operands: readonly number[],
    least: number,
    cost: number,
    field = 0,
    test?: FieldTest,
  ): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const node = this.#kind.length;
    this.#byKey.set(key, node);
    this.#kind.push(kind);
    this.#first.push(this.#operands.length);
    this.#count.push(operands.length);
    for (const operand of operands) this.#operands.push(operand);
    this.#least.push(least);
    this.#field.push(field);
    this.#tests.push(test);
    this.#cost.push(Math.min(cost, 1e6));
    return node;
  }

  finish(roots: Int32Array): Program {
    return {
      nNodes: this.#kind.length,
      kind: Uint8Array.from(this.#kind),
      first: Int32Array.from(this.#first),
      count: Int32Array.from(this.#count),
      operands: Int32Array.from(this.#operands),
      least: Int32Array.from(this.#least),
      field: Int32Array.from(this.#field),
      tests: this.#tests,
      fields: [...this.#fieldIndex.keys()],
      roots,
    };
  }
}

/** Nodes that can hold because a field is absent, as `canHoldByAbsence` says of expressions. (nNodes,) */
export function nodesHeldByAbsence({ nNodes, kind, tests, operands, first, count }: Program): Uint8Array {
  const can = new Uint8Array(nNodes);
  // operands come before what uses them
  for (let node = 0; node < nNodes; node++) {
    if (kind[node] === NODE_TEST) can[node] = tests[node]!.kind === 'null' ? 1 : 0;
    else if (kind[node] === NODE_NOT) can[node] = 1;
    else {
      const end = first[node]! + count[node]!;
      for (let i = first[node]!; i < end; i++) can[node]! |= can[operands[i]!]!;
    }
  }
  return can;
}

/** The expression that a node stands for; equal parts are one object. */
export function expressionOf(program: Program, node: number, known: (Expression | undefined)[]): Expression {
  let expression = known[node];
  if (expression === undefined) {
    const start = program.first[node]!;
    const operands = Array.from(program.operands.subarray(start, start + program.count[node]!), (operand) =>
      expressionOf(program, operand, known),
    );
    switch (program.kind[node]) {
      case NODE_TEST:
        expression = { op: 'test', field: program.fields[program.field[node]!]!, test: program.tests[node]! };
        break;
      case NODE_NOT:
        expression = { op: 'not', operand: operands[0]! };
        break;
      case NODE_AT_LEAST:
        expression = { op: 'atLeast', count: program.least[node]!, operands };
        break;
      default:
        expression = { op: program.kind[node] === NODE_AND ? 'and' : 'or', operands };
    }
    known[node] = expression;
  }
  return expression;
}

import { LIMITS } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { allOf, anyOf, type Expression, not } from './expression.ts';

const TOKEN = /\s*(?:([A-Za-z0-9_*-]+)|([()]))/y;

interface Parsed {
  readonly expression: Expression;
  /** Names of the selections that the condition looks at. */
  readonly used: ReadonlySet<string>;
}

/**
 * Parses a condition: `or`, `and`, `not`, `1 of`, `all of`, parentheses, in this order of precedence from loose to tight.
 *
 * `them` and patterns leave out names that start with an underscore, unless the pattern does as well. A pattern that
 * selects nothing is refused, as are operators in capitals.
 *
 * @param selections expression of each selection
 * @see Sigma rules specification 2.1, "Condition"
 */
export function parseCondition(
  text: string,
  selections: ReadonlyMap<string, Expression>,
  at: number,
): Parsed {
  return new ConditionParser(text, selections, at).parse();
}

class ConditionParser {
  readonly #tokens: string[];
  readonly #selections: ReadonlyMap<string, Expression>;
  readonly #at: number;
  readonly #used = new Set<string>();
  #position = 0;
  #depth = 0;

  constructor(text: string, selections: ReadonlyMap<string, Expression>, at: number) {
    this.#selections = selections;
    this.#at = at;
    this.#tokens = tokensOf(text, at);
  }

  parse(): Parsed {
    if (this.#tokens.length === 0) this.#refuse('a condition', 'an empty one');
    const expression = this.#or();
    if (this.#position < this.#tokens.length) this.#refuse('`and`, `or` or the end');
    return { expression, used: this.#used };
  }

  #refuse(expected: string, got = this.#shown(this.#tokens[this.#position])): never {
    throw new Refusal(`Expected ${expected} in the condition, got ${got}.`, this.#at);
  }

  #shown(token: string | undefined): string {
    return token === undefined ? 'its end' : `\`${token}\``;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position++;
    return true;
  }

  #or(): Expression {
    const operands = [this.#and()];
    while (this.#take('or')) operands.push(this.#and());
    return anyOf(operands);
  }

  #and(): Expression {
    const operands = [this.#not()];
    while (this.#take('and')) operands.push(this.#not());
    return allOf(operands);
  }

  #not(): Expression {
    if (!this.#take('not')) return this.#operand();
    this.#descend();
    const operand = this.#not();
    this.#depth--;
    return not(operand);
  }

  #descend(): void {
    this.#depth++;
    if (this.#depth > LIMITS.conditionDepth) {
      this.#refuse(`at most ${LIMITS.conditionDepth} levels`, 'more');
    }
  }

  #operand(): Expression {
    if (this.#take('(')) {
      this.#descend();
      const expression = this.#or();
      if (!this.#take(')')) this.#refuse('a closing parenthesis');
      this.#depth--;
      return expression;
    }
    const token = this.#tokens[this.#position];
    if (token === undefined || token === ')' || token === 'and' || token === 'or') {
      this.#refuse('the name of a selection');
    }
    if (this.#tokens[this.#position + 1] === 'of' && /^(?:all|any|[0-9]{1,4})$/.test(token)) {
      return this.#quantified(token);
    }
    const selection = this.#selections.get(token);
    if (selection === undefined) this.#refuse('the name of a selection');
    this.#used.add(token);
    this.#position++;
    return selection;
  }

  #quantified(quantifier: string): Expression {
    this.#position += 2;
    const pattern = this.#tokens[this.#position];
    if (pattern === undefined || /^(?:[()]|and|or|not|of)$/.test(pattern)) {
      this.#refuse(`\`them\` or a pattern behind \`${quantifier} of\``);
    }
    const names = this.#namesOf(pattern);
    if (names.length === 0) this.#refuse('a pattern that selects something', `\`${pattern}\``);
    this.#position++;
    for (const name of names) this.#used.add(name);
    const operands = names.map((name) => this.#selections.get(name)!);
    if (quantifier === 'all') return allOf(operands);
    const count = quantifier === 'any' ? 1 : Number(quantifier);
    if (count === 0 || count > operands.length) {
      this.#refuse(
        `a number from 1 to the ${operands.length} that \`${pattern}\` selects`,
        `\`${quantifier}\``,
      );
    }
    if (count === 1) return anyOf(operands);
    return count === operands.length ? allOf(operands) : { op: 'atLeast', count, operands };
  }

  #namesOf(pattern: string): string[] {
    const names = [...this.#selections.keys()];
    if (pattern === 'them') return names.filter((name) => !name.startsWith('_'));
    const parts = pattern.split('*');
    return names.filter((name) => (pattern.startsWith('_') || !name.startsWith('_')) && isLike(name, parts));
  }
}

/** Whether a name is the parts in their order, with anything where a star stood between two. */
function isLike(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - from >= last.length && name.endsWith(last);
}

function tokensOf(text: string, at: number): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) {
      const rest = text.slice(from).trim();
      if (rest === '') break;
      const hint = rest.startsWith('|') ? '; aggregations were replaced by correlations' : '';
      throw new Refusal(
        `Expected names and operators in the condition, got \`${rest.slice(0, 20)}\`${hint}.`,
        at,
      );
    }
    tokens.push(found[1] ?? found[2]!);
  }
  return tokens;
}

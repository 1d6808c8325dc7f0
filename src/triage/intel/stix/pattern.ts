/** Literal of a STIX pattern: text, number, truth value, moment, or bytes as text. */
export type StixLiteral = string | number | boolean;

/** One comparison: `file:hashes.'SHA-256' IN ('…')` is path `file:hashes.SHA-256`, operator `IN`, one value. */
export interface StixComparison {
  readonly kind: 'comparison';
  /** Object type, lower case. */
  readonly objectType: string;
  /** Steps of the path, index steps as `[*]`. */
  readonly path: readonly string[];
  readonly operator: string;
  readonly values: readonly StixLiteral[];
}

export interface StixJunction {
  readonly kind: 'and' | 'or';
  readonly parts: readonly StixExpression[];
}

export type StixExpression = StixComparison | StixJunction;

/** A pattern that is not read, with the reason by name. */
export class StixPatternError extends Error {
  override readonly name = 'StixPatternError';
}

const MAX_PATTERN_LENGTH = 100_000;
const MAX_NESTING = 40;
const MAX_COMPARISONS = 5_000;

const TOKEN =
  /\s+|(?<string>(?:[tbh])?'(?:[^'\\]|\\.)*')|(?<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)|(?<word>[A-Za-z_][A-Za-z0-9_-]*)|(?<sign><>|!=|==|<=|>=|[=<>()[\].:,*])|(?<quoted>"(?:[^"\\]|\\.)*")/y;

interface Token {
  readonly type: 'string' | 'number' | 'word' | 'sign';
  readonly text: string;
}

const QUALIFIERS = new Set(['START', 'STOP', 'WITHIN', 'REPEATS', 'TIMES', 'SECONDS']);
const OPERATORS = new Set([
  '=',
  '==',
  '!=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  'IN',
  'LIKE',
  'MATCHES',
  'ISSUBSET',
  'ISSUPERSET',
]);
const NEGATIONS = new Set(['!=', '<>']);

/**
 * Parses a STIX 2.1 pattern of level 1: one observation expression without qualifiers, comparisons joined by AND and OR.
 *
 * @throws StixPatternError that names what is not read: several observations, qualifiers, negation, other operators
 * @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9
 */
export function parseStixPattern(text: string): StixExpression {
  if (text.length > MAX_PATTERN_LENGTH)
    throw new StixPatternError('a pattern longer than 100,000 characters');
  return new PatternReader(tokensOf(text)).observation();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new StixPatternError(`no pattern: unexpected character at ${at}`);
    const { string, number, word, sign, quoted } = match.groups as Record<string, string | undefined>;
    if (string !== undefined) tokens.push({ type: 'string', text: string });
    else if (number !== undefined) tokens.push({ type: 'number', text: number });
    else if (word !== undefined) tokens.push({ type: 'word', text: word });
    else if (sign !== undefined) tokens.push({ type: 'sign', text: sign });
    else if (quoted !== undefined) tokens.push({ type: 'string', text: quoted });
  }
  return tokens;
}

/** Descends over the tokens; AND binds closer than OR, as in the grammar of STIX. */
class PatternReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nComparisons = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  observation(): StixExpression {
    let nOpen = 0;
    while (this.#sign('(')) nOpen++;
    this.#expect('[');
    const expression = this.#or(0);
    this.#expect(']');
    while (nOpen > 0 && this.#sign(')')) nOpen--;
    const next = this.#tokens[this.#at];
    if (next === undefined && nOpen === 0) return expression;
    const word = next?.text.toUpperCase() ?? '';
    if (word === 'AND' || word === 'OR' || word === 'FOLLOWEDBY')
      throw new StixPatternError(`several observations (${word})`);
    if (QUALIFIERS.has(word)) throw new StixPatternError(`a qualifier (${word})`);
    throw new StixPatternError('no pattern: unexpected text after the observation');
  }

  #or(depth: number): StixExpression {
    return this.#junction('or', 'OR', () => this.#and(depth));
  }

  #and(depth: number): StixExpression {
    return this.#junction('and', 'AND', () => this.#term(depth));
  }

  #junction(kind: 'and' | 'or', word: string, part: () => StixExpression): StixExpression {
    const parts = [part()];
    while (this.#word(word)) parts.push(part());
    return parts.length === 1 ? (parts[0] as StixExpression) : { kind, parts };
  }

  #term(depth: number): StixExpression {
    if (depth > MAX_NESTING) throw new StixPatternError('brackets nested deeper than 40');
    if (this.#word('EXISTS')) throw new StixPatternError('the operator EXISTS');
    if (!this.#sign('(')) return this.#comparison();
    const inner = this.#or(depth + 1);
    this.#expect(')');
    return inner;
  }

  #comparison(): StixComparison {
    if (++this.#nComparisons > MAX_COMPARISONS) throw new StixPatternError('more than 5,000 comparisons');
    const objectType = this.#take('word').text.toLowerCase();
    this.#expect(':');
    const path = this.#path();
    if (this.#word('NOT')) throw new StixPatternError('negation (NOT)');
    const operator = this.#take(undefined).text.toUpperCase();
    if (!OPERATORS.has(operator))
      throw new StixPatternError(`no pattern: expected an operator, got ${operator.slice(0, 20)}`);
    if (NEGATIONS.has(operator)) throw new StixPatternError(`negation (${operator})`);
    const values = operator === 'IN' ? this.#set() : [this.#literal()];
    return { kind: 'comparison', objectType, path, operator: operator === '==' ? '=' : operator, values };
  }

  #path(): string[] {
    const path = [this.#step()];
    for (;;) {
      if (this.#sign('.')) path.push(this.#step());
      else if (this.#sign('[')) {
        const step = this.#take(undefined);
        if (step.text !== '*' && step.type !== 'number')
          throw new StixPatternError('no pattern: expected an index');
        this.#expect(']');
        path.push('[*]');
      } else return path;
    }
  }

  #step(): string {
    const token = this.#take(undefined);
    if (token.type === 'word') {
      // `SHA-256` without quotes: a word, since a hyphen may stand in one
      return token.text;
    }
    if (token.type === 'string') return unquoted(token.text);
    throw new StixPatternError('no pattern: expected the name of a property');
  }

  #set(): StixLiteral[] {
    this.#expect('(');
    const values = [this.#literal()];
    while (this.#sign(',')) values.push(this.#literal());
    this.#expect(')');
    return values;
  }

  #literal(): StixLiteral {
    const token = this.#take(undefined);
    if (token.type === 'string') return unquoted(token.text);
    if (token.type === 'number') return Number(token.text);
    if (/^(?:true|false)$/i.test(token.text)) return token.text.toLowerCase() === 'true';
    throw new StixPatternError('no pattern: expected a value');
  }

  #word(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.type !== 'word' || token.text.toUpperCase() !== text) return false;
    this.#at++;
    return true;
  }

  #sign(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.type !== 'sign' || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#sign(text)) throw new StixPatternError(`no pattern: expected ${text}`);
  }

  #take(type: Token['type'] | undefined): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined || (type !== undefined && token.type !== type))
      throw new StixPatternError('no pattern: it ends too early or holds something unexpected');
    return token;
  }
}

function unquoted(text: string): string {
  const inner = text.slice(text.search(/['"]/) + 1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}

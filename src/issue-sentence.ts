/** What a schema complains of; of zod's issues, the parts that the sentence needs. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly expected?: unknown;
  readonly format?: unknown;
  readonly values?: readonly unknown[] | undefined;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly errors?: readonly (readonly SchemaIssue[])[] | undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const FORMATS: Readonly<Record<string, string>> = {
  url: 'an address',
  datetime: 'a moment such as 2026-03-04T02:10:00Z',
  safeint: 'a whole number',
};
/** How zod begins what it says by itself; whatever a schema says in its own words begins otherwise. */
const UNWORDED = /^(Invalid|Too (small|big))/;

const kindOf = (name: unknown): string => KINDS[String(name)] ?? String(name);

/**
 * What was expected, as one sentence. Words that a schema brings itself stay as they are.
 *
 * @returns such as `Expected a number of at least 1.`
 */
export function issueSentence(issue: SchemaIssue): string {
  const expected = UNWORDED.test(issue.message) ? expectationOf(issue) : undefined;
  return expected === undefined ? issue.message : `Expected ${expected}.`;
}

function expectationOf(issue: SchemaIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kindOf(issue.expected);
    case 'invalid_value':
      return alternatives((issue.values ?? []).map(String));
    case 'invalid_format':
      return FORMATS[String(issue.format)];
    case 'too_small':
      return bounded(issue, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bounded(issue, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_union': {
      const ways = (issue.errors ?? []).map((each) => (each.length === 1 ? each[0] : undefined));
      const words = ways.map((each) => (each === undefined ? undefined : expectationOf(each)));
      return words.length === 0 || words.includes(undefined) ? undefined : alternatives(words as string[]);
    }
    default:
      return undefined;
  }
}

function bounded({ origin }: SchemaIssue, relation: string, bound: unknown): string {
  const amount = `${relation} ${String(bound)}`;
  if (origin === 'string') return `a text of ${amount} character${bound === 1 ? '' : 's'}`;
  if (origin === 'array') return `a list of ${amount} element${bound === 1 ? '' : 's'}`;
  return `a number of ${amount}`;
}

function alternatives(words: readonly string[]): string {
  const [last = ''] = words.slice(-1);
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

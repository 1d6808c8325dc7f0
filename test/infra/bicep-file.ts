import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';

// Reads Bicep with its published grammar and turns declarations into plain values. What only a compiler can know
// (types of resources, results of expressions) stays text.

/** An expression that is not a literal. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = string | number | boolean | null | Expression | Value[] | { [name: string]: Value };

export interface Declaration {
  readonly symbol: string;
  readonly line: number;
}
export interface Parameter extends Declaration {
  readonly type: string;
  readonly default: Value | undefined;
  readonly decorators: Readonly<Record<string, Value[]>>;
}
export interface Resource extends Declaration {
  /** `Microsoft.Storage/storageAccounts` */
  readonly type: string;
  readonly apiVersion: string;
  readonly isExisting: boolean;
  /** Text of the `if` condition and of what a `for` runs over. */
  readonly condition: string | undefined;
  readonly over: string | undefined;
  readonly body: { [name: string]: Value };
}
export interface ModuleCall extends Declaration {
  readonly path: string;
  readonly condition: string | undefined;
  readonly params: { [name: string]: Value };
  /** Symbols that are deployed before. */
  readonly dependsOn: Value | undefined;
}
export interface BicepFile {
  readonly path: string;
  readonly text: string;
  readonly targetScope: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Value>;
  readonly resources: readonly Resource[];
  readonly modules: readonly ModuleCall[];
  readonly outputs: ReadonlyMap<string, Value>;
  /** Syntax errors, names that do not exist, names never used; `file:line message`. */
  readonly problems: readonly string[];
}

const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));

// Functions and namespaces of the language that infra/ may use. A name outside this list is a slip or a new one.
const LANGUAGE_NAMES = new Set(
  (
    'az sys resourceGroup subscription tenant environment uniqueString loadJsonContent guid utcNow string empty union concat ' +
    'flatten toObject map filter contains range length items loadTextContent cidrSubnet subscriptionResourceId description allowed minValue maxValue ' +
    'minLength maxLength secure'
  ).split(' '),
);

const childOf = (node: Node, type: string): Node | undefined =>
  node.namedChildren.find((child): child is Node => child?.type === type);
const childrenOf = (node: Node): Node[] =>
  node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');

/** Parses one file. Never throws for bad input: what is wrong is in `problems`. */
export function parseBicep(path: string, text: string): BicepFile {
  const root = parser.parse(text)!.rootNode;
  const problems: string[] = [];
  const at = (node: Node): string => `${path}:${node.startPosition.row + 1}`;
  const parameters = new Map<string, Parameter>();
  const variables = new Map<string, Value>();
  const outputs = new Map<string, Value>();
  const resources: Resource[] = [];
  const modules: ModuleCall[] = [];
  let targetScope = 'resourceGroup';

  const findSyntaxErrors = (node: Node): void => {
    if (node.isError || node.isMissing)
      problems.push(`${at(node)} syntax error near ${JSON.stringify(node.text.slice(0, 40))}`);
    else if (node.hasError) for (const child of node.children) if (child) findSyntaxErrors(child);
  };
  findSyntaxErrors(root);

  let decorators: Record<string, Value[]> = {};
  for (const node of childrenOf(root)) {
    const symbol = childOf(node, 'identifier')?.text ?? '';
    const line = node.startPosition.row + 1;
    const last = childrenOf(node).at(-1)!;
    if (node.type === 'decorators') {
      decorators = Object.fromEntries(childrenOf(node).map((each) => decoratorOf(each)));
      continue;
    }
    if (node.type === 'target_scope_assignment') targetScope = String(literalOf(last));
    if (node.type === 'parameter_declaration') {
      const hasDefault = node.children.some((child) => child?.text === '=');
      const type = childrenOf(node)[1]?.text ?? '';
      parameters.set(symbol, {
        symbol,
        line,
        type,
        decorators,
        default: hasDefault ? literalOf(last) : undefined,
      });
    }
    if (node.type === 'variable_declaration') variables.set(symbol, literalOf(last));
    if (node.type === 'output_declaration') outputs.set(symbol, literalOf(last));
    if (node.type === 'resource_declaration' || node.type === 'module_declaration') {
      const reference = String(literalOf(childOf(node, 'string')!));
      const { body, condition, over } = bodyOf(last);
      const object = body === undefined ? {} : (literalOf(body) as { [name: string]: Value });
      if (node.type === 'module_declaration') {
        modules.push({
          symbol,
          line,
          path: reference,
          condition,
          params: (object['params'] ?? {}) as { [name: string]: Value },
          dependsOn: object['dependsOn'],
        });
      } else {
        const [type = '', apiVersion = ''] = reference.split('@');
        const isExisting = node.children.some((child) => child?.text === 'existing');
        resources.push({ symbol, line, type, apiVersion, isExisting, condition, over, body: object });
      }
    }
    decorators = {};
  }

  const declared = new Set([
    ...parameters.keys(),
    ...variables.keys(),
    ...resources.map((resource) => resource.symbol),
    ...modules.map((module) => module.symbol),
  ]);
  const used = new Set<string>();
  const visit = (node: Node, local: ReadonlySet<string>): void => {
    if (node.type === 'identifier') {
      used.add(node.text);
      if (!declared.has(node.text) && !local.has(node.text) && !LANGUAGE_NAMES.has(node.text)) {
        problems.push(`${at(node)} the name ${node.text} does not exist`);
      }
      return;
    }
    if (node.type === 'type' || node.type === 'comment') return;
    let children = childrenOf(node);
    let names = local;
    if (node.type.endsWith('_declaration')) children = children.slice(1);
    if (node.type === 'object_property' && children[0]?.type === 'identifier') children = children.slice(1);
    if (node.type === 'for_statement' || node.type === 'lambda_expression') {
      const head = children[0]!;
      names = new Set([
        ...local,
        ...(head.namedChildCount === 0 ? [head.text] : childrenOf(head).map((each) => each.text)),
      ]);
      children = children.slice(1);
    }
    for (const child of children) visit(child, names);
  };
  for (const node of childrenOf(root)) visit(node, new Set());
  for (const name of [...parameters.keys(), ...variables.keys()]) {
    if (!used.has(name)) problems.push(`${path} ${name} is declared and never used`);
  }
  return { path, text, targetScope, parameters, variables, resources, modules, outputs, problems };
}

function decoratorOf(node: Node): [string, Value[]] {
  const call = childOf(node, 'call_expression')!;
  const parameters = childOf(call, 'arguments');
  return [call.firstNamedChild!.text, parameters === undefined ? [] : childrenOf(parameters).map(literalOf)];
}

/** Peels `for` and `if` off the object they stand before. */
function bodyOf(node: Node): {
  body: Node | undefined;
  condition: string | undefined;
  over: string | undefined;
} {
  let condition: string | undefined;
  let over: string | undefined;
  let body: Node | undefined = node;
  while (body !== undefined && body.type !== 'object') {
    const children: Node[] = childrenOf(body);
    if (body.type === 'if_statement') condition = children[0]!.text;
    else if (body.type === 'for_statement') over = children[1]!.text;
    else return { body: undefined, condition, over };
    body = children.at(-1);
  }
  return { body, condition, over };
}

function literalOf(node: Node): Value {
  if (node.type === 'object') {
    return Object.fromEntries(
      childrenOf(node).flatMap((property) => {
        const [key, value] = childrenOf(property);
        if (key === undefined || value === undefined) return [];
        const name = key.type === 'identifier' ? key.text : literalOf(key);
        return [[name instanceof Expression ? name.text : String(name), literalOf(value)]];
      }),
    );
  }
  if (node.type === 'array') return childrenOf(node).map(literalOf);
  if (node.type === 'number') return Number(node.text);
  if (node.type === 'boolean') return node.text === 'true';
  if (node.type === 'null') return null;
  if (node.type === 'string' && childOf(node, 'interpolation') === undefined) {
    return childrenOf(node)
      .map((part) => (part.type === 'escape_sequence' ? part.text.slice(1) : part.text))
      .join('');
  }
  return new Expression(node.text);
}

/** What stands at `path` (`properties.functionAppConfig.runtime`), or undefined. */
export function at(value: Value | undefined, path: string): Value | undefined {
  let found = value;
  for (const name of path.split('.')) {
    if (found === null || typeof found !== 'object' || found instanceof Expression) return undefined;
    found = (found as { [name: string]: Value })[name];
  }
  return found;
}

/**
 * `entry` and every module it reaches. `overrides` replaces the text of files, so that a test can seed a fault.
 * Adds to `problems` what is wrong between files: missing modules, parameters and outputs.
 */
export function loadBicep(
  root: string,
  entry: string,
  overrides: Readonly<Record<string, string>> = {},
): { files: ReadonlyMap<string, BicepFile>; problems: readonly string[] } {
  const files = new Map<string, BicepFile>();
  const problems: string[] = [];
  const load = (path: string): BicepFile | undefined => {
    const known = files.get(path);
    if (known !== undefined) return known;
    let text = overrides[path];
    try {
      text ??= readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
    const file = parseBicep(path, text);
    files.set(path, file);
    problems.push(...file.problems);
    for (const call of file.modules) checkCall(file, call);
    return file;
  };
  const checkCall = (file: BicepFile, call: ModuleCall): void => {
    const where = `${file.path}:${call.line} module ${call.symbol}`;
    const target = load(normalize(join(dirname(file.path), call.path)));
    if (target === undefined) {
      problems.push(`${where}: ${call.path} does not exist`);
      return;
    }
    for (const name of Object.keys(call.params)) {
      if (!target.parameters.has(name)) problems.push(`${where}: there is no parameter ${name}`);
    }
    for (const [name, parameter] of target.parameters) {
      if (parameter.default === undefined && !(name in call.params))
        problems.push(`${where}: ${name} is not given`);
    }
    for (const [, output = ''] of file.text.matchAll(
      new RegExp(`\\b${call.symbol}!?\\.outputs\\.(\\w+)`, 'g'),
    )) {
      if (!target.outputs.has(output)) problems.push(`${where}: there is no output ${output}`);
    }
  };
  if (load(entry) === undefined) problems.push(`${entry} does not exist`);
  return { files, problems };
}

/** What is wrong with a playbook template, found by reading it: shape, names, order of actions. */

export interface Action {
  readonly type: string;
  readonly runAfter?: Readonly<Record<string, readonly string[]>>;
  readonly inputs?: unknown;
  readonly expression?: unknown;
  readonly actions?: Readonly<Record<string, Action>>;
  readonly else?: { readonly actions: Readonly<Record<string, Action>> };
}

interface Definition {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly parameters: Readonly<Record<string, { readonly type: string }>>;
  readonly triggers: Readonly<
    Record<string, { readonly type: string; readonly inputs: Record<string, unknown> }>
  >;
  readonly actions: Readonly<Record<string, Action>>;
}

export interface Template {
  readonly $schema: string;
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly resources: readonly {
    readonly type: string;
    readonly apiVersion: string;
    readonly name: string;
    readonly properties: Record<string, unknown>;
  }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

const ACTION_TYPES = ['ApiConnection', 'Http', 'If'];
const STATUSES = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'];
const WORKFLOW_TYPES = ['Object', 'String', 'SecureString', 'Bool', 'Int', 'Array'];

export function definitionOf(template: Template): Definition {
  const workflow = template.resources.find(({ type }) => type === 'Microsoft.Logic/workflows');
  return workflow?.properties['definition'] as Definition;
}

/** Every action at any depth, with the names of those that have finished before it starts. */
export function* actionsOf(
  actions: Readonly<Record<string, Action>>,
  before: ReadonlySet<string> = new Set(),
): Generator<{ name: string; action: Action; finished: ReadonlySet<string>; siblings: readonly string[] }> {
  const finishedBefore = (name: string, seen: Set<string>): Set<string> => {
    for (const previous of Object.keys(actions[name]?.runAfter ?? {})) {
      if (!seen.has(previous)) finishedBefore(previous, seen.add(previous));
    }
    return seen;
  };
  for (const [name, action] of Object.entries(actions)) {
    const finished = new Set([...before, ...finishedBefore(name, new Set())]);
    yield { name, action, finished, siblings: Object.keys(actions) };
    yield* actionsOf(action.actions ?? {}, finished);
    yield* actionsOf(action.else?.actions ?? {}, finished);
  }
}

export function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object')
    for (const each of Object.values(value)) yield* stringsIn(each);
}

const isArm = (text: string): boolean => text.startsWith('[') && !text.startsWith('[[');

/** Every problem of the template, in sentences; empty when there is none. */
export function templateProblems(template: Template): string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) problems.push(sentence);
  };
  expect(/deploymentTemplate\.json#$/.test(template.$schema), 'the template names no schema');
  const armTexts = [...stringsIn([template.resources, template.variables, template.outputs])].filter(isArm);
  for (const kind of ['parameters', 'variables'] as const) {
    const used = new Set(
      armTexts.flatMap((text) =>
        [...text.matchAll(new RegExp(`${kind}\\('(\\w+)'\\)`, 'g'))].map(([, name = '']) => name),
      ),
    );
    for (const name of used) expect(name in template[kind], `${kind}('${name}') does not exist`);
    for (const name of Object.keys(template[kind]))
      expect(used.has(name), `${kind}('${name}') is never used`);
  }
  for (const text of armTexts) {
    expect(
      text.endsWith(']') && count(text, '(') === count(text, ')') && count(text, "'") % 2 === 0,
      `${text} is not closed`,
    );
  }
  for (const [name, { type, defaultValue }] of Object.entries(template.parameters)) {
    if (/key|secret|password/i.test(name))
      expect(
        type === 'securestring' && defaultValue === '',
        `${name} must be a securestring without a value`,
      );
  }
  checkDefinition(template, expect);
  return problems;
}

const count = (text: string, what: string): number => text.split(what).length - 1;

function checkDefinition(template: Template, expect: (holds: boolean, sentence: string) => void): void {
  const definition = definitionOf(template);
  expect(
    /Microsoft\.Logic\/schemas\/2016-06-01\/workflowdefinition\.json#$/.test(definition.$schema),
    'the workflow names no schema',
  );
  expect(definition.contentVersion === '1.0.0.0', 'the workflow has no content version');
  expect(Object.keys(definition.triggers).length === 1, 'a playbook has one trigger');
  const given = template.resources.find(({ type }) => type === 'Microsoft.Logic/workflows')!.properties[
    'parameters'
  ] as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(definition.parameters)) {
    expect(WORKFLOW_TYPES.includes(type), `workflow parameter ${name} has the type ${type}`);
    expect(name in given, `workflow parameter ${name} is not given`);
  }
  for (const name of Object.keys(given))
    expect(name in definition.parameters, `workflow parameter ${name} is given and not declared`);

  const names: string[] = [];
  for (const { name, action, finished, siblings } of actionsOf(definition.actions)) {
    names.push(name);
    expect(ACTION_TYPES.includes(action.type), `${name} has the type ${action.type}`);
    expect(/^\w{1,80}$/.test(name), `${name} is no name for an action`);
    for (const [previous, statuses] of Object.entries(action.runAfter ?? {})) {
      expect(siblings.includes(previous), `${name} runs after ${previous}, which is not beside it`);
      expect(
        statuses.length > 0 && statuses.every((status) => STATUSES.includes(status)),
        `${name} waits for ${statuses}`,
      );
    }
    expect(!finished.has(name), `${name} waits for itself`);
    for (const text of stringsIn([resolveInputs(template, action.inputs), action.expression])) {
      for (const [, kind = '', reference = ''] of text.matchAll(/\b(body|outputs|actions)\('(\w+)'\)/g)) {
        expect(finished.has(reference), `${name} reads ${kind}('${reference}'), which has not run by then`);
      }
      for (const [, parameter = ''] of text.matchAll(/\bparameters\('([$\w]+)'\)/g)) {
        if (!isArm(text))
          expect(
            parameter in definition.parameters,
            `${name} reads the workflow parameter ${parameter}, which does not exist`,
          );
      }
      expect(count(text, '@{') <= count(text, '}'), `${name} has an expression that is not closed`);
    }
  }
  expect(new Set(names).size === names.length, 'two actions have one name');
}

/** Inputs that an ARM expression picks from variables: all of them. */
export function resolveInputs(template: Template, inputs: unknown): unknown {
  if (typeof inputs !== 'string' || !isArm(inputs)) return inputs;
  return [...inputs.matchAll(/variables\('(\w+)'\)/g)].map(([, name = '']) => template.variables[name]);
}

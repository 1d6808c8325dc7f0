import { ALL_ROUTES } from '../../src/api/routes.ts';
import { FunctionsCore, triggerOf } from '../../src/local/functions-core.ts';

export interface RegisteredRoute {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly string[];
  readonly role: string;
}

export interface Registrations {
  readonly routes: readonly RegisteredRoute[];
  /** Timer functions by name, with their options. */
  readonly timers: Readonly<Record<string, { readonly schedule: string; readonly runOnStartup?: boolean }>>;
  readonly queues: Readonly<Record<string, { readonly queueName: string; readonly connection: string }>>;
}

let captured: Promise<Registrations> | undefined;

/**
 * Loads functions/index.ts as the worker of the platform does and gives what it registers. `@azure/functions` asks for
 * its worker once in a process: a file that calls this needs one of its own.
 */
export function captureRegistrations(): Promise<Registrations> {
  captured ??= load();
  return captured;
}

async function load(): Promise<Registrations> {
  const core = new FunctionsCore(() => {});
  core.install();
  await import('../../functions/index.ts');
  const routes: RegisteredRoute[] = [];
  const timers: Record<string, Registrations['timers'][string]> = {};
  const queues: Record<string, Registrations['queues'][string]> = {};
  for (const [name, { metadata }] of core.functions) {
    const { type, route = '', methods = [], ...rest } = triggerOf(metadata).binding;
    const { schedule = '', runOnStartup, queueName = '', connection = '' } = rest;
    if (type === 'httpTrigger') {
      const path = route.replace(/^v1\/ml\/?/, '');
      routes.push({ name, path, methods, role: ALL_ROUTES[name]?.role ?? 'not declared' });
    } else if (type === 'timerTrigger') {
      timers[name] = { schedule, ...(runOnStartup === undefined ? {} : { runOnStartup }) };
    } else if (type === 'queueTrigger') {
      queues[name] = { queueName, connection };
    } else throw new Error(`Expected a known trigger of function \`${name}\`, got ${type}.`);
  }
  return { routes, timers, queues };
}

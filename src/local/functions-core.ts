import { registerHooks } from 'node:module';

/** One binding of a function, as `@azure/functions` describes it to the worker: the trigger is the one whose type ends in "Trigger". */
export interface FunctionBinding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
  readonly useMonitor?: boolean;
  readonly queueName?: string;
  readonly connection?: string;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, FunctionBinding>>;
  readonly retryOptions?: unknown;
}

export type FunctionHandler = (...args: unknown[]) => unknown;
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system';

/** A value on its way to or from a function, as the worker's protocol wraps it. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: unknown;
}

export interface InvocationResponse {
  readonly outputData?: readonly unknown[];
  readonly returnValue?: { readonly http?: unknown } | null;
}

export type InvocationState = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';

/** What the programming model asks of the worker for one invocation. `state` moves while it runs. */
export interface CoreInvocation {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  state: InvocationState | undefined;
  readonly log: (level: LogLevel, category: LogCategory, message: string) => void;
  readonly request: {
    readonly invocationId: string;
    readonly inputData: ReadonlyArray<{ readonly name: string; readonly data: TypedData }>;
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly traceContext: { readonly traceParent: string; readonly traceState?: string };
  };
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionHandler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(invocation: CoreInvocation): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type HookCallback = (context: Record<string, unknown>) => unknown;

const HOOK_NAMES: readonly HookName[] = [
  'appStart',
  'appTerminate',
  'preInvocation',
  'postInvocation',
  'log',
];
const CORE_MODULE = '@azure/functions-core';
const CORE_URL = 'functions-core:local-host';
const CORE_KEY = Symbol.for('functions-core.local-host');

/**
 * The side of the worker that `@azure/functions` talks to: it takes the registrations of the app.
 *
 * The library asks for it once, by `require('@azure/functions-core')` at the first `app.*` call, and keeps the
 * answer permanently. So `install()` comes before the app is loaded.
 */
export class FunctionsCore {
  model: ProgrammingModel | undefined;
  readonly functions = new Map<string, { metadata: FunctionMetadata; handler: FunctionHandler }>();
  readonly #hooks = new Map<HookName, HookCallback[]>(HOOK_NAMES.map((name) => [name, []]));
  readonly #log: CoreInvocation['log'];
  #isSealed = false;

  constructor(log: CoreInvocation['log']) {
    this.#log = log;
  }

  hooks(name: HookName): readonly HookCallback[] {
    return this.#hooks.get(name) ?? [];
  }

  /** Ends the time of registrations, as the worker does when the app has been loaded. */
  seal(): void {
    this.#isSealed = true;
  }

  /** Makes `@azure/functions-core` resolve to this object, for `require` and `import`, in the whole process. */
  install(): void {
    (globalThis as Record<symbol, unknown>)[CORE_KEY] = {
      version: '3.9.1',
      hostVersion: '4.1000.0',
      setProgrammingModel: (model: ProgrammingModel) => this.#setModel(model),
      registerFunction: (metadata: FunctionMetadata, handler: FunctionHandler) =>
        this.#registerFunction(metadata, handler),
      registerHook: (name: string, callback: HookCallback) => this.#registerHook(name, callback),
      log: this.#log,
    };
    registerHooks({
      resolve: (specifier, context, nextResolve) =>
        specifier === CORE_MODULE
          ? { url: CORE_URL, format: 'commonjs', shortCircuit: true }
          : nextResolve(specifier, context),
      load: (url, context, nextLoad) =>
        url === CORE_URL
          ? {
              format: 'commonjs',
              source: `module.exports = globalThis[Symbol.for(${JSON.stringify(CORE_KEY.description)})];`,
              shortCircuit: true,
            }
          : nextLoad(url, context),
    });
  }

  #setModel(model: ProgrammingModel): void {
    if (this.#isSealed) throw new Error('Expected the programming model to be set while the app is loaded.');
    this.model = model;
  }

  #registerFunction(metadata: FunctionMetadata, handler: FunctionHandler): { dispose(): void } {
    if (this.#isSealed) {
      throw new Error(`Expected function \`${metadata.name}\` to be registered while the app is loaded.`);
    }
    const clash = [...this.functions.keys()].find(
      (name) => name.toLowerCase() === metadata.name.toLowerCase(),
    );
    if (clash !== undefined) {
      throw new Error(`Expected one function of each name, got \`${clash}\` and \`${metadata.name}\`.`);
    }
    this.functions.set(metadata.name, { metadata, handler });
    return { dispose: () => this.functions.delete(metadata.name) };
  }

  #registerHook(name: string, callback: HookCallback): { dispose(): void } {
    const callbacks = this.#hooks.get(name as HookName);
    if (callbacks === undefined) {
      throw new RangeError(`Expected a hook of ${HOOK_NAMES.join(', ')}, got ${name}.`);
    }
    callbacks.push(callback);
    return {
      dispose: () => {
        const at = callbacks.indexOf(callback);
        if (at >= 0) callbacks.splice(at, 1);
      },
    };
  }
}

/** The trigger of a function: the one binding whose type ends in "Trigger". */
export function triggerOf(metadata: FunctionMetadata): { name: string; binding: FunctionBinding } {
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (binding.type.toLowerCase().endsWith('trigger')) return { name, binding };
  }
  throw new Error(`Expected function \`${metadata.name}\` to have a trigger.`);
}

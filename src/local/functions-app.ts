import { randomUUID } from 'node:crypto';
import { format } from 'node:util';
import {
  type CoreInvocation,
  type FunctionHandler,
  type FunctionMetadata,
  FunctionsCore,
  type HookName,
  type InvocationResponse,
  type LogCategory,
  type LogLevel,
  type ProgrammingModel,
  type TypedData,
  triggerOf,
} from './functions-core.ts';
import { openWorkerServer } from './worker-server.ts';

/** What a trigger hands to an invocation. */
export interface InvocationInput {
  readonly invocationId: string;
  readonly data: TypedData;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceParent?: string;
  readonly traceState?: string;
}

/** Writes one log line; `functionName` is absent for what the host or the library says itself. */
export type LogSink = (
  level: LogLevel,
  category: LogCategory,
  message: string,
  functionName?: string,
) => void;

/** A loaded function app: its functions and the way to call them through the library's own programming model. */
export class FunctionsApp {
  readonly functions: readonly FunctionMetadata[];
  /** Port of the library's own server on 127.0.0.1; undefined unless the app has `enableHttpStream` on. */
  readonly streamPort: number | undefined;
  readonly #core: FunctionsCore;
  readonly #model: ProgrammingModel;
  readonly #handlers: ReadonlyMap<string, FunctionHandler>;
  readonly #triggerNames: ReadonlyMap<string, string>;
  readonly #log: LogSink;
  readonly #directory: string;

  private constructor(
    core: FunctionsCore,
    model: ProgrammingModel,
    streamPort: number | undefined,
    log: LogSink,
    directory: string,
  ) {
    const registered = [...core.functions.values()];
    this.functions = registered.map(({ metadata }) => metadata);
    this.streamPort = streamPort;
    this.#core = core;
    this.#model = model;
    this.#handlers = new Map(registered.map(({ metadata, handler }) => [metadata.name, handler]));
    this.#triggerNames = new Map(registered.map(({ metadata }) => [metadata.name, triggerOf(metadata).name]));
    this.#log = log;
    this.#directory = directory;
  }

  /**
   * Loads a compiled app, once per process: ES modules cannot be loaded again.
   *
   * @param load imports the bundle; it runs after `@azure/functions-core` has been provided.
   */
  static async load(load: () => Promise<unknown>, directory: string, log: LogSink): Promise<FunctionsApp> {
    const core = new FunctionsCore((level, category, message) => log(level, category, message));
    core.install();
    await load();
    if (core.model === undefined) {
      throw new Error(
        'Expected the app to register at least one function with `@azure/functions`, got none.',
      );
    }
    const streamPort = await openWorkerServer(core.model);
    const app = new FunctionsApp(core, core.model, streamPort, log, directory);
    await app.#runHooks('appStart', { hookData: {}, functionAppDirectory: directory });
    core.seal();
    return app;
  }

  /** Runs the terminate hooks: where the app flushes what it holds back. */
  async terminate(): Promise<void> {
    await this.#runHooks('appTerminate', { hookData: {}, functionAppDirectory: this.#directory });
  }

  /**
   * Calls one function: arguments, hooks before, handler, hooks after, response. In streaming mode an HTTP response
   * has been written when this resolves. Rejects with what the handler or a hook threw.
   */
  async invoke(metadata: FunctionMetadata, input: InvocationInput): Promise<InvocationResponse> {
    const functionName = metadata.name;
    const invocation: CoreInvocation = {
      invocationId: input.invocationId,
      metadata,
      state: undefined,
      log: (level, category, message) =>
        this.#logInvocation(level, category, message, functionName, hookArgs),
      request: {
        invocationId: input.invocationId,
        inputData: [{ name: this.#triggerNames.get(functionName) ?? '', data: input.data }],
        triggerMetadata: input.triggerMetadata,
        traceContext: {
          traceParent: input.traceParent ?? newTraceParent(),
          ...(input.traceState === undefined ? {} : { traceState: input.traceState }),
        },
      },
    };
    const hookArgs: Record<string, unknown> = { hookData: {} };
    const model = this.#model.getInvocationModel(invocation);
    const { context, inputs } = await model.getArguments();
    hookArgs['invocationContext'] = context;
    hookArgs['inputs'] = inputs;
    hookArgs['functionCallback'] = this.#handlers.get(functionName);

    invocation.state = 'preInvocationHooks';
    await this.#runHooks('preInvocation', hookArgs);

    // Hooks may have replaced the inputs or the handler, and after it the result or the error.
    invocation.state = 'invocation';
    hookArgs['result'] = null;
    hookArgs['error'] = null;
    try {
      const handler = hookArgs['functionCallback'] as FunctionHandler;
      hookArgs['result'] = await model.invokeFunction(context, hookArgs['inputs'] as unknown[], handler);
    } catch (error) {
      hookArgs['error'] = error ?? new Error(`Function \`${functionName}\` threw ${String(error)}.`);
    }

    invocation.state = 'postInvocationHooks';
    await this.#runHooks('postInvocation', hookArgs);
    invocation.state = undefined;
    if (hookArgs['error'] !== null && hookArgs['error'] !== undefined) throw hookArgs['error'];
    return model.getResponse(context, hookArgs['result']);
  }

  async #runHooks(name: HookName, context: Record<string, unknown>): Promise<void> {
    for (const hook of this.#core.hooks(name)) await hook(context);
  }

  #logInvocation(
    level: LogLevel,
    category: LogCategory,
    message: string,
    functionName: string,
    hookArgs: Record<string, unknown>,
  ): void {
    const hooks = this.#core.hooks('log');
    if (hooks.length === 0) {
      this.#log(level, category, message, functionName);
      return;
    }
    const entry = {
      hookData: hookArgs['hookData'],
      level,
      message,
      category,
      invocationContext: hookArgs['invocationContext'],
    };
    for (const hook of hooks) {
      try {
        hook(entry);
      } catch (error) {
        this.#log('error', 'system', format('A log hook threw:', error));
      }
    }
    this.#log(entry.level, category, entry.message, functionName);
  }
}

/** A W3C trace parent for a call that came without one. */
function newTraceParent(): string {
  const id = randomUUID().replaceAll('-', '');
  return `00-${id}-${id.slice(8, 24)}-00`;
}

import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { AdminRoutes } from './admin-routes.ts';
import { type KeySet, readOrCreateKeys } from './function-keys.ts';
import { FunctionsApp, type LogSink } from './functions-app.ts';
import { type FunctionMetadata, triggerOf } from './functions-core.ts';
import { HttpRoutes } from './http-routes.ts';
import { FunctionsHttpServer } from './http-server.ts';
import { LineWriter } from './line-writer.ts';
import { createLogFilter } from './log-filter.ts';
import type { MessageFromWorker, MessageToWorker, WorkerOptions } from './worker-messages.ts';

// The process in which the functions run: forked by WorkerProcess, told what to load by its first message. It serves
// HTTP itself; timers and queue messages come from the parent, which outlives it.

const ORPHAN_STOP_MS = 5_000;

interface RunningWorker {
  readonly app: FunctionsApp;
  readonly server: FunctionsHttpServer;
  readonly admin: AdminRoutes;
  readonly byName: ReadonlyMap<string, FunctionMetadata>;
}

function send(message: MessageFromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send?.(message, undefined, {}, () => resolve());
  });
}

function createLog(logLevel: WorkerOptions['logLevel']): LogSink {
  const isShown = createLogFilter(logLevel);
  const lines = new LineWriter((text) => void process.stdout.write(text));
  process.on('exit', () => lines.flush());
  return (level, _category, message, functionName) => {
    if (!isShown(level, functionName)) return;
    const origin = functionName === undefined ? 'host' : functionName;
    const line = `[${new Date().toISOString()}] ${level} ${origin}: ${message}\n`;
    if (level === 'error' || level === 'critical' || level === 'warning') {
      lines.flush();
      process.stderr.write(line);
    } else {
      lines.add(line);
    }
  };
}

/** Refuses what this host would drop silently: bindings other than a trigger and the HTTP response. */
function checkBindings(metadata: FunctionMetadata): void {
  const trigger = triggerOf(metadata);
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (name === trigger.name || (name === '$return' && binding.type.toLowerCase() === 'http')) continue;
    throw new Error(
      `Expected function \`${metadata.name}\` to have a trigger and an HTTP response only: the local host does ` +
        `not carry out its ${binding.type} ${binding.direction === 'in' ? 'input' : 'output'} binding.`,
    );
  }
}

async function start(options: WorkerOptions): Promise<RunningWorker> {
  const log = createLog(options.logLevel);
  const app = await FunctionsApp.load(
    () => import(pathToFileURL(options.bundle).href),
    options.directory,
    log,
  );
  for (const metadata of app.functions) {
    checkBindings(metadata);
    if (metadata.retryOptions !== undefined && metadata.retryOptions !== null) {
      log('warning', 'system', `The retry policy of function \`${metadata.name}\` is not applied here.`);
    }
  }
  const routes = new HttpRoutes(app.functions, options.routePrefix);
  const names = app.functions.map(({ name }) => name);
  let keys: KeySet | undefined;
  if (options.keys !== undefined) {
    keys = 'file' in options.keys ? readOrCreateKeys(options.keys.file, names) : options.keys;
  }
  const admin = new AdminRoutes(app, log, Date.now);
  const { responseTimeoutMs, homePath } = options;
  const isHomepageOff = /^(true|1)$/i.test(process.env['AzureWebJobsDisableHomepage'] ?? '');
  const server = new FunctionsHttpServer({
    ...{ app, routes, admin, keys, responseTimeoutMs, isHomepageOff, homePath, log },
  });
  const port = await server.listen(options.port);
  await send({ type: 'ready', port, functions: app.functions });
  return { app, server, admin, byName: new Map(app.functions.map((metadata) => [metadata.name, metadata])) };
}

const invocations = new Set<Promise<void>>();

async function invoke(worker: RunningWorker, message: MessageToWorker & { type: 'invoke' }): Promise<void> {
  const { id, functionName, data, triggerMetadata } = message;
  const metadata = worker.byName.get(functionName);
  let error: string | undefined;
  if (metadata === undefined) error = `Expected the name of a function, got ${functionName}.`;
  else {
    try {
      await worker.app.invoke(metadata, { invocationId: randomUUID(), data, triggerMetadata });
    } catch (cause) {
      error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    }
  }
  await send(error === undefined ? { type: 'result', id } : { type: 'result', id, error });
}

/** Finishes what is running, at most `timeoutMs`, runs the terminate hooks and ends the process. */
async function stop(worker: RunningWorker | undefined, timeoutMs: number): Promise<never> {
  let exitCode = 0;
  if (worker !== undefined) {
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs));
    const nCut = await worker.server.stop(timeoutMs);
    await Promise.race([Promise.allSettled([...invocations, ...worker.admin.inFlight]), timeout]);
    if (nCut > 0) process.stderr.write(`${nCut} requests were cut off after ${timeoutMs} ms.\n`);
    try {
      await worker.app.terminate();
    } catch (error) {
      process.stderr.write(`A terminate hook failed: ${String(error)}\n`);
      exitCode = 1;
    }
  }
  process.exit(exitCode);
}

let running: Promise<RunningWorker> | undefined;
let stopping: Promise<never> | undefined;

const stopOnce = (timeoutMs: number): Promise<never> => {
  stopping ??= (async () => {
    const worker = await running?.catch(() => undefined);
    return stop(worker, timeoutMs);
  })();
  return stopping;
};

process.on('message', (message: MessageToWorker) => {
  if (message.type === 'start') {
    running = start(message.options);
    running.catch(async (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      await send({ type: 'failed', message: text });
      process.exit(1);
    });
  } else if (message.type === 'invoke') {
    const invocation = running?.then((worker) => invoke(worker, message)) ?? Promise.resolve();
    invocations.add(invocation);
    void invocation.finally(() => invocations.delete(invocation));
  } else {
    void stopOnce(message.timeoutMs);
  }
});

// Ctrl-C reaches every process of the terminal's group. The parent decides: it lets requests finish first.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => {
  void stopOnce(ORPHAN_STOP_MS);
});

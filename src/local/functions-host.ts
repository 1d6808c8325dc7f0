import { dirname, join, resolve } from 'node:path';
import type { KeySet } from './function-keys.ts';
import type { LogSink } from './functions-app.ts';
import { type FunctionMetadata, type TypedData, triggerOf } from './functions-core.ts';
import type { HostJson } from './host-json.ts';
import { resolveSettings } from './local-settings.ts';
import type { QueueListener } from './queue-listener.ts';
import { TimerListener } from './timer/timer-listener.ts';
import { parseTimerSchedule } from './timer/timer-schedule.ts';
import { TimerStatusStore } from './timer/timer-status.ts';
import { WorkerProcess } from './worker-process.ts';

export interface HostOptions {
  /** Path of the compiled app, `dist/index.mjs`. */
  readonly bundle: string;
  readonly hostJson: HostJson;
  /** App settings and environment of the functions, merged (see `mergeSettings`). */
  readonly settings: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where timer status and keys are kept; in `npm start` the folder of Azurite. */
  readonly stateDir: string;
  /** Folder of the app. @default the parent of the bundle's folder */
  readonly directory?: string;
  /** Keys to enforce. @default those of `LOCAL_KEYS=enforce` with `LOCAL_KEYS_FILE`, else none */
  readonly keys?: KeySet;
  /** Longest pause between two looks at an empty queue, in ms; Azure's own limit is in host.json. @default 1000 */
  readonly maxPollingIntervalMs?: number;
  /** Time after which an unanswered request is given up, in ms. @default 230000, as Azure's front end */
  readonly responseTimeoutMs?: number;
  /** Where `/` leads to. @default nowhere: the host answers it itself, as Azure's does */
  readonly homePath?: string;
  /** Whether timers and queues are listened to. @default true */
  readonly listen?: boolean;
  /** Takes each line that the functions or the host print. @default this process's output */
  readonly onLine?: (line: string) => void;
  readonly now?: () => number;
}

/** One function as the host found it. */
export interface HostedFunction {
  readonly name: string;
  readonly kind: 'http' | 'timer' | 'queue' | 'other';
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
  readonly queueName?: string;
}

export interface FunctionsHost {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  readonly functions: readonly HostedFunction[];
  /** Process id of the functions process; undefined while it is down. */
  readonly pid: number | undefined;
  /** How often the functions process has been started again. */
  readonly nRestarts: number;
  /** Lets requests and invocations in flight finish, at most `timeoutMs` (default 10000), and flushes the app. */
  stop(timeoutMs?: number): Promise<void>;
  /** Ends everything at once; nothing is flushed. */
  kill(): Promise<void>;
}

interface Listener {
  start(): void;
  stop(): Promise<void>;
}

const KINDS: Readonly<Record<string, HostedFunction['kind']>> = {
  httptrigger: 'http',
  timertrigger: 'timer',
  queuetrigger: 'queue',
};

function describe(metadata: FunctionMetadata, options: HostOptions): HostedFunction {
  const { name } = metadata;
  const { binding } = triggerOf(metadata);
  const kind = KINDS[binding.type.toLowerCase()] ?? 'other';
  if (kind === 'http') {
    const route = [options.hostJson.routePrefix, binding.route || name].filter(Boolean).join('/');
    const { methods = ['GET', 'POST'], authLevel = 'anonymous' } = binding;
    return { name, kind, route: `/${route}`, methods, authLevel };
  }
  const resolved = (text: string | undefined, field: string): string =>
    resolveSettings(text ?? '', options.settings, `\`${field}\` of function \`${name}\``);
  if (kind === 'timer') return { name, kind, schedule: resolved(binding.schedule, 'schedule') };
  if (kind === 'queue') return { name, kind, queueName: resolved(binding.queueName, 'queueName') };
  return { name, kind };
}

/** A connection string by the name of a binding's `connection`: the setting of that name, or with `AzureWebJobs` before it. */
function connectionOf(metadata: FunctionMetadata, settings: HostOptions['settings']): string {
  const name = triggerOf(metadata).binding.connection || 'AzureWebJobsStorage';
  const value = settings[name] || settings[`AzureWebJobs${name}`];
  if (!value) {
    throw new Error(
      `Expected app setting \`${name}\`, the storage connection of function \`${metadata.name}\`, got none. ` +
        'The local host takes connection strings only.',
    );
  }
  return value;
}

/** Lines of the host itself, in the form of the worker's. */
function createHostLog(onLine: HostOptions['onLine']): LogSink {
  return (level, _category, message, functionName) => {
    const line = `[${new Date().toISOString()}] ${level} ${functionName ?? 'host'}: ${message}`;
    if (onLine !== undefined) onLine(line);
    else if (level === 'information') process.stdout.write(`${line}\n`);
    else process.stderr.write(`${line}\n`);
  };
}

async function createQueueListener(
  metadata: FunctionMetadata,
  hosted: HostedFunction,
  options: HostOptions,
  worker: WorkerProcess,
  log: LogSink,
): Promise<QueueListener> {
  // Loaded only when there is a queue to listen to: the client takes longer to load than the rest of the host.
  const [{ QueueServiceClient }, { QueueListener: Listener }] = await Promise.all([
    import('@azure/storage-queue'),
    import('./queue-listener.ts'),
  ]);
  const { queues } = options.hostJson;
  return new Listener({
    functionName: metadata.name,
    queueName: hosted.queueName ?? '',
    service: QueueServiceClient.fromConnectionString(connectionOf(metadata, options.settings), {
      retryOptions: { maxTries: 1 },
    }),
    settings: {
      ...queues,
      maxPollingIntervalMs: Math.min(queues.maxPollingIntervalMs, options.maxPollingIntervalMs ?? 1_000),
    },
    invoke: ({ text, metadata: messageMetadata }) => {
      const triggerMetadata: Record<string, TypedData> = {};
      for (const [name, value] of Object.entries(messageMetadata)) {
        triggerMetadata[name] = name === 'QueueTrigger' ? { string: text } : { json: JSON.stringify(value) };
      }
      return worker.invoke(metadata.name, { string: text }, triggerMetadata);
    },
    log,
  });
}

function createTimerListener(
  metadata: FunctionMetadata,
  hosted: HostedFunction,
  options: HostOptions,
  worker: WorkerProcess,
  log: LogSink,
): TimerListener {
  const { binding } = triggerOf(metadata);
  return new TimerListener({
    functionName: metadata.name,
    schedule: parseTimerSchedule(hosted.schedule ?? ''),
    runOnStartup: binding.runOnStartup === true,
    useMonitor: binding.useMonitor !== false,
    statusStore: new TimerStatusStore(join(options.stateDir, 'timers')),
    invoke: (timerJson) => worker.invoke(metadata.name, { json: timerJson }, {}),
    now: options.now ?? Date.now,
    log,
  });
}

function keysOf(options: HostOptions): KeySet | { file: string } | undefined {
  if (options.keys !== undefined) return options.keys;
  const { LOCAL_KEYS: mode = 'off', LOCAL_KEYS_FILE: file } = options.settings;
  if (mode === 'enforce') return { file: resolve(file || join(options.stateDir, 'keys.json')) };
  if (mode !== 'off' && mode !== '')
    throw new RangeError(`Expected LOCAL_KEYS in off, enforce, got ${mode}.`);
  return undefined;
}

/**
 * Runs a compiled function app on 127.0.0.1: HTTP in a child process that listens itself, timers and queues from
 * this process, so that a crash of the functions fails an invocation and loses neither tick nor message.
 *
 * Rejects when the app cannot be loaded, a route, schedule or setting is wrong, or the port is taken.
 */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const log = createHostLog(options.onLine);
  const bundle = resolve(options.bundle);
  const keys = keysOf(options);
  const worker = await WorkerProcess.start({
    bundle,
    directory: options.directory ?? dirname(dirname(bundle)),
    routePrefix: options.hostJson.routePrefix,
    port: options.port,
    ...(keys === undefined ? {} : { keys }),
    responseTimeoutMs: options.responseTimeoutMs ?? 230_000,
    ...(options.homePath === undefined ? {} : { homePath: options.homePath }),
    logLevel: options.hostJson.logLevel,
    env: {
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      ...options.settings,
    },
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    log,
    now: options.now ?? Date.now,
  });

  const listeners: Listener[] = [];
  const functions: HostedFunction[] = [];
  try {
    for (const metadata of worker.functions) {
      const hosted = describe(metadata, options);
      functions.push(hosted);
      if (hosted.kind === 'timer')
        listeners.push(createTimerListener(metadata, hosted, options, worker, log));
      if (hosted.kind === 'queue') {
        listeners.push(await createQueueListener(metadata, hosted, options, worker, log));
      }
      if (hosted.kind === 'other') {
        const { type } = triggerOf(metadata).binding;
        log('warning', 'system', `Function \`${metadata.name}\` has a ${type}, which is not run here.`);
      }
    }
    if (options.listen !== false) for (const listener of listeners) listener.start();
  } catch (error) {
    await worker.kill();
    throw error;
  }

  const stopListeners = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop()));
  };
  return {
    url: `http://127.0.0.1:${worker.port}`,
    functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)),
    get pid() {
      return worker.pid;
    },
    get nRestarts() {
      return worker.nRestarts;
    },
    async stop(timeoutMs = 10_000) {
      // The worker's end fails the invocations it did not finish; then the listeners can settle them.
      await Promise.all([worker.stop(timeoutMs), stopListeners()]);
    },
    async kill() {
      await Promise.all([worker.kill(), stopListeners()]);
    },
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LogSink } from './functions-app.ts';
import type { FunctionMetadata, TypedData } from './functions-core.ts';
import type { MessageFromWorker, MessageToWorker, WorkerOptions } from './worker-messages.ts';

export interface WorkerProcessOptions extends WorkerOptions {
  /** Environment of the functions: app settings and variables, already merged. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes each line the functions print. Absent: they print to this process's own output. */
  readonly onLine?: (line: string) => void;
  readonly log: LogSink;
  readonly now: () => number;
}

interface Started {
  readonly port: number;
  readonly functions: readonly FunctionMetadata[];
}

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

const WORKER_PATH = fileURLToPath(new URL('./functions-worker.ts', import.meta.url));
const SHORTEST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
/** A worker that lived this long is taken as healthy: the next crash restarts it quickly again. */
const HEALTHY_AFTER_MS = 60_000;
/** What a stopping worker gets beyond the limit for its requests, for its terminate hooks. */
const HOOKS_MS = 5_000;

// Node before 22.18 strips types only when told to.
const EXEC_ARGV = process.features.typescript
  ? []
  : ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/** Runs the functions in a child process and starts it again, with growing pauses, whenever it dies. */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #started: Promise<Started>;
  #nextId = 1;
  #backoffMs = SHORTEST_BACKOFF_MS;
  #restart: NodeJS.Timeout | undefined;
  #onRestarted: Array<() => void> = [];
  #isStopping = false;
  #hasBeenReady = false;
  #nRestarts = 0;
  #port: number;

  private constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#started = this.#spawn();
  }

  /** Starts the worker. Rejects when the app cannot be loaded or the port cannot be taken. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess & Started> {
    const worker = new WorkerProcess(options);
    try {
      const { port, functions } = await worker.#started;
      worker.#hasBeenReady = true;
      worker.#port = port;
      return Object.assign(worker, { port, functions });
    } catch (error) {
      worker.#isStopping = true;
      clearTimeout(worker.#restart);
      throw error;
    }
  }

  /** Process id of the running worker; undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often the worker has been started again. */
  get nRestarts(): number {
    return this.#nRestarts;
  }

  /**
   * Calls a function in the worker; waits while the worker is down. Rejects with what the function threw, or when the
   * worker dies meanwhile.
   */
  async invoke(
    functionName: string,
    data: TypedData,
    triggerMetadata: Readonly<Record<string, TypedData>>,
  ): Promise<void> {
    for (;;) {
      if (this.#isStopping) throw new Error('The host is stopping.');
      const wasStarted = await this.#started.then(
        () => true,
        () => false,
      );
      if (wasStarted && this.#child !== undefined) break;
      await new Promise<void>((resolve) => this.#onRestarted.push(resolve));
    }
    const id = this.#nextId++;
    await new Promise<void>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ type: 'invoke', id, functionName, data, triggerMetadata });
    });
  }

  /** Lets running calls finish, at most `timeoutMs`, runs the terminate hooks, and ends the worker. */
  async stop(timeoutMs: number): Promise<void> {
    this.#beginStop();
    if (this.#child === undefined) return;
    this.#send({ type: 'stop', timeoutMs });
    const kill = setTimeout(() => {
      this.#options.log('warning', 'system', 'The functions did not stop in time and were killed.');
      this.#child?.kill('SIGKILL');
    }, timeoutMs + HOOKS_MS);
    await this.#exited;
    clearTimeout(kill);
  }

  /** Ends the worker at once: nothing is flushed. */
  async kill(): Promise<void> {
    this.#beginStop();
    this.#child?.kill('SIGKILL');
    await this.#exited;
  }

  #beginStop(): void {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#onRestarted;
    this.#onRestarted = [];
    for (const resolve of waiting) resolve();
  }

  #send(message: MessageToWorker): void {
    const child = this.#child;
    if (child?.connected) child.send(message, () => {});
  }

  #spawn(): Promise<Started> {
    const { env, onLine, log, now, ...rest } = this.#options;
    const { bundle, directory, routePrefix, keys, responseTimeoutMs, homePath, logLevel } = rest;
    const child = fork(WORKER_PATH, [], {
      cwd: directory,
      env,
      execArgv: EXEC_ARGV,
      stdio:
        onLine === undefined ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    const spawnedMs = now();
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null && onLine !== undefined) createInterface({ input: stream }).on('line', onLine);
    }
    this.#exited = new Promise((resolve) => {
      child.once('error', () => child.pid === undefined && resolve());
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        const reason = signal === null ? `code ${code}` : signal;
        for (const pending of this.#pending.values()) {
          pending.reject(new Error(`The functions process ended with ${reason}.`));
        }
        this.#pending.clear();
        resolve();
        if (this.#hasBeenReady && !this.#isStopping) this.#restartLater(reason, now() - spawnedMs);
      });
    });
    return new Promise<Started>((resolve, reject) => {
      child.on('message', (message: MessageFromWorker) => {
        if (message.type === 'ready') resolve({ port: message.port, functions: message.functions });
        else if (message.type === 'failed') reject(new Error(message.message));
        else this.#settle(message.id, message.error);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        reject(
          new Error(`The functions process ended with ${signal ?? `code ${code}`} before it was ready.`),
        );
      });
      const options = {
        ...{ bundle, directory, routePrefix, port: this.#port, responseTimeoutMs, logLevel },
        ...(homePath === undefined ? {} : { homePath }),
        ...(keys === undefined ? {} : { keys }),
      };
      this.#send({ type: 'start', options });
    });
  }

  #settle(id: number, error: string | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve();
    else pending?.reject(new Error(error));
  }

  #restartLater(reason: string, livedMs: number): void {
    if (livedMs >= HEALTHY_AFTER_MS) this.#backoffMs = SHORTEST_BACKOFF_MS;
    const waitMs = this.#backoffMs;
    this.#backoffMs = Math.min(waitMs * 2, LONGEST_BACKOFF_MS);
    this.#options.log(
      'error',
      'system',
      `The functions process ended with ${reason}; it is started again in ${waitMs} ms.`,
    );
    this.#restart = setTimeout(() => {
      this.#nRestarts++;
      this.#started = this.#spawn();
      this.#started.then(
        () => this.#wake(),
        (error: Error) =>
          this.#options.log('error', 'system', `The functions cannot be started: ${error.message}`),
      );
    }, waitMs);
  }
}

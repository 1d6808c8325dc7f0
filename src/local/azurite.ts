import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Account of the storage emulator, the same and public on every machine. */
const ACCOUNT_NAME = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface AzuritePorts {
  readonly blob?: number;
  readonly queue?: number;
  readonly table?: number;
}

export interface AzuriteOptions {
  /** Directory of the data; created when missing. Required unless `inMemory`. */
  readonly location?: string;
  /** Keeps everything in memory and forgets it at the end. @default false */
  readonly inMemory?: boolean;
  /** Fixed ports; 0 or absent takes a free one. */
  readonly ports?: AzuritePorts;
  /** Time to be up, in ms. @default 120_000 */
  readonly startTimeoutMs?: number;
  /** Called once when it ends without having been stopped, with what it last wrote. */
  readonly onExit?: (reason: string) => void;
}

export interface Azurite {
  readonly connectionString: string;
  readonly pid: number;
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  /** Ends it and waits until the data is saved. May be called more than once. */
  stop(): Promise<void>;
}

/** Connection string for an emulator on these ports of 127.0.0.1. */
export function azuriteConnectionString(blobPort: number, queuePort: number, tablePort: number): string {
  const endpoint = (port: number): string => `http://127.0.0.1:${port}/${ACCOUNT_NAME}`;
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT_NAME}`,
    `AccountKey=${ACCOUNT_KEY}`,
    `BlobEndpoint=${endpoint(blobPort)}`,
    `QueueEndpoint=${endpoint(queuePort)}`,
    `TableEndpoint=${endpoint(tablePort)}`,
    '',
  ].join(';');
}

// Runs inside Azurite before its own code. Data is saved lazily, so the end must always be an orderly one: when the
// parent asks, when it is killed by a signal, and when the parent has gone without a word (the channel closes).
// The channel has to be closed as well, or Azurite's own listener on it would keep the process alive; and once the
// reader of its output has gone, a line it writes about closing must not end it before it has saved. Azurite 3.36 decodes
// each piece in which the body of a single row comes by itself, so that a character of several bytes at its end is stored
// as U+FFFD: requests of tables, which alone have this header, hand pieces of whole characters on. It joins the bytes of
// transactions before it decodes them, and needs them as bytes.
const PRELOAD = `
import { Server } from 'node:http';
const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, ...others) {
  if (event === 'request' && isSingleRow(request.headers)) request.setEncoding('utf8');
  return emit.call(this, event, request, ...others);
};
const isSingleRow = (headers) =>
  headers['dataserviceversion'] !== undefined && !headers['content-type']?.startsWith('multipart/');
let isClosing = false;
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
const close = () => { isClosing = true; if (process.connected) process.disconnect(); };
process.on('message', (message) => { if (message === 'shutdown') close(); });
process.on('SIGTERM', close);
process.on('SIGINT', close);
process.on('disconnect', () => {
  if (isClosing) return;
  if (process.listenerCount('message') < 2) process.exit(0);
  process.emit('message', 'shutdown');
});
`;

const LISTENING = /Azurite (Blob|Queue|Table) service is successfully listening at http:\/\/[^\s]*:(\d+)/g;

function azuriteScript(): string {
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = require.resolve('azurite/package.json');
  } catch (cause) {
    throw new Error('Expected the package `azurite` to be installed; run `npm ci`.', { cause });
  }
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.azurite);
}

function azuriteArguments(options: AzuriteOptions): string[] {
  const { location, inMemory = false, ports = {} } = options;
  if (inMemory === (location !== undefined)) {
    throw new TypeError('Expected either `location` or `inMemory: true`.');
  }
  if (location !== undefined) mkdirSync(location, { recursive: true });
  return [
    ...(location === undefined ? ['--inMemoryPersistence'] : ['--location', location]),
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
    ...['--blobHost', '127.0.0.1', '--blobPort', String(ports.blob ?? 0)],
    ...['--queueHost', '127.0.0.1', '--queuePort', String(ports.queue ?? 0)],
    ...['--tableHost', '127.0.0.1', '--tablePort', String(ports.table ?? 0)],
  ];
}

/** Keeps the last few thousand characters of what the process writes, for the error message. */
function collectOutput(child: ChildProcess): { text(): string; onText(listener: () => void): void } {
  let text = '';
  let listener = (): void => {};
  const add = (chunk: string): void => {
    text = (text + chunk).slice(-8_000);
    listener();
  };
  child.stdout?.setEncoding('utf8').on('data', add);
  child.stderr?.setEncoding('utf8').on('data', add);
  return {
    text: () => text.trim(),
    onText: (next) => {
      listener = next;
    },
  };
}

/**
 * Starts Azurite (Blob, Queue and Table on 127.0.0.1) as a child process and waits until all three answer.
 *
 * It runs in its own process group, so Ctrl-C in a terminal reaches only the caller, who then calls `stop()`; if the
 * caller dies without doing so, Azurite saves and ends by itself. Two of them must not share one `location`.
 *
 * @throws Error with the output of Azurite when it ends before it is up
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', preload, azuriteScript(), ...azuriteArguments(options)],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const output = collectOutput(child);
  let isStopping = false;
  let hasStarted = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`exit ${signal ?? code}`));
  });
  const reasonOf = (end: string): string => `Azurite ended (${end}): ${output.text() || 'no output'}`;
  const stop = async (): Promise<void> => {
    isStopping = true;
    if (child.connected) child.disconnect();
    await ended;
  };

  try {
    const [blobPort, queuePort, tablePort] = await Promise.race([
      listeningPorts(output, options.startTimeoutMs ?? 120_000),
      ended.then((end) => {
        throw new Error(`Expected Azurite to start. ${reasonOf(end)}`);
      }),
    ]);
    await Promise.all([blobPort, queuePort, tablePort].map(answers));
    hasStarted = true;
    void ended.then((end) => {
      if (hasStarted && !isStopping) options.onExit?.(reasonOf(end));
    });
    return {
      connectionString: azuriteConnectionString(blobPort, queuePort, tablePort),
      pid: child.pid as number,
      blobPort,
      queuePort,
      tablePort,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listeningPorts(
  output: ReturnType<typeof collectOutput>,
  timeoutMs: number,
): Promise<[number, number, number]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Expected Azurite to listen within ${timeoutMs} ms. ${output.text()}`));
    }, timeoutMs);
    const look = (): void => {
      const ports = new Map(
        [...output.text().matchAll(LISTENING)].map(([, name, port]) => [name, Number(port)]),
      );
      const [blob, queue, table] = ['Blob', 'Queue', 'Table'].map((name) => ports.get(name));
      if (blob === undefined || queue === undefined || table === undefined) return;
      clearTimeout(timer);
      resolve([blob, queue, table]);
    };
    output.onText(look);
    look();
  });
}

/** Resolves when something answers HTTP on this port, whatever the status. */
async function answers(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/${ACCOUNT_NAME}`, {
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
}

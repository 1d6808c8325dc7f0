import { open, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { AlertforestError, inputIssues } from '../../errors.ts';
import { prometheusText } from '../../logs/live/live-monitor.ts';
import { readLiveState, writeLiveState } from '../../logs/live/live-state.ts';
import { checkSameFormat, type LogPackage, readLogPackage } from '../../logs/log-package.ts';
import {
  type LogFile,
  type LogOptions,
  openLogs,
  openLogsOf,
  type UnknownFile,
} from '../../logs/open-logs.ts';
import { readLogs } from '../../logs/read-logs.ts';
import { eventRows } from '../../logs/windows/join-records.ts';
import { type LiveFlags, LiveLogs } from '../live-logs.ts';
import { addLogOptions, type LogFlags, logOptions } from '../log-options.ts';
import { withMap } from '../score-package.ts';
import { serviceAddress } from '../service/service-client.ts';
import { unknownFormat } from '../unknown-format.ts';
import { WrongCall } from '../wrong-call.ts';

interface ServeFlags extends LogFlags, LiveFlags {
  readonly package: string;
  readonly tail?: string;
  readonly port?: number;
  readonly state?: string;
}

const POLL_MS = 300;
const MAX_BODY = 64 * 1024 * 1024;
/** How often the state is written while it runs: what a crash loses of the windows. */
const STATE_EVERY_MS = 300_000;

export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .description('score raw logs as they come, by a package of pipeline; alarms go to the service as alerts')
    .requiredOption('--package <folder>', 'what pipeline wrote')
    .option(
      '--tail <file>',
      'follow a growing file, also over its rotation; scores go to stdout as JSON lines',
    )
    .option(
      '--port <n>',
      'POST /score lines, GET /metrics, POST /feedback on this port of this machine',
      port,
    )
    .addOption(
      new Option('--cut <name>', 'from which score on a row alarms')
        .choices(['cost', 'alarms_per_day', 'one_percent'])
        .default('alarms_per_day'),
    )
    .option('--state <file>', 'where windows are kept over a restart; it holds addresses')
    .option(
      '--post <url>',
      'the service of the alerts, such as http://127.0.0.1:7071/api/v1/ml',
      serviceAddress,
    )
    .addOption(new Option('--key <key>', 'function key of the service').env('ALERTFOREST_KEY'));
  addLogOptions(command).action(runServe);
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

async function runServe(flags: ServeFlags): Promise<void> {
  const { tail, port } = flags;
  if ((tail === undefined) === (port === undefined))
    throw new WrongCall('Expected either --tail FILE or --port N.');
  const pack = await readLogPackage(flags.package);
  const options = withMap(pack, await logOptions(flags));
  const { state: path } = flags;
  const { sha256 } = pack.manifest;
  const live = new LiveLogs(pack, flags, path === undefined ? undefined : await readLiveState(path, sha256));
  const keep = async (): Promise<void> => {
    if (path !== undefined) await writeLiveState(path, sha256, live.toState());
  };
  const timer = setInterval(() => {
    keep().catch((error: Error) => console.error(`The state was not written: ${error.message}.`));
  }, STATE_EVERY_MS);
  try {
    if (tail !== undefined) await followFile(tail, pack, options, live);
    else await listen(port as number, pack, options, live);
  } finally {
    clearInterval(timer);
  }
  await live.settled();
  await keep();
}

function knownFile(file: LogFile | UnknownFile, pack: LogPackage): LogFile {
  if (!('format' in file)) throw unknownFormat(file);
  checkSameFormat(pack.manifest, file);
  return file;
}

async function followFile(
  path: string,
  pack: LogPackage,
  options: LogOptions,
  live: LiveLogs,
): Promise<void> {
  const file = knownFile(await openLogs(path, options), pack);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const events = eventRows(file.format, (row) => console.log(JSON.stringify(live.take(row))));
  await readLogs([{ ...file, open: () => followed(path, stop.signal) }], {
    ...options,
    onRow: (row, isRepeated) => events.add(row, isRepeated),
    onProgress: () => events.tick(),
    onSkip: () => live.monitor.unreadable(),
  });
  events.end();
  console.error(JSON.stringify(live.monitor.figures()));
}

/** Bytes of a file as it grows; begins again where it is cut or another file stands in its place. Ends when told to. */
async function* followed(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let handle = await open(path, 'r');
  let at = 0;
  const buffer = Buffer.alloc(64 * 1024);
  try {
    while (!signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead > 0) {
        at += bytesRead;
        yield Buffer.from(buffer.subarray(0, bytesRead));
        continue;
      }
      const [mine, now] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
      if (now !== undefined && (now.ino !== mine.ino || now.size < at)) {
        await handle.close();
        handle = await open(path, 'r');
        at = 0;
        continue;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await handle.close();
  }
}

const feedbackSchema = z.array(z.object({ id: z.int().min(1), attack: z.boolean() })).max(10_000);

async function listen(port: number, pack: LogPackage, options: LogOptions, live: LiveLogs): Promise<void> {
  const server = createServer((request, response) => {
    answer(request, pack, options, live).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type }).end(text),
      (error: unknown) => refuse(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  // listened for before anybody can know that it is ready: who stops it at once gets its state written too
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  console.error(`READY http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`);
  await told;
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  text: `${JSON.stringify(value)}\n`,
});

async function answer(
  request: IncomingMessage,
  pack: LogPackage,
  options: LogOptions,
  live: LiveLogs,
): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = `${request.method} ${pathname}`;
  if (route === 'GET /metrics')
    return { status: 200, type: 'text/plain; version=0.0.4', text: prometheusText(live.monitor.figures()) };
  if (route === 'GET /figures') return json(live.monitor.figures());
  if (route === 'POST /feedback') {
    const parsed = feedbackSchema.safeParse(JSON.parse((await bodyOf(request)).toString('utf8')));
    if (!parsed.success) {
      const [issue] = inputIssues(parsed.error);
      throw new AlertforestError(
        'REQUEST_INVALID',
        `Expected [{"id": 1, "attack": true}]: ${issue?.path} ${issue?.message}`,
      );
    }
    const unknown = parsed.data
      .filter(({ id, attack }) => !live.monitor.judge(id, attack))
      .map(({ id }) => id);
    return json({ taken: parsed.data.length - unknown.length, unknown });
  }
  if (route !== 'POST /score')
    return {
      status: 404,
      type: 'text/plain',
      text: 'Expected POST /score, POST /feedback, GET /figures or GET /metrics.\n',
    };
  const bytes = await bodyOf(request);
  const file = knownFile(await openLogsOf([bytes], 'the body', options), pack);
  const scored: string[] = [];
  const events = eventRows(file.format, (row) => scored.push(JSON.stringify(live.take(row))));
  await readLogs([file], {
    ...options,
    onRow: (row, isRepeated) => events.add(row, isRepeated),
    onSkip: () => live.monitor.unreadable(),
  });
  events.end();
  return { status: 200, type: 'application/x-ndjson', text: `${scored.join('\n')}\n` };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let nBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    nBytes += piece.length;
    if (nBytes > MAX_BODY)
      throw new AlertforestError('REQUEST_TOO_LARGE', 'Expected at most 64 MiB in a body.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function refuse(response: ServerResponse, error: unknown): void {
  const isOurs = error instanceof AlertforestError || error instanceof SyntaxError;
  if (!isOurs) console.error(error);
  const code =
    error instanceof AlertforestError && error.code === 'REQUEST_TOO_LARGE' ? 413 : isOurs ? 400 : 500;
  const message = isOurs ? (error as Error).message : 'Something went wrong here.';
  response
    .writeHead(code, { 'content-type': 'application/json' })
    .end(`${JSON.stringify({ error: message })}\n`);
}

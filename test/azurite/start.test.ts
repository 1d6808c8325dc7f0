import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, buildReason } from '../../scripts/build.ts';
import { azuriteConnectionString } from '../../src/local/azurite.ts';
import { connectionFile } from '../../src/local/state/connection-file.ts';
import { runCli } from '../cli/run-cli.ts';
import { until } from '../support/fixture-app.ts';

const root = dirname(dirname(import.meta.dirname));
let directory: string;
let children: ChildProcess[];

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  lines(): readonly string[];
}

beforeEach(async () => {
  if (buildReason() !== undefined) await build();
  directory = mkdtempSync(join(tmpdir(), 'start-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

/** First models within a second, where what they are is not the point. */
const QUICK = { TOURNAMENT: 'random_forest', SYNTHETIC_ALERTS: '300' };

function start(env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      AZURITE_DIR: join(directory, 'azurite'),
      ALERTFOREST_CACHE_DIR: join(directory, 'cache'),
      ...env,
    },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += String(data);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output, lines: () => output.split('\n') };
}

const readyUrl = (run: Run): Promise<string> => {
  const look = (): string | undefined => {
    if (run.child.exitCode !== null) throw new Error(run.output());
    return /^READY (http:\S+)$/m.exec(run.output())?.[1];
  };
  return until('READY', look, 250_000);
};

describe('npm start', () => {
  it('trains on a new storage, scores a sample, stops cleanly, and serves the same models the next time', async () => {
    const first = start();
    const url = await readyUrl(first);
    const order = ['Settings:', '/api/v1/ml/predict', 'Its verdict:', '"disposition"', 'READY http://'];
    const positions = order.map((text) => first.output().indexOf(text));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions[0]).toBeGreaterThanOrEqual(0);
    const versions = (await (await fetch(`${url}/api/v1/ml/versions`)).json()) as { release: string };
    // every command finds the storage of the service that runs
    const command = { env: { AZURITE_DIR: join(directory, 'azurite') }, cwd: directory };
    const listed = await runCli(['versions', '--json'], command);
    expect([listed.code, JSON.parse(listed.stdout).release]).toEqual([0, versions.release]);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).toContain('Stopped.');
    expect(existsSync(join(directory, 'azurite', 'alertforest.lock'))).toBe(false);
    const { code, stderr } = await runCli(['versions'], command);
    expect(code).toBe(1);
    expect(stderr).toContain('no service runs here');
    expect(stderr).toContain(connectionFile(join(directory, 'azurite')));

    const second = start();
    const secondUrl = await readyUrl(second);
    expect(await (await fetch(`${secondUrl}/api/v1/ml/versions`)).json()).toEqual(versions);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('refuses a folder that another start uses, and takes it over when that one was killed', async () => {
    const first = start(QUICK);
    await readyUrl(first);
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`is in use by process ${first.child.pid}`);
    first.child.kill('SIGKILL');
    await first.ended;
    // Its emulator saves and ends by itself; the next start waits for that.
    const third = start(QUICK);
    await readyUrl(third);
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);
  });

  it('takes two signals at once for one Ctrl-C', async () => {
    const run = start(QUICK);
    await readyUrl(run);
    run.child.kill('SIGINT');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.output()).not.toContain('Forced');
  });

  it('stops when it is told to before it is ready', async () => {
    const run = start();
    await until('the emulator to be starting', () => run.output().includes('Starting the storage emulator'));
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.output()).not.toContain('READY');
    expect(existsSync(join(directory, 'azurite', 'alertforest.lock'))).toBe(false);
  });

  it('says so when the port is in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const run = start({ PORT: String(port) });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(`Port ${port} is in use.`);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['x', '70000', '-1'])('refuses PORT=%s', async (port) => {
    const run = start({ PORT: port });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('Expected PORT in 0..65535');
  });

  it('names every setting that cannot be used, before anything starts', async () => {
    const run = start({ RETRAIN_AFTER: 'many', MAX_BATCH_ALERTS: '0' });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('environment: RETRAIN_AFTER = many: ');
    expect(run.output()).toContain('environment: MAX_BATCH_ALERTS = 0: ');
    expect(run.output()).not.toContain('Starting the storage emulator');
  });

  it('never waits on a 500: storage that answers nothing else ends the start, with what it was asked', async () => {
    const storage = createHttpServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await once(storage, 'listening');
    const { port } = storage.address() as AddressInfo;
    const run = start({ AzureWebJobsStorage: azuriteConnectionString(port, port, port) });
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(
      /^The service cannot start: STORE_UNAVAILABLE: Cannot .*\(it answered 500\)/m,
    );
    expect(run.output()).not.toContain('Expected the models to be loaded within');
    // what the wait itself asked is no news
    expect(run.output()).not.toMatch(/"function":"health/);
    storage.close();
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, ''), 'it is no folder'],
    ['below a file', (path: string) => writeFileSync(dirname(path), ''), 'a part of the path is no folder'],
  ])('says that AZURITE_DIR cannot be used where it is %s', async (_, make, why) => {
    const path = join(directory, 'state', 'data');
    if (why === 'it is no folder') mkdirSync(dirname(path));
    make(path);
    const run = start({ AZURITE_DIR: path });
    expect(await run.ended).toBe(1);
    expect(run.output().trim()).toBe(`Cannot keep data in ${path} (AZURITE_DIR): ${why}.`);
  });

  it('asks for keys and uses its own with LOCAL_KEYS=enforce', async () => {
    const run = start({ ...QUICK, LOCAL_KEYS: 'enforce' });
    const url = await readyUrl(run);
    expect((await fetch(`${url}/api/v1/ml/versions`)).status).toBe(401);
    const keys = JSON.parse(readFileSync(join(directory, 'azurite', 'host', 'keys.json'), 'utf8'));
    const headers = { 'x-functions-key': keys.host.default };
    expect((await fetch(`${url}/api/v1/ml/versions`, { headers })).status).toBe(200);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });
});

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkSettings, problemLine } from '../src/cli/config/check-settings.ts';
import { type Azurite, type AzuritePorts, startAzurite } from '../src/local/azurite.ts';
import { usesDevelopmentStorage } from '../src/local/development-storage.ts';
import type { FunctionsHost } from '../src/local/functions-host.ts';
import { startLocalService, waitUntilHealthy } from '../src/local/local-service.ts';
import { mergeSettings, readLocalSettings } from '../src/local/local-settings.ts';
import { connectionFile, STATE_FOLDER, writeConnection } from '../src/local/state/connection-file.ts';
import { stateFolderFault } from '../src/local/state/state-folder.ts';
import { build, buildReason } from './build.ts';
import { checkPortIsFree, readPort } from './free-port.ts';
import { identityOf, isAlive, takePidLock } from './pid-lock.mjs';

// Runs the service on this machine: builds it when needed, starts the storage emulator and the functions, waits for
// the models, scores one alert. Settings: PORT, AZURITE_DIR, and all of local.settings.json.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const startedMs = performance.now();
const say = (text: string): void => console.log(text);
const seconds = (): string => `${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s`;
const step = (text: string): void => say(`[${seconds()}] ${text}`);

interface Sample {
  readonly alert: Readonly<Record<string, unknown>>;
  readonly verdict: unknown;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Signals closer together than this are one Ctrl-C: the terminal and npm both pass it on. */
const SAME_SIGNAL_MS = 500;
const STOP_MS = 10_000;
const HEALTHY_MS = 120_000;
const AZURITE_PAUSE_MS = 10_000;
const OLD_STORAGE_MS = 20_000;

const cleanups: (() => unknown)[] = [];
const aborting = new AbortController();
let firstSignalMs: number | undefined;
let starting = Promise.resolve();
let host: FunctionsHost | undefined;

const heldLines: string[] = [];
let isReady = false;

/** What the wait for the models asks, several times a second. */
const OWN_QUESTION = /"event":"request".*"function":"health/;

/** Prints what the functions print; before READY only what is wrong, so that the start can be read. */
function onFunctionsLine(line: string): void {
  if (isReady || /^\[[^\]]+\] (warning|error|critical) /.test(line)) say(line);
  else if (!OWN_QUESTION.test(line)) heldLines.push(line);
}

async function cleanUp(): Promise<void> {
  while (cleanups.length > 0) {
    try {
      await cleanups.pop()?.();
    } catch (error) {
      console.error(`While stopping: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
}

async function onSignal(signal: string): Promise<void> {
  const nowMs = performance.now();
  if (firstSignalMs === undefined) {
    firstSignalMs = nowMs;
    say(`\n${signal}: stopping (again to force) ...`);
    aborting.abort(new Error('stopped'));
    await starting.catch(() => {});
    await cleanUp();
    say('Stopped.');
    process.exit();
  } else if (nowMs - firstSignalMs > SAME_SIGNAL_MS) {
    say('Forced: what was not written yet is lost.');
    // The emulator saves and ends by itself when this process is gone.
    await Promise.race([host?.kill(), delay(2_000)]);
    process.exit(130);
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void onSignal(signal));

function lockDirectory(directory: string, port: number): void {
  const lock = takePidLock(join(directory, 'alertforest.lock'), {
    port,
    startedAt: new Date().toISOString(),
  });
  if (lock.release === undefined) {
    const { pid, port: otherPort, startedAt } = lock.holder;
    throw new Error(
      `${relative(process.cwd(), directory) || directory} is in use by process ${pid} (port ${otherPort}, since ${startedAt}). ` +
        'Stop it, or choose another folder: AZURITE_DIR=.azurite-2 PORT=0 npm start',
    );
  }
  cleanups.push(lock.release);
}

/**
 * A start that was killed leaves its emulator to save and end by itself. Two of them on one folder would overwrite
 * each other's data, so the next start waits for the old one.
 */
async function waitForOldStorage(identityFile: string): Promise<void> {
  if (!existsSync(identityFile)) return;
  const old = JSON.parse(readFileSync(identityFile, 'utf8'));
  if (isAlive(old))
    step(`Waiting for the storage emulator of an earlier start (process ${old.pid}) to end ...`);
  const deadlineMs = performance.now() + OLD_STORAGE_MS;
  while (isAlive(old)) {
    aborting.signal.throwIfAborted();
    if (performance.now() > deadlineMs) {
      throw new Error(
        `The storage emulator of an earlier start still runs: process ${old.pid}. End it and try again.`,
      );
    }
    await delay(100);
  }
  rmSync(identityFile, { force: true });
}

/** Starts the emulator and starts it again, on the same ports, should it end by itself. */
async function startStorage(location: string): Promise<Azurite> {
  const identityFile = join(location, 'host', 'azurite.json');
  mkdirSync(dirname(identityFile), { recursive: true });
  await waitForOldStorage(identityFile);
  let azurite: Azurite | undefined;
  let isStopping = false;
  const start = async (ports?: AzuritePorts): Promise<Azurite> => {
    const started = await startAzurite({
      location,
      ports,
      onExit: async (reason) => {
        console.error(`${reason}\nStorage is gone; it is started again in ${AZURITE_PAUSE_MS / 1000} s.`);
        const { blobPort: blob, queuePort: queue, tablePort: table } = started;
        for (;;) {
          await delay(AZURITE_PAUSE_MS, undefined, { ref: false });
          if (isStopping) return;
          try {
            await start({ blob, queue, table });
            say('Storage is back.');
            return;
          } catch (error) {
            console.error(messageOf(error));
          }
        }
      },
    });
    azurite = started;
    writeFileSync(identityFile, JSON.stringify(identityOf(started.pid)));
    return started;
  };
  const first = await start();
  cleanups.push(async () => {
    isStopping = true;
    await azurite?.stop();
    rmSync(identityFile, { force: true });
  });
  return first;
}

function readMasterKey(
  stateDir: string,
  settings: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (settings['LOCAL_KEYS'] !== 'enforce') return undefined;
  const file = resolve(settings['LOCAL_KEYS_FILE'] || join(stateDir, 'keys.json'));
  say(`           keys are enforced; they are in ${file}`);
  return JSON.parse(readFileSync(file, 'utf8')).master;
}

async function scoreSample(url: string, key: string | undefined): Promise<Sample> {
  const alert = readFileSync(join(root, 'src', 'api', 'sample-alert.json'), 'utf8');
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-functions-key': key }) },
    body: alert,
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The sample alert was answered with ${response.status}: ${text}`);
  return { alert: JSON.parse(alert), verdict: JSON.parse(text) };
}

function showSample({ alert, verdict }: Sample): void {
  say('\nA sample alert (src/api/sample-alert.json, a Microsoft Sentinel SecurityAlert row):');
  say(`  ${alert['AlertSeverity']}  ${alert['AlertName']}  (${alert['Tactics']})`);
  say(`  ${alert['Description']}`);
  say('Its verdict:');
  say(JSON.stringify(verdict, null, 2).replaceAll(/^/gm, '  '));
}

async function start(): Promise<void> {
  const { values, file } = readLocalSettings(root);
  const problems = checkSettings({ values, file, env: process.env });
  if (problems.length > 0)
    throw new Error(`Settings that cannot be used:\n  ${problems.map(problemLine).join('\n  ')}`);
  const settings = mergeSettings(values, process.env);
  const port = readPort(settings);
  const directory = resolve(settings['AZURITE_DIR'] || join(root, STATE_FOLDER));
  const fault = stateFolderFault(directory);
  if (fault !== undefined) throw new Error(`Cannot keep data in ${directory} (AZURITE_DIR): ${fault}.`);
  await checkPortIsFree(port, 'npm start');
  lockDirectory(directory, port);

  if (file === 'local.settings.sample.json')
    step('Settings: local.settings.sample.json (no local.settings.json)');
  else step(`Settings: ${file ?? 'the environment alone'}`);

  const isNew = !existsSync(join(directory, '__azurite_db_table__.json'));
  const storing = usesDevelopmentStorage(settings) ? startStorage(directory) : undefined;
  // Waited for below, after the build; a failure must not count as unhandled meanwhile.
  storing?.catch(() => {});
  const reason = buildReason();
  if (reason !== undefined) {
    step(`Building, because ${reason} ...`);
    await build();
  }
  let connectionString = '';
  if (storing === undefined) step('Storage: the account that the settings name');
  else {
    step(
      `Starting the storage emulator on ${relative(process.cwd(), directory) || directory}${isNew ? ' (new)' : ''} ...`,
    );
    const azurite = await storing;
    connectionString = azurite.connectionString;
    step(
      `Storage: blob ${azurite.blobPort}, queue ${azurite.queuePort}, table ${azurite.tablePort} on 127.0.0.1`,
    );
  }
  aborting.signal.throwIfAborted();

  const stateDir = join(directory, 'host');
  const onLine = onFunctionsLine;
  const service = await startLocalService({
    root,
    port,
    stateDir,
    connectionString,
    env: process.env,
    onLine,
  });
  host = service;
  cleanups.push(() => service.stop(STOP_MS));
  step(
    `Functions: ${service.functions.length} loaded; loading the models (trained first on a new storage) ...`,
  );
  const url = `${service.url}/api/v1/ml`;
  if (connectionString !== '')
    cleanups.push(writeConnection(connectionFile(directory), { connectionString, url }));
  const key = readMasterKey(stateDir, settings);
  const status = await waitUntilHealthy(url, {
    timeoutMs: HEALTHY_MS,
    signal: aborting.signal,
    key,
    onChange: (text) => step(`  ${text}`),
  });
  step(`Models are loaded; health is ${status}.\n`);

  for (const { kind, name, route, methods, schedule, queueName } of service.functions) {
    if (kind === 'http') say(`  ${(methods ?? []).join(',').padEnd(8)} ${service.url}${route}`);
    else say(`  ${kind.padEnd(8)} ${name}: ${schedule ?? queueName ?? ''}`);
  }
  showSample(await scoreSample(url, key));
  const header = key === undefined ? '' : " -H 'x-functions-key: KEY'";
  say('\nWhat to do next, in another terminal:');
  say(`  the page      ${url}/dashboard`);
  say(
    `  an alert      curl -s ${url}/predict -H 'content-type: application/json'${header} --data @src/api/sample-alert.json`,
  );
  say('  a file        npx alertforest score ALERTS.jsonl');
  say('  how it fares  npx alertforest health');
  say('  what else     npx alertforest --help');
  say(`Ready in ${seconds().trim()}; Ctrl-C stops everything.`);
  isReady = true;
  say(`READY ${service.url}`);
}

starting = start();
try {
  await starting;
} catch (error) {
  if (firstSignalMs === undefined) {
    if (heldLines.length > 0) console.error(`\nThe functions said:\n${heldLines.slice(-30).join('\n')}`);
    console.error(`\n${messageOf(error)}`);
    await cleanUp();
    process.exit(1);
  }
}

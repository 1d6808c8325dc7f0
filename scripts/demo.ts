import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Alert } from '../src/alert/alert.ts';
import { checkSettings, problemLine } from '../src/cli/config/check-settings.ts';
import { playDemo } from '../src/cli/demo/play-demo.ts';
import { type DemoStory, makeDemoStory } from '../src/evaluation/story/demo-story.ts';
import { startAzurite } from '../src/local/azurite.ts';
import { mergeSettings, readLocalSettings } from '../src/local/local-settings.ts';
import { stateFolderFault } from '../src/local/state/state-folder.ts';
import { checkPortIsFree, readPort } from './free-port.ts';
import { takePidLock } from './pid-lock.mjs';

// Fills a fresh storage with three days of a made-up company, then runs the service on it as `npm start` does.
// Settings: PORT, DEMO_DIR (emptied at each start), DEMO_HOURS and DEMO_VOLUME (a shorter story), DEMO_SEED.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const startedMs = performance.now();
const step = (text: string): void =>
  console.log(`[${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s] ${text}`);

/** Left by a demo in its folder: nothing else is ever emptied. */
const LOCK = 'demo.lock';
/** One learner and fewer synthetic alerts: a retrain takes seconds where the default takes the better part of a minute. */
const QUICK = { TOURNAMENT: 'random_forest', SYNTHETIC_ALERTS: '600' };
const LOT = 20;

const directory = resolve(process.env['DEMO_DIR'] || join(root, '.demo'));
const shown = relative(process.cwd(), directory) || directory;

function numberOf(name: string, fallback: number, least: number): number {
  const value = Number(process.env[name] || fallback);
  if (!Number.isFinite(value) || value < least)
    throw new Error(`Expected ${name} to be a number from ${least} on, got ${process.env[name]}.`);
  return value;
}

/** @throws Error for a folder in use, or one that holds something else */
function emptyDirectory(): () => void {
  const entries = existsSync(directory) ? readdirSync(directory) : [];
  if (entries.length > 0 && !entries.includes(LOCK)) {
    throw new Error(
      `${shown} holds something that no demo made. Choose another folder: DEMO_DIR=.demo-2 npm run demo`,
    );
  }
  const lock = takePidLock(join(directory, LOCK));
  if (lock.release === undefined) {
    throw new Error(
      `${shown} is in use by process ${lock.holder.pid}. Stop it, or choose another folder: DEMO_DIR=.demo-2 PORT=0 npm run demo`,
    );
  }
  for (const entry of readdirSync(directory)) {
    if (entry !== LOCK) rmSync(join(directory, entry), { recursive: true, force: true });
  }
  return lock.release;
}

async function play(
  story: DemoStory,
  hours: number,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  step(
    `Telling the last ${hours} h of a made-up company: ${story.alerts} alerts, ${story.judged} judged ...`,
  );
  const azurite = await startAzurite({ location: directory });
  try {
    let saidMs = performance.now();
    const played = await playDemo(story, {
      settings: { ...settings, AzureWebJobsStorage: azurite.connectionString },
      onProgress: (share) => {
        if (performance.now() - saidMs < 5_000) return;
        saidMs = performance.now();
        step(`  ${Math.round(100 * share)} % told`);
      },
    });
    step(`Told: ${played.alerts} scored, ${played.closed} closed, ${played.judgements} judgements`);
    for (const { state, reasons } of played.retrains) step(`  ${state}: ${reasons[0] ?? ''}`);
  } finally {
    await azurite.stop();
  }
}

/** Runs the service on what was told; resolves with its exit code. */
function serve(hours: number, env: NodeJS.ProcessEnv, last: readonly Alert[]): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts')], {
      cwd: root,
      env,
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    // a terminal sends its signal to the child as well; who stops this process alone stops both
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      });
    }
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^READY (\S+)$/.exec(line)?.[1];
      if (url === undefined) {
        console.log(line);
        return;
      }
      void greet(`${url}/api/v1/ml`, hours, env, last).then(() => console.log(line), failed);
    });
  });
}

/** Sends what came in last, then says where to look. */
async function greet(
  api: string,
  hours: number,
  env: NodeJS.ProcessEnv,
  last: readonly Alert[],
): Promise<void> {
  const key = masterKey(env);
  for (let i = 0; i < last.length; i += LOT) {
    const response = await fetch(`${api}/predict`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'x-functions-key': key }),
      },
      body: JSON.stringify({ alerts: last.slice(i, i + LOT) }),
      signal: AbortSignal.timeout(60_000),
    });
    if (!response.ok)
      throw new Error(`The last alerts were answered with ${response.status}: ${await response.text()}`);
  }
  console.log(`\nThe page, ${hours} h into its work: ${api}/dashboard`);
  console.log(
    key === undefined
      ? 'Its key: none is asked for on this machine (LOCAL_KEYS=enforce asks for one).'
      : `Its key: ${key}`,
  );
  console.log(`The data lies in ${shown}; the next demo begins anew.`);
}

function masterKey(env: NodeJS.ProcessEnv): string | undefined {
  const settings = mergeSettings(readLocalSettings(root).values, env);
  if (settings['LOCAL_KEYS'] !== 'enforce') return undefined;
  const file = resolve(settings['LOCAL_KEYS_FILE'] || join(directory, 'host', 'keys.json'));
  return JSON.parse(readFileSync(file, 'utf8')).master;
}

async function demo(): Promise<number> {
  const hours = numberOf('DEMO_HOURS', 72, 1);
  const story = makeDemoStory({
    seed: numberOf('DEMO_SEED', 7, 0),
    endMs: Date.now(),
    hours,
    volume: numberOf('DEMO_VOLUME', 1, 0.01),
  });
  // all that would end the start of the service, before a minute is spent on the story
  const { values, file } = readLocalSettings(root);
  const problems = checkSettings({ values, file, env: process.env });
  if (problems.length > 0)
    throw new Error(`Settings that cannot be used:\n  ${problems.map(problemLine).join('\n  ')}`);
  const settings = mergeSettings({ ...values, ...QUICK }, process.env);
  await checkPortIsFree(readPort(settings), 'npm run demo');
  const fault = stateFolderFault(directory);
  if (fault !== undefined) throw new Error(`Cannot keep data in ${shown} (DEMO_DIR): ${fault}.`);
  const release = emptyDirectory();
  try {
    // storage on a laptop that does something else answers late; here waiting is all there is to do
    await play(story, hours, { ...settings, STORAGE_TIMEOUT_SECONDS: '60' });
    return await serve(hours, { ...QUICK, ...process.env, AZURITE_DIR: directory }, story.last);
  } finally {
    release();
  }
}

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

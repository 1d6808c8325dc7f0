import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildReason } from '../../scripts/build.ts';
import type { KeySet } from '../../src/local/function-keys.ts';
import type { FunctionsHost } from '../../src/local/functions-host.ts';
import type { HostJson } from '../../src/local/host-json.ts';
import { startLocalService as startService, waitUntilHealthy } from '../../src/local/local-service.ts';
import { readLocalSettings } from '../../src/local/local-settings.ts';

/** Half a year away: the check that the host starts every hour would count, consume and train in the middle of a test. */
const NOT_NOW = `0 0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *`;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface LocalServiceTestOptions {
  readonly connectionString: string;
  /** App settings for this service; they beat the sample settings. */
  readonly env?: Readonly<Record<string, string>>;
  readonly keys?: KeySet;
  readonly adjustHostJson?: (hostJson: HostJson) => HostJson;
  /** Whether timers and queues are listened to. @default true */
  readonly listen?: boolean;
  /** Waits until the models are loaded. @default true */
  readonly waitForModels?: boolean;
  /** Kept between two services of one test, for timers and the copies of artefacts; made and removed when absent. */
  readonly stateDir?: string;
}

export interface LocalTestService extends FunctionsHost {
  /** `http://127.0.0.1:PORT/api/v1/ml`. */
  readonly api: string;
  /** What the functions and the host printed so far. */
  readonly lines: readonly string[];
}

/** Starts the compiled functions on a free port against the given storage; builds dist/ first when it is stale. */
export async function startLocalService(options: LocalServiceTestOptions): Promise<LocalTestService> {
  if (buildReason() !== undefined) await build();
  const { PATH = '', HOME = '', TMPDIR = '', SystemRoot = '', NODE_COMPILE_CACHE = '' } = process.env;
  const ownDir = options.stateDir === undefined ? mkdtempSync(join(tmpdir(), 'alertforest-')) : undefined;
  const stateDir = options.stateDir ?? (ownDir as string);
  const lines: string[] = [];
  const { connectionString, keys, adjustHostJson, listen, env, waitForModels = true } = options;
  const host = await startService({
    root,
    port: 0,
    stateDir,
    connectionString,
    // A developer's own settings file has no say in a test.
    values: readLocalSettings(root, ['local.settings.sample.json']).values,
    env: {
      ...{ PATH, HOME, TMPDIR, SystemRoot, NODE_COMPILE_CACHE },
      ALERTFOREST_CACHE_DIR: join(stateDir, 'cache'),
      AzureWebJobsStorage: connectionString,
      RETRAIN_SCHEDULE: NOT_NOW,
      // a busy machine is no outage
      STORAGE_TIMEOUT_SECONDS: '60',
      ...env,
    },
    maxPollingIntervalMs: 250,
    onLine: (line) => lines.push(line),
    ...(keys === undefined ? {} : { keys }),
    ...(adjustHostJson === undefined ? {} : { adjustHostJson }),
    ...(listen === undefined ? {} : { listen }),
  });
  const forget = (): void => {
    if (ownDir !== undefined) rmSync(ownDir, { recursive: true, force: true });
  };
  const api = `${host.url}/api/v1/ml`;
  if (waitForModels) {
    try {
      await waitUntilHealthy(api, {
        timeoutMs: 240_000,
        ...(keys === undefined ? {} : { key: keys.master }),
      });
    } catch (error) {
      await host.kill();
      forget();
      throw new Error(`${(error as Error).message}\n${lines.slice(-30).join('\n')}`, { cause: error });
    }
  }
  return {
    api,
    lines,
    url: host.url,
    functions: host.functions,
    get pid() {
      return host.pid;
    },
    get nRestarts() {
      return host.nRestarts;
    },
    stop: async (timeoutMs) => {
      await host.stop(timeoutMs);
      forget();
    },
    kill: async () => {
      await host.kill();
      forget();
    },
  };
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FunctionsHost, type HostOptions, startHost } from './functions-host.ts';
import { type HostJson, readHostJson } from './host-json.ts';
import { mergeSettings, readLocalSettings } from './local-settings.ts';

/** The value that stands for "the emulator on this machine" in a settings file. */
export const DEVELOPMENT_STORAGE = 'UseDevelopmentStorage=true';

/** Whether the functions are to use the emulator: no storage is named, or the emulator is. */
export function usesDevelopmentStorage(settings: Readonly<Record<string, string>>): boolean {
  const { AzureWebJobsStorage: connection = '' } = settings;
  if (connection === DEVELOPMENT_STORAGE) return true;
  return connection === '' && !Object.keys(settings).some((name) => name.startsWith('AzureWebJobsStorage__'));
}

/** Puts the emulator's real connection string wherever the settings mean the emulator. */
export function withDevelopmentStorage(
  settings: Readonly<Record<string, string>>,
  connectionString: string,
): Record<string, string> {
  const replaced = Object.entries(settings).map(([name, value]) => [
    name,
    value === DEVELOPMENT_STORAGE ? connectionString : value,
  ]);
  const result: Record<string, string> = Object.fromEntries(replaced);
  if (usesDevelopmentStorage(settings)) result['AzureWebJobsStorage'] = connectionString;
  return result;
}

export interface LocalServiceOptions
  extends Pick<HostOptions, 'port' | 'stateDir' | 'keys' | 'onLine' | 'listen'> {
  /** Root of the project: where host.json, the settings files and dist/ lie. */
  readonly root: string;
  /** Connection string of the emulator; used unless the settings name other storage. */
  readonly connectionString: string;
  /** Settings file. @default local.settings.json of `root`, else the sample */
  readonly values?: Readonly<Record<string, string>>;
  /** Environment; a non-empty variable beats the settings file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Changes to host.json, say of the queue's timing. */
  readonly adjustHostJson?: (hostJson: HostJson) => HostJson;
  readonly maxPollingIntervalMs?: number;
}

/** Starts this project's compiled functions with host.json and the local settings. They may not be ready to score yet. */
export async function startLocalService(options: LocalServiceOptions): Promise<FunctionsHost> {
  const { root, connectionString, values, env, adjustHostJson = (hostJson) => hostJson, ...host } = options;
  const settings = mergeSettings(values ?? readLocalSettings(root).values, env);
  return startHost({
    ...host,
    bundle: join(root, 'dist', 'index.mjs'),
    hostJson: adjustHostJson(readHostJson(join(root, 'host.json'))),
    settings: withDevelopmentStorage(settings, connectionString),
    directory: root,
  });
}

export interface HealthWaitOptions {
  readonly timeoutMs: number;
  /** Called with each change of what the service says about itself. */
  readonly onChange?: (text: string) => void;
  /** Key for the detailed report where keys are enforced. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

const DETAILS_EVERY_MS = 1_000;

/** One line out of the detailed health report: its status and the reasons for it. */
export function describeHealth(details: unknown): string {
  const { status = 'unknown', reasons, loading } = details as Record<string, unknown>;
  const texts = [reasons, loading].flatMap((each) => (Array.isArray(each) ? each : each ? [each] : []));
  const said = texts.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  return said.length === 0 ? String(status) : `${status}: ${said.join('; ')}`;
}

/**
 * Waits until the service answers `GET health` with ok or degraded: its models are loaded. Throws after `timeoutMs`
 * with the last that it said.
 */
export async function waitUntilHealthy(url: string, options: HealthWaitOptions): Promise<string> {
  const { timeoutMs, onChange, key, signal } = options;
  const headers: Record<string, string> = key === undefined ? {} : { 'x-functions-key': key };
  const deadlineMs = performance.now() + timeoutMs;
  let last = 'no answer yet';
  const note = (text: string): void => {
    if (text !== last) onChange?.(text);
    last = text;
  };
  let detailsAtMs = 0;
  while (performance.now() < deadlineMs) {
    signal?.throwIfAborted();
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
      const body = (await response.json().catch(() => ({}))) as { status?: string };
      if (response.ok && body.status !== undefined) return body.status;
      if (performance.now() >= detailsAtMs) {
        detailsAtMs = performance.now() + DETAILS_EVERY_MS;
        const details = await fetch(`${url}/health/details`, {
          headers,
          signal: AbortSignal.timeout(10_000),
        });
        note(describeHealth(await details.json().catch(() => ({ status: `HTTP ${details.status}` }))));
      }
    } catch (error) {
      note(String((error as Error).cause ?? error));
    }
    await delay(250);
  }
  throw new Error(`Expected the models to be loaded within ${timeoutMs / 1000} s; the service said ${last}.`);
}

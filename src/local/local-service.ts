import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withDevelopmentStorage } from './development-storage.ts';
import { type FunctionsHost, type HostOptions, startHost } from './functions-host.ts';
import { type HostJson, readHostJson } from './host-json.ts';
import { mergeSettings, readLocalSettings } from './local-settings.ts';

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
    homePath: '/api/v1/ml',
    bundle: join(root, 'dist', 'index.mjs'),
    hostJson: adjustHostJson(readHostJson(join(root, 'host.json'))),
    settings: withDevelopmentStorage(settings, connectionString),
    directory: root,
  });
}

export interface HealthWaitOptions {
  readonly timeoutMs: number;
  /** How often its detailed report is read, in ms. @default 1_000 */
  readonly detailsEveryMs?: number;
  /** How long it may say that its storage answers 5xx before the wait is given up, in ms. @default 5_000 */
  readonly faultMs?: number;
  /** Called with each change of what the service says about itself. */
  readonly onChange?: (text: string) => void;
  /** Key for the detailed report where keys are enforced. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Storage that is there and fails, as one on a full disk does; one that is slow or away may yet come. */
const STORAGE_FAILS = /^STORE_UNAVAILABLE: .*\(it answered 5\d\d/;

interface Answer {
  readonly status?: string;
  readonly detail?: string;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** The service fails whatever it is asked: waiting does not mend it. */
class StartFailure extends Error {}

const faultOf = ({ detail = 'it answered 500', issues = [] }: Answer): string =>
  [detail, ...issues.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');

const reasonsOf = (details: unknown): readonly unknown[] => {
  const { reasons } = details as { readonly reasons?: unknown };
  return Array.isArray(reasons) ? reasons : [];
};

/** One line out of the detailed health report: its status and the reasons for it. */
export function describeHealth(details: unknown): string {
  const { status = 'unknown', reasons, loading } = details as Record<string, unknown>;
  const texts = [reasons, loading].flatMap((each) => (Array.isArray(each) ? each : each ? [each] : []));
  const said = texts.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  return said.length === 0 ? String(status) : `${status}: ${said.join('; ')}`;
}

/**
 * Waits until the service answers `GET health` with ok or degraded: its models are loaded. Throws after `timeoutMs`
 * with the last that it said, at once where the service fails on the question itself, and after `faultMs` where its
 * storage answers 5xx all the time.
 */
export async function waitUntilHealthy(url: string, options: HealthWaitOptions): Promise<string> {
  const { timeoutMs, detailsEveryMs = 1_000, faultMs = 5_000, onChange, key, signal } = options;
  const headers: Record<string, string> = key === undefined ? {} : { 'x-functions-key': key };
  const deadlineMs = performance.now() + timeoutMs;
  let last = 'no answer yet';
  const note = (text: string): void => {
    if (text !== last) onChange?.(text);
    last = text;
  };
  let detailsAtMs = 0;
  let faultSinceMs: number | undefined;
  while (performance.now() < deadlineMs) {
    signal?.throwIfAborted();
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) });
      const body = (await response.json().catch(() => ({}))) as Answer;
      if (response.ok && body.status !== undefined) return body.status;
      if (response.status === 500) throw new StartFailure(`The service cannot start: ${faultOf(body)}`);
      if (performance.now() >= detailsAtMs) {
        detailsAtMs = performance.now() + detailsEveryMs;
        const answer = await fetch(`${url}/health/details`, { headers, signal: AbortSignal.timeout(10_000) });
        const details: unknown = await answer.json().catch(() => ({ status: `HTTP ${answer.status}` }));
        note(describeHealth(details));
        const fault = reasonsOf(details).find((reason) => STORAGE_FAILS.test(String(reason)));
        if (fault === undefined) faultSinceMs = undefined;
        else faultSinceMs ??= performance.now();
        if (faultSinceMs !== undefined && performance.now() - faultSinceMs >= faultMs)
          throw new StartFailure(`The service cannot start: ${fault}`);
      }
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      note(String((error as Error).cause ?? error));
    }
    await delay(250);
  }
  throw new Error(`Expected the models to be loaded within ${timeoutMs / 1000} s; the service said ${last}.`);
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { type FunctionsHost, type HostOptions, startHost } from '../../src/local/functions-host.ts';
import { type HostJson, parseHostJson } from '../../src/local/host-json.ts';

export interface FixtureHost extends FunctionsHost {
  /** What the app wrote to its record file so far. */
  records(): ReadonlyArray<Record<string, unknown>>;
  readonly lines: readonly string[];
}

export interface FixtureApp {
  /** Folder of this app's compiled file, state and record; removed by `remove`. */
  readonly directory: string;
  readonly bundle: string;
  start(
    options?: Partial<Omit<HostOptions, 'settings'>> & { settings?: Record<string, string> },
  ): Promise<FixtureHost>;
  records(): ReadonlyArray<Record<string, unknown>>;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

export const FIXTURE_HOST_JSON: HostJson = parseHostJson({ version: '2.0' });

/** Compiles test/fixtures/functions-app into a folder of its own, as scripts/build.ts compiles the product. */
export async function buildFixtureApp(): Promise<FixtureApp> {
  const directory = mkdtempSync(join(tmpdir(), 'functions-app-'));
  await build({
    entries: { index: 'test/fixtures/functions-app/index.ts' },
    outdir: join(directory, 'dist'),
  });
  const bundle = join(directory, 'dist', 'index.mjs');
  const recordFile = join(directory, 'records.jsonl');
  const started: FunctionsHost[] = [];
  const records = (): ReadonlyArray<Record<string, unknown>> =>
    existsSync(recordFile)
      ? readFileSync(recordFile, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
  return {
    directory,
    bundle,
    records,
    async start({ settings, ...options } = {}) {
      const lines: string[] = [];
      const host = await startHost({
        bundle,
        hostJson: FIXTURE_HOST_JSON,
        port: 0,
        stateDir: join(directory, 'state'),
        onLine: (line) => lines.push(line),
        settings: {
          PATH: process.env['PATH'] ?? '',
          TICK_SCHEDULE: '0 0 0 1 1 *',
          RECORD_FILE: recordFile,
          ...settings,
        },
        ...options,
      });
      started.push(host);
      return Object.defineProperties(Object.create(host) as FixtureHost, {
        records: { value: records },
        lines: { value: lines },
      });
    },
    async remove() {
      await Promise.all(started.map((host) => host.kill()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until `condition` gives something truthy, looking every 20 ms; fails with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 120_000,
): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadlineMs) throw new Error(`Expected ${what} within ${timeoutMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

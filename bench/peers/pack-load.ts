import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { shippedRuleEngine } from '../../src/triage/rules/shipped-rules.ts';

// What a start pays for the shipped rules, in CPU time of a process of its own:
//   node bench/peers/pack-load.ts --bundle    bundles the rule engine and the thread that reads rules as the build does
//   node bench/peers/pack-load.ts             loads that bundle and prints a PackLoad

const CACHE = fileURLToPath(new URL('../../.cache/rules/', import.meta.url));

/** CPU time in ms. */
export interface PackLoad {
  /** Reading the code of the engine and of what it imports, and the rules as they are kept. */
  readonly importMs: number;
  /** Making an engine of the rules. */
  readonly loadMs: number;
  /** The first alert, which builds what is left for it. */
  readonly firstMs: number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function bundle(): Promise<void> {
  const { build } = await import('../../scripts/build.ts');
  mkdirSync(CACHE, { recursive: true });
  const entry = join(CACHE, 'entry.ts');
  const engine = fileURLToPath(new URL('../../src/triage/rules/shipped-rules.ts', import.meta.url));
  writeFileSync(entry, `export { shippedRuleEngine } from ${JSON.stringify(engine)};\n`);
  const thread = 'src/triage/rules/rules-thread.ts';
  await build({ entries: { pack: entry, 'rules-thread': thread }, outdir: CACHE });
}

async function load(): Promise<PackLoad> {
  const start = cpuMs();
  const built = (await import(pathToFileURL(join(CACHE, 'pack.mjs')).href)) as {
    readonly shippedRuleEngine: typeof shippedRuleEngine;
  };
  const imported = cpuMs();
  const engine = built.shippedRuleEngine();
  const loaded = cpuMs();
  engine.evaluate({
    id: 'a',
    title: 'Suspicious command line',
    source: 'edr',
    severity: 'high',
    occurred_at: '2026-01-01T00:00:00.000Z',
    tactics: [],
    techniques: [],
    entities: [{ kind: 'process', value: 'cmd.exe /c vssadmin delete shadows /all /quiet' }],
  });
  const first = cpuMs();
  return { importMs: imported - start, loadMs: loaded - imported, firstMs: first - loaded };
}

if (process.argv.includes('--bundle')) await bundle();
else console.log(JSON.stringify(await load()));

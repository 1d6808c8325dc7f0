import { copyFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CHART_FILES } from '../src/evaluation/chart-library.ts';
import { build } from './build.ts';
import { thirdPartyNotices } from './third-party.ts';

// Compiles the `alertforest` command with its threads into one folder that needs no node_modules: what the package takes
// along and the Dockerfile puts into the training image. Usage: node scripts/build-cli.ts [folder]

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Compiles the command, and puts beside it the files that it reads and the notices that travel with it; left-out options
 * put it into dist/cli.
 *
 * @throws Error when esbuild cannot resolve or parse a source, or a package in it may not be passed on
 */
export async function buildCli({ outdir = join(root, 'dist', 'cli') }: { readonly outdir?: string } = {}) {
  const entries = {
    alertforest: 'src/cli/main.ts',
    'evaluation-thread': 'src/evaluation/labour/evaluation-thread.ts',
    'simulation-thread': 'src/cli/simulation/simulation-thread.ts',
    'training-thread': 'src/training/runs/training-thread.ts',
    'rules-thread': 'src/triage/rules/rules-thread.ts',
  };
  // The package runs under the Node that a machine has, not under that of the platform.
  const built = await build({ entries, outdir, target: 'node20' });
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  for (const file of CHART_FILES) copyFileSync(join(uplot, 'dist', file), join(outdir, file));
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(built.metafile, ['uplot']));
  return built;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { sizes } = await buildCli(process.argv[2] === undefined ? {} : { outdir: process.argv[2] });
  // stderr: the standard output of `npm pack` is its own
  for (const { path, bytes } of sizes.filter((file) => file.path.endsWith('.mjs'))) {
    console.error(`${path}  ${(bytes / 1024).toFixed(0)} KB`);
  }
}

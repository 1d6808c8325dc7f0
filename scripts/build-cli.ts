import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.ts';

// Compiles the `alertforest` command with its training thread into one folder that needs no node_modules: what the
// Dockerfile puts into the training image. Usage: node scripts/build-cli.ts [folder]

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Compiles the command; left-out options put it into dist/cli.
 *
 * @throws Error when esbuild cannot resolve or parse a source
 */
export function buildCli({ outdir = join(root, 'dist', 'cli') }: { readonly outdir?: string } = {}) {
  const entries = {
    alertforest: 'src/cli/main.ts',
    'training-thread': 'src/training/runs/training-thread.ts',
    'rules-thread': 'src/triage/rules/rules-thread.ts',
  };
  return build({ entries, outdir });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { sizes } = await buildCli(process.argv[2] === undefined ? {} : { outdir: process.argv[2] });
  for (const { path, bytes } of sizes.filter((file) => file.path.endsWith('.mjs'))) {
    console.log(`${path}  ${(bytes / 1024).toFixed(0)} KB`);
  }
}

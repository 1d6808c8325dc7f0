#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

// The command of the package. In a clone, where the sources lie beside it, they run as they stand under the project's
// own Node; in an installed package the bundle runs under whatever Node there is.

const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const source = inProject('src/cli/main.ts');
const bundle = inProject('dist/cli/alertforest.mjs');
const ownNode = inProject(`node_modules/.bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`);

if (!existsSync(source)) {
  await import(new URL('../dist/cli/alertforest.mjs', import.meta.url).href);
} else if (existsSync(ownNode)) {
  // Reading some hundred sources is most of the time of a short command: Node keeps what it made of them.
  const env = { NODE_COMPILE_CACHE: inProject('node_modules/.cache/alertforest'), ...process.env };
  const child = spawn(ownNode, [source, ...process.argv.slice(2)], { stdio: 'inherit', env });
  // A terminal tells the child as well, so that here a signal only must not end this process first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`Cannot start ${ownNode}: ${error.message}.`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
} else {
  console.error(
    `Expected the dependencies beside ${source}: run npm ci there, or npm run build:cli for ${bundle}.`,
  );
  process.exitCode = 1;
}

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

// An evaluation keeps all cores busy with fits, so that a collector with threads of its own only takes them from it. V8 is
// told so before it starts or not at all.
const v8Flags = process.argv[2] === 'evaluate' ? ['--single-threaded-gc'] : [];

if (!existsSync(source)) {
  if (v8Flags.length === 0) await import(new URL('../dist/cli/alertforest.mjs', import.meta.url).href);
  else start(process.execPath, bundle, process.env);
} else if (existsSync(ownNode)) {
  // Reading some hundred sources is most of the time of a short command: Node keeps what it made of them.
  start(ownNode, source, {
    NODE_COMPILE_CACHE: inProject('node_modules/.cache/alertforest'),
    ...process.env,
  });
} else {
  console.error(
    `Expected the dependencies beside ${source}: run npm ci there, or npm run build:cli for ${bundle}.`,
  );
  process.exitCode = 1;
}

/** Runs the command in a process of its own, and ends as it does. */
function start(node, script, env) {
  const child = spawn(node, [...v8Flags, script, ...process.argv.slice(2)], { stdio: 'inherit', env });
  // A terminal tells the child as well, so that here a signal only must not end this process first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`Cannot start ${node}: ${error.message}.`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

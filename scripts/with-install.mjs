import { spawn } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { takePidLock } from './pid-lock.mjs';

// Runs a script of this project on a machine that has only Node >= 20 and npm: installs what is missing, then starts
// the script under the project's own Node. Usage: node scripts/with-install.mjs SCRIPT [arguments]

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

const say = (text) => process.stderr.write(`${text}\n`);

/** Why an install is needed; undefined when node_modules is as new as the lockfile. npm writes `installed` last. */
function installReason() {
  if (!existsSync(installed)) return 'dependencies are not installed';
  if (statSync(installed).mtimeMs < statSync(lockfile).mtimeMs)
    return 'package-lock.json is newer than node_modules';
  return undefined;
}

function npmCommand(args) {
  const { npm_execpath: npmScript } = process.env;
  if (npmScript?.endsWith('.js'))
    return { command: process.execPath, args: [npmScript, ...args], shell: false };
  return { command: 'npm', args, shell: process.platform === 'win32' };
}

function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...options });
    // In a terminal the whole group gets Ctrl-C and npm passes it on as well; the script counts what comes at once as one.
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // npm runs this in a shell, and a signal sent to npm alone ends the shell but does not reach further.
    const shell = process.ppid;
    const watch = setInterval(() => {
      if (process.env['npm_lifecycle_event'] === undefined || process.ppid === shell) return;
      clearInterval(watch);
      child.kill('SIGTERM');
    }, 250);
    child.once('error', failed);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      for (const each of signals) process.off(each, forward);
      done(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

async function install() {
  let waiting = false;
  for (;;) {
    const reason = installReason();
    if (reason === undefined) return 0;
    const lock = takePidLock(join(root, '.cache', 'install.lock'));
    if (lock.release === undefined) {
      if (!waiting) say(`Waiting for process ${lock.holder.pid}, which is installing dependencies ...`);
      waiting = true;
      await delay(500);
      continue;
    }
    try {
      // Another process may have finished between the look and the lock.
      if (installReason() === undefined) return 0;
      say(`Installing (npm ci), because ${reason} ...`);
      const startedMs = Date.now();
      const npm = npmCommand(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
      const code = await run(npm.command, npm.args, { shell: npm.shell });
      if (code !== 0) {
        say(`npm ci failed with exit code ${code}.`);
        return code;
      }
      // A lockfile with a time in the future must not make every start install again.
      const timeS = Math.max(Date.now(), statSync(lockfile).mtimeMs) / 1000;
      utimesSync(installed, timeS, timeS);
      say(`Installed in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
      return 0;
    } finally {
      lock.release();
    }
  }
}

/** The Node to run under: the project's own, else this one when it is new enough to run TypeScript. */
function nodeCommand() {
  const own = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) return { command: own, args: [] };
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    throw new Error(
      `Expected node_modules/.bin/node (npm installs it) or Node >= 22.15, got Node ${process.versions.node}.`,
    );
  }
  const needsFlag = !process.features.typescript;
  const flags = needsFlag ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : [];
  return { command: process.execPath, args: flags };
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  say('Usage: node scripts/with-install.mjs SCRIPT [arguments]');
  process.exit(2);
}
try {
  const code = await install();
  if (code !== 0) process.exit(code);
  const node = nodeCommand();
  // npm puts node_modules/.bin first in PATH only if it was there when npm started.
  const PATH = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH']}`;
  const env = { ...process.env, PATH };
  process.exit(await run(node.command, [...node.args, resolve(script), ...args], { env }));
} catch (error) {
  say(error.message);
  process.exit(1);
}

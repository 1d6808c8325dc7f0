import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./host-process-main.ts', import.meta.url));
const OTHER_MACHINE = fileURLToPath(new URL('./other-machine.mjs', import.meta.url));

export interface HostProcessOptions {
  readonly connectionString: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether timers and queues are listened to. @default true */
  readonly listen?: boolean;
  /** The functions believe that they run on a machine of this name. @default this machine */
  readonly machine?: string;
}

/** What the process of a host says once its functions answer. */
export interface HostReady {
  readonly url: string;
  /** Process id of the functions. */
  readonly pid: number;
}

export interface HostProcess extends HostReady {
  /** Ends host and functions together as `kill -9` does: no goodbye, leases and heartbeat stay behind. */
  killAll(): void;
}

/** The functions end by themselves once they notice that their host is gone. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The local host in a process of its own, so that it can die with its functions as a machine does. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const { connectionString, env, listen = true, machine } = options;
  const stateDir = mkdtempSync(join(tmpdir(), 'host-process-'));
  const elsewhere = machine === undefined ? {} : { MACHINE_NAME: machine };
  const imports = machine === undefined ? '' : ` --import=${OTHER_MACHINE}`;
  const child = fork(MAIN, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env },
  });
  const ready = new Promise<HostReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as HostReady));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The host ended with ${signal ?? code} before it was ready.`)),
    );
  });
  child.send({
    connectionString,
    listen,
    stateDir,
    env: { ...env, ...elsewhere, NODE_OPTIONS: `--max-http-header-size=65536${imports}` },
  });
  const { url, pid } = await ready;
  let isDead = false;
  return {
    url,
    pid,
    killAll() {
      if (isDead) return;
      isDead = true;
      // the host first: it would start the functions again
      child.kill('SIGKILL');
      killIfThere(pid);
      rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

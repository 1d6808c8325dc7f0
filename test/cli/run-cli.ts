import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What Node made of the sources, kept from one command to the next as the installed command keeps it. */
export const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/alertforest', import.meta.url));

export interface CliOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command in a process of its own, as a person would. */
export function startCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): { readonly child: ChildProcess; readonly outcome: Promise<CliOutcome> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    // a busy machine is no outage
    env: {
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...process.env,
      STORAGE_TIMEOUT_SECONDS: '60',
      ...options.env,
    },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const outcome = new Promise<CliOutcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, outcome };
}

export const runCli = (...args: Parameters<typeof startCli>): Promise<CliOutcome> =>
  startCli(...args).outcome;

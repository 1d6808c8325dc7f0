import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonWith } from './forest-peer.ts';

/** Time of some calls, in ms. */
export interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The process of bench/peers/forest-scoring.py, which waits while ours is measured. */
export class ScoringPeer {
  /** Library to version, of those that are installed. */
  readonly versions: Readonly<Record<string, string | null>>;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #folder: string;

  private constructor(
    child: ChildProcess,
    lines: AsyncIterator<string>,
    folder: string,
    versions: Readonly<Record<string, string | null>>,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#folder = folder;
    this.versions = versions;
  }

  /** Undefined where no python has scikit-learn: that of FOREST_PYTHON, else the system's. */
  static async start(folder: string, nTrain: number): Promise<ScoringPeer | undefined> {
    const python = process.env['FOREST_PYTHON'] ?? pythonWith('sklearn');
    if (python === undefined) return undefined;
    const script = join(import.meta.dirname, 'peers', 'forest-scoring.py');
    const child = spawn(python, [script, folder, String(nTrain)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new Error(`${script} ended before it named its versions.`);
    return new ScoringPeer(child, lines, folder, JSON.parse(first.value));
  }

  async time(what: string, rows: number, calls: number): Promise<Times> {
    const { seconds, cpuSeconds } = (await this.#ask({ what, rows, calls })) as Record<string, number>;
    return { wallMs: 1000 * seconds!, cpuMs: 1000 * cpuSeconds! };
  }

  async answers(what: string, rows: number): Promise<Float64Array> {
    const file = join(this.#folder, 'answers.f64');
    await this.#ask({ what, rows, answer: file });
    return new Float64Array(new Uint8Array(readFileSync(file)).buffer);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.stdin!.end();
    await ended;
  }

  async #ask(request: object): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`The peer ended at ${JSON.stringify(request)}.`);
    return JSON.parse(line.value);
  }
}

/** Wall and CPU time of `calls` calls; CPU of all threads of this process. */
export function timeOurs(calls: number, call: () => unknown): Times {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let k = 0; k < calls; k++) call();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

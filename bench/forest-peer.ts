import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PYTHONS = ['python3', '/usr/bin/python3'];

export type ForestPeer = 'random-forest' | 'boosting' | 'xgboost' | 'random-forest-predict';

export interface PeerRun {
  readonly peer: string;
  readonly seconds: number;
  /** CPU time of the fit, all threads of the process. */
  readonly cpuSeconds: number;
  readonly quality: number;
}

/** The first python that has the modules, or undefined. */
export function pythonWith(modules: string): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', `import ${modules}`]).status === 0);
}

/** One fit (or scoring) by a peer in a process of its own, which times itself. */
export function runForestPeer(python: string, folder: string, nTrain: number, what: ForestPeer): PeerRun {
  const script = join(import.meta.dirname, 'peers', 'forests.py');
  const run = spawnSync(python, [script, folder, String(nTrain), what], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${script} ${what} failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as PeerRun;
}

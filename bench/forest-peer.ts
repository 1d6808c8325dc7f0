import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PYTHONS = [process.env['FOREST_PYTHON'] ?? 'python3', 'python3', '/usr/bin/python3'];

export type ForestPeer =
  | 'random-forest'
  | 'boosting'
  | 'random-forest-predict'
  | 'xgboost'
  | 'xgboost-classes'
  | 'lightgbm'
  | 'lightgbm-classes';

/** Depth and rounds of a boosting fit. */
export interface BoostingShape {
  readonly maxDepth: number;
  readonly nEstimators: number;
}

export interface PeerRun {
  readonly peer: string;
  readonly seconds: number;
  /** CPU time of the fit, all threads of the process. */
  readonly cpuSeconds: number;
  readonly quality: number;
}

/** The modules that a peer is made of. */
export function modulesOf(what: ForestPeer): string {
  if (what.startsWith('xgboost')) return 'sklearn, xgboost';
  return what.startsWith('lightgbm') ? 'sklearn, lightgbm' : 'sklearn';
}

/** The first python that has the modules, that of FOREST_PYTHON before the others, or undefined. */
export function pythonWith(modules: string): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', `import ${modules}`]).status === 0);
}

/** One fit (or scoring) by a peer in a process of its own, which times itself. */
export function runForestPeer(
  python: string,
  folder: string,
  nTrain: number,
  what: ForestPeer,
  shape: BoostingShape = { maxDepth: 3, nEstimators: 100 },
): PeerRun {
  const script = join(import.meta.dirname, 'peers', 'forests.py');
  const sizes = [nTrain, what, shape.maxDepth, shape.nEstimators].map(String);
  const run = spawnSync(python, [script, folder, ...sizes], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${script} ${what} failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as PeerRun;
}

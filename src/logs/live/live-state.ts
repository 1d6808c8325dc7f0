import { readFile, rename, writeFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { AlertforestError } from '../../errors.ts';
import type { ScorerState } from './live-scorer.ts';

const FORMAT = 1;

/** What live scoring knows, as it lies in a file between two runs. */
export interface LiveState {
  readonly scorer: ScorerState;
  /** By source, the time in ms of the row that last became an alert. */
  readonly alerted: ReadonlyMap<string, number>;
}

interface Stored extends LiveState {
  readonly format: number;
  /** Checksum of the model that it belongs to: other windows and columns could not go on with it. */
  readonly model: string;
}

/**
 * The state of an earlier run; undefined where there is no file yet.
 *
 * @throws AlertforestError REQUEST_INVALID where the file is no state, or that of another package
 */
export async function readLiveState(path: string, model: string): Promise<LiveState | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AlertforestError('REQUEST_INVALID', `Cannot read the state ${path}.`, { cause });
  }
  let stored: Stored;
  try {
    stored = deserialize(bytes) as Stored;
  } catch (cause) {
    throw new AlertforestError('REQUEST_INVALID', `${path} is no state of live scoring.`, { cause });
  }
  if (stored?.format !== FORMAT)
    throw new AlertforestError('REQUEST_INVALID', `${path} is no state of live scoring.`);
  if (stored.model !== model)
    throw new AlertforestError(
      'REQUEST_INVALID',
      `${path} is the state of another package: name another file, or remove it.`,
    );
  return stored;
}

/** Writes a state that appears whole; only its owner may read it, for it holds addresses. */
export async function writeLiveState(path: string, model: string, state: LiveState): Promise<void> {
  const aside = `${path}.part`;
  await writeFile(aside, serialize({ format: FORMAT, model, ...state } satisfies Stored), { mode: 0o600 });
  await rename(aside, path);
}

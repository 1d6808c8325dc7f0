import { hasCode } from '../../errors.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { encodeState } from './state-format.ts';

/** Until the snapshot that stands is kept once more, ms: deltas of an hour reach from there to now. */
const KEEP_EVERY_MS = 1_800_000;

export interface SnapshotPaths {
  readonly snapshot: string;
  /** The one before, which stands in where the snapshot has gone or cannot be read. */
  readonly before: string;
}

interface StoredSnapshotDeps {
  readonly blobs: Pick<ModelStore, 'read' | 'replace'>;
  readonly paths: SnapshotPaths;
  readonly now: () => number;
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The newest snapshot and one before it, so that a damaged blob costs nothing of what is remembered. */
export class StoredSnapshot {
  readonly #deps: StoredSnapshotDeps;
  #keptAtMs = Number.NEGATIVE_INFINITY;
  #mustForget = false;

  constructor(deps: StoredSnapshotDeps) {
    this.#deps = deps;
  }

  /**
   * The newest that can be read; `undefined` where none can.
   *
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  async read(): Promise<Snapshot | undefined> {
    const { blobs, paths, onEvent } = this.#deps;
    for (const path of [paths.snapshot, paths.before]) {
      const stored = await blobs.read(path);
      if (stored === undefined) continue;
      try {
        return await readSnapshot(stored.bytes);
      } catch (error) {
        onEvent('behavior_snapshot_unreadable', { path, reason: String(error) });
      }
    }
    return undefined;
  }

  /** What stands there holds somebody who is forgotten now: the next that is written takes the place of both. */
  forgetBefore(): void {
    this.#mustForget = true;
  }

  /**
   * Puts what `make` takes down in the place of the one that stands, which is kept first where it is due and whole.
   *
   * @throws AlertforestError STORE_CONFLICT where another instance has written meanwhile, STORE_UNAVAILABLE
   */
  async write(make: () => Promise<Snapshot>): Promise<void> {
    const { blobs, paths, now } = this.#deps;
    const stored = await blobs.read(paths.snapshot);
    const isForgetting = this.#mustForget;
    if (!isForgetting && stored !== undefined && now() - this.#keptAtMs >= KEEP_EVERY_MS)
      await this.#keep(stored.bytes);
    const bytes = await encodeState(await make());
    await blobs.replace(paths.snapshot, bytes, stored?.etag);
    if (!isForgetting) return;
    await this.#putBefore(bytes);
    this.#mustForget = false;
  }

  async #keep(bytes: Uint8Array): Promise<void> {
    try {
      await readSnapshot(bytes);
    } catch (error) {
      // the one before stays: it is the better one
      this.#deps.onEvent('behavior_snapshot_unreadable', {
        path: this.#deps.paths.snapshot,
        reason: String(error),
      });
      return;
    }
    await this.#putBefore(bytes);
  }

  async #putBefore(bytes: Uint8Array): Promise<void> {
    const { blobs, paths, now } = this.#deps;
    const before = await blobs.read(paths.before);
    await blobs.replace(paths.before, bytes, before?.etag);
    this.#keptAtMs = now();
  }
}

/**
 * Looks at the stored snapshot.
 *
 * @param lockPath the lock is made by the first snapshot, so one without the other was removed
 * @returns what is wrong with it, in a sentence
 * @throws AlertforestError STORE_UNAVAILABLE
 */
export async function damagedSnapshot(
  blobs: Pick<ModelStore, 'read'>,
  { snapshot, before }: SnapshotPaths,
  lockPath: string,
): Promise<string | undefined> {
  const stored = await blobs.read(snapshot);
  if (stored !== undefined) {
    try {
      await readSnapshot(stored.bytes);
      return undefined;
    } catch (error) {
      if (hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      return `${snapshot} cannot be read (${(error as Error).message}); ${before} stands in for it`;
    }
  }
  if ((await blobs.read(lockPath)) === undefined) return undefined;
  return `${snapshot} has gone; ${before} stands in for it`;
}

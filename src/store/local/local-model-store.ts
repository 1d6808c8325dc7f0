import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import type { BlobListing, Lease, ModelStore, StoredBlob } from '../model-store.ts';
import { type Owner, ownerSchema } from '../owner.ts';
import { checkStorePath } from '../store-path.ts';

/** Superseded generations that stay, so that a reader that has just picked one still finds it. */
const KEPT_GENERATIONS = 4;
/** Age at which a file on its way was left by a process that died: writing one takes far less. */
const STALE_TEMP_MS = 3_600_000;

const leaseSchema = z.object({ owner: z.string(), expiresAtMs: z.number(), by: ownerSchema.optional() });

/** The file that holds a blob now, with the tag of exactly this file. */
interface Current {
  readonly file: string;
  readonly generation: number;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/**
 * {@link ModelStore} in a directory, safe for several processes on one machine.
 *
 * A file never changes once it has its name. `blobs/<path>` is written by the first write; the n-th replacement is
 * `replaced/<path>/<n>`, and the highest n is the blob. Naming a file is a hard link, which fails when the name is
 * taken: of two writers that replace the same generation one wins, and no lock can be left behind by a crash.
 *
 *     blobs/head.json                 generation 0
 *     replaced/head.json/00000001     generation 1, current
 *     temp/                           files on their way
 */
export class LocalModelStore implements ModelStore {
  readonly #root: string;
  readonly #now: () => number;
  #isTidied = false;

  /** @param now clock of the leases, in ms */
  constructor(root: string, now: () => number = Date.now) {
    this.#root = root;
    this.#now = now;
  }

  async read(path: string): Promise<StoredBlob | undefined> {
    checkStorePath(path);
    return guarded(`read ${path}`, async () => {
      // A generation can be superseded and dropped between finding and opening it; then there is a newer one.
      for (;;) {
        const current = await this.#current(path);
        if (current === undefined) return undefined;
        const bytes = await readWhole(current.file);
        if (bytes !== undefined) return { bytes, etag: current.etag };
      }
    });
  }

  async readIfChanged(path: string, etag: string): Promise<StoredBlob | 'unchanged' | undefined> {
    checkStorePath(path);
    const current = await guarded(`read ${path}`, () => this.#current(path));
    return current?.etag === etag ? 'unchanged' : this.read(path);
  }

  async create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    checkStorePath(path);
    return guarded(`write ${path}`, async () => {
      if ((await this.#current(path)) !== undefined) return 'exists';
      return (await this.#claim(this.#blobFile(path), bytes)) ? 'created' : 'exists';
    });
  }

  async replace(path: string, bytes: Uint8Array, ifMatch: string | undefined): Promise<string> {
    checkStorePath(path);
    return guarded(`write ${path}`, async () => {
      const current = await this.#current(path);
      const generation = current === undefined ? 0 : current.generation + 1;
      const file =
        generation === 0 ? this.#blobFile(path) : join(this.#replacedDir(path), fileName(generation));
      if (current?.etag !== ifMatch || !(await this.#claim(file, bytes))) throw conflict(path);
      // Generations this old may have been dropped, and their names become free again: then a newer one is there. A
      // writer that five others overtook before it looks here cannot tell that from its own success: as after a lost
      // answer, it is told of a conflict and reads back.
      const found = await this.#current(path);
      const mine = await stateOf(file, generation);
      if (mine === undefined || (found !== undefined && found.generation > generation + KEPT_GENERATIONS)) {
        throw conflict(path);
      }
      await this.#dropSuperseded(path, generation);
      return mine.etag;
    });
  }

  async *list(prefix: string): AsyncIterable<BlobListing> {
    const names = await guarded(`list ${prefix}`, () => filesUnder(join(this.#root, 'blobs')));
    for (const path of names.filter((name) => name.startsWith(prefix)).sort()) {
      const current = await guarded(`list ${prefix}`, () => this.#current(path));
      if (current) yield { path, sizeBytes: current.sizeBytes, modifiedAtMs: current.modifiedAtMs };
    }
  }

  async remove(path: string): Promise<void> {
    checkStorePath(path);
    await guarded(`remove ${path}`, async () => {
      // Oldest first: the newest is what readers see, until nothing is left.
      await rm(this.#blobFile(path), { force: true });
      const directory = this.#replacedDir(path);
      for (const name of (await namesIn(directory)).sort()) await rm(join(directory, name), { force: true });
    });
  }

  async acquireLease(path: string, seconds: number, by?: Owner): Promise<Lease | undefined> {
    if (!(seconds >= 15 && seconds <= 60)) {
      throw new RangeError(`Expected \`seconds\` in [15, 60], got ${seconds}.`);
    }
    await this.create(path, new Uint8Array(0));
    const leasePath = `leases/${path}`;
    const owner = randomUUID();
    const held = await this.read(leasePath);
    if (held !== undefined && parseLease(held.bytes, leasePath).expiresAtMs > this.#now()) return undefined;
    let etag: string | undefined = held?.etag;
    const move = async (expiresAtMs: number): Promise<boolean> => {
      try {
        etag = await this.replace(
          leasePath,
          new TextEncoder().encode(JSON.stringify({ owner, expiresAtMs, by })),
          etag,
        );
        return true;
      } catch (error) {
        if (error instanceof AlertforestError && error.code === 'STORE_CONFLICT') return false;
        throw error;
      }
    };
    if (!(await move(this.#now() + seconds * 1000))) return undefined;
    return {
      renew: () => move(this.#now() + seconds * 1000),
      release: async () => {
        await move(0);
      },
    };
  }

  async leaseOwner(path: string): Promise<{ readonly owner: Owner; readonly etag: string } | undefined> {
    const leasePath = `leases/${checkStorePath(path)}`;
    const held = await this.read(leasePath);
    const by = held && parseLease(held.bytes, leasePath).by;
    return by && { owner: by, etag: held.etag };
  }

  async breakLease(path: string, etag: string): Promise<void> {
    const free = { owner: '', expiresAtMs: 0 };
    try {
      await this.replace(`leases/${path}`, new TextEncoder().encode(JSON.stringify(free)), etag);
    } catch (error) {
      if (!(error instanceof AlertforestError && error.code === 'STORE_CONFLICT')) throw error;
    }
  }

  #blobFile(path: string): string {
    return join(this.#root, 'blobs', ...path.split('/'));
  }

  #replacedDir(path: string): string {
    // The suffix keeps the generations of `a` apart from a blob `a/00000001`.
    return join(this.#root, 'replaced', ...path.split('/')).concat('~');
  }

  async #current(path: string): Promise<Current | undefined> {
    for (;;) {
      const newest = (await namesIn(this.#replacedDir(path))).sort().at(-1);
      const generation = newest === undefined ? 0 : Number(newest);
      const file = newest === undefined ? this.#blobFile(path) : join(this.#replacedDir(path), newest);
      const state = await stateOf(file, generation);
      // Gone since it was listed: look again. A missing first file without replacements is an absent blob.
      if (state !== undefined || newest === undefined) return state;
    }
  }

  /** Gives `bytes` the name `file` permanently; false where the name is taken. */
  async #claim(file: string, bytes: Uint8Array): Promise<boolean> {
    const temp = join(this.#root, 'temp', randomUUID());
    await mkdir(dirname(temp), { recursive: true });
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeSynced(temp, bytes);
      await this.#dropStaleTemps(temp);
      await link(temp, file);
      return true;
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return false;
      throw error;
    } finally {
      // a disk that was full keeps what fitted
      await rm(temp, { force: true });
    }
  }

  /**
   * Once per process, at its first write: removes what processes left behind that died while writing. Ages are told
   * by the file system's own clock, against the file just written.
   */
  async #dropStaleTemps(justWritten: string): Promise<void> {
    if (this.#isTidied) return;
    this.#isTidied = true;
    const { mtimeMs: nowMs } = await stat(justWritten);
    const directory = dirname(justWritten);
    for (const name of await namesIn(directory)) {
      const file = join(directory, name);
      const found = await stat(file).catch((error: unknown) => {
        if (isErrno(error, 'ENOENT')) return undefined;
        throw error;
      });
      if (found && nowMs - found.mtimeMs > STALE_TEMP_MS) await rm(file, { force: true });
    }
  }

  async #dropSuperseded(path: string, generation: number): Promise<void> {
    for (const name of await namesIn(this.#replacedDir(path))) {
      if (Number(name) < generation - KEPT_GENERATIONS) {
        await rm(join(this.#replacedDir(path), name), { force: true });
      }
    }
  }
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const fileName = (generation: number): string => String(generation).padStart(8, '0');

const conflict = (path: string): AlertforestError =>
  new AlertforestError('STORE_CONFLICT', `Another writer changed ${path} first.`);

const isErrno = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === code;

async function stateOf(file: string, generation: number): Promise<Current | undefined> {
  try {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true });
    const etag = `"${generation}-${ino.toString(36)}-${mtimeNs.toString(36)}"`;
    return { file, generation, etag, sizeBytes: Number(size), modifiedAtMs: Number(mtimeNs / 1_000_000n) };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readWhole(file: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      // Its own buffer: artefacts are read as typed-array views, which a shared pool would misalign.
      const bytes = new Uint8Array(size);
      let nBytes = 0;
      while (nBytes < size) {
        const { bytesRead } = await handle.read(bytes, nBytes, size - nBytes, nBytes);
        if (bytesRead === 0) throw new Error(`Expected ${size} bytes in ${file}, got ${nBytes}.`);
        nBytes += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory, { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** `/`-separated names of all files under a directory. */
async function filesUnder(directory: string, prefix = ''): Promise<string[]> {
  let entries: { name: string; isDirectory(): boolean }[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
  const nested = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory()
        ? filesUnder(join(directory, entry.name), `${prefix}${entry.name}/`)
        : [`${prefix}${entry.name}`],
    ),
  );
  return nested.flat();
}

function parseLease(bytes: Uint8Array, path: string): z.infer<typeof leaseSchema> {
  try {
    return leaseSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', `Expected \`owner\` and \`expiresAtMs\` in ${path}.`, {
      cause,
    });
  }
}

/** Runs file work; whatever the file system refuses is an outage of this store, never absence. */
async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AlertforestError || cause instanceof RangeError) throw cause;
    throw new AlertforestError('STORE_UNAVAILABLE', `Cannot ${what}: ${(cause as Error).message}`, {
      cause,
      retryAfterSeconds: 5,
    });
  }
}

import { AlertforestError } from '../../errors.ts';
import type { BlobListing, Lease, ModelStore, StoredBlob } from '../model-store.ts';
import type { Owner } from '../owner.ts';
import { checkStorePath } from '../store-path.ts';

interface Held {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly modifiedAtMs: number;
}

/** {@link ModelStore} in memory: for tests and for runs that keep nothing. */
export class MemoryModelStore implements ModelStore {
  readonly #blobs = new Map<string, Held>();
  readonly #leases = new Map<
    string,
    { readonly id: number; readonly owner: Owner | undefined; expiresAtMs: number }
  >();
  readonly #now: () => number;
  #counter = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async read(path: string): Promise<StoredBlob | undefined> {
    const held = this.#blobs.get(checkStorePath(path));
    return held && { bytes: held.bytes.slice(), etag: held.etag };
  }

  async readIfChanged(path: string, etag: string): Promise<StoredBlob | 'unchanged' | undefined> {
    const found = await this.read(path);
    return found?.etag === etag ? 'unchanged' : found;
  }

  async create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    if (this.#blobs.has(checkStorePath(path))) return 'exists';
    this.#put(path, bytes);
    return 'created';
  }

  async replace(path: string, bytes: Uint8Array, ifMatch: string | undefined): Promise<string> {
    if (this.#blobs.get(checkStorePath(path))?.etag !== ifMatch) {
      throw new AlertforestError('STORE_CONFLICT', `Another writer changed ${path} first.`);
    }
    return this.#put(path, bytes);
  }

  async *list(prefix: string): AsyncIterable<BlobListing> {
    for (const path of [...this.#blobs.keys()].filter((name) => name.startsWith(prefix)).sort()) {
      const held = this.#blobs.get(path);
      if (held) yield { path, sizeBytes: held.bytes.byteLength, modifiedAtMs: held.modifiedAtMs };
    }
  }

  async remove(path: string): Promise<void> {
    this.#blobs.delete(checkStorePath(path));
  }

  async acquireLease(path: string, seconds: number, owner?: Owner): Promise<Lease | undefined> {
    if (!(seconds >= 15 && seconds <= 60)) {
      throw new RangeError(`Expected \`seconds\` in [15, 60], got ${seconds}.`);
    }
    const held = this.#leases.get(checkStorePath(path));
    if (held !== undefined && held.expiresAtMs > this.#now()) return undefined;
    if (!this.#blobs.has(path)) this.#put(path, new Uint8Array(0));
    const lease = { id: ++this.#counter, owner, expiresAtMs: this.#now() + seconds * 1000 };
    this.#leases.set(path, lease);
    const isMine = (): boolean => this.#leases.get(path)?.id === lease.id;
    return {
      renew: async () => {
        if (!isMine()) return false;
        lease.expiresAtMs = this.#now() + seconds * 1000;
        return true;
      },
      release: async () => {
        if (isMine()) this.#leases.delete(path);
      },
    };
  }

  async leaseOwner(path: string): Promise<{ readonly owner: Owner; readonly etag: string } | undefined> {
    const held = this.#leases.get(checkStorePath(path));
    return held?.owner && { owner: held.owner, etag: String(held.id) };
  }

  async breakLease(path: string, etag: string): Promise<void> {
    if (String(this.#leases.get(checkStorePath(path))?.id) === etag) this.#leases.delete(path);
  }

  #put(path: string, bytes: Uint8Array): string {
    const etag = `"${++this.#counter}"`;
    this.#blobs.set(path, { bytes: bytes.slice(), etag, modifiedAtMs: this.#now() });
    return etag;
  }
}

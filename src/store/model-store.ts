import type { Owner } from './owner.ts';

/** Bytes as stored, with the tag that a conditional write needs. */
export interface StoredBlob {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

export interface BlobListing {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** A held lease. It only saves work; safety never depends on it. */
export interface Lease {
  /** Renews for another period; false where the lease was lost. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Where artefacts, datasets, releases and the one mutable pointer live. Paths are relative, `/`-separated.
 *
 * Expected absence is `undefined`. Every other failure throws: `STORE_UNAVAILABLE` for an outage or a refusal of
 * the backend, `STORE_CONFLICT` for a lost race. A failure is never returned as absence.
 */
export interface ModelStore {
  read(path: string): Promise<StoredBlob | undefined>;
  /** Cheap re-read: 'unchanged' while the blob still carries `etag`. */
  readIfChanged(path: string, etag: string): Promise<StoredBlob | 'unchanged' | undefined>;
  /** Writes a blob that must not exist yet. 'exists' leaves the stored bytes as they are. */
  create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /**
   * Replaces a blob only while it carries `ifMatch`; `undefined` means it must not exist yet. Returns the new etag.
   *
   * @throws AlertforestError STORE_CONFLICT when another writer was first. A lost response followed by a retry of
   * the client looks the same: callers put a run id inside and read back.
   */
  replace(path: string, bytes: Uint8Array, ifMatch: string | undefined): Promise<string>;
  list(prefix: string): AsyncIterable<BlobListing>;
  /** Removing what is not there is fine. */
  remove(path: string): Promise<void>;
  /** `undefined` when someone else holds it. `seconds` in 15-60. `owner` is kept where others can read it. */
  acquireLease(path: string, seconds: number, owner?: Owner): Promise<Lease | undefined>;
  /** Who took the lease last and has said so, with the tag that breaking it needs. */
  leaseOwner(path: string): Promise<{ readonly owner: Owner; readonly etag: string } | undefined>;
  /** Ends the lease that `etag` was read under; one that has changed hands since stays. */
  breakLease(path: string, etag: string): Promise<void>;
}

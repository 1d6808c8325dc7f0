import type { z } from 'zod';
import { AlertforestError, hasCode } from '../errors.ts';
import { checkReadable } from './check-readable.ts';
import { createExact } from './create-exact.ts';
import type { ModelStore } from './model-store.ts';

/** A document as it stands, with the tag that a conditional write needs. */
export interface StoredDocument<T> {
  readonly value: T;
  readonly etag: string;
}

/**
 * One JSON document in a ModelStore, moved only with If-Match. Every version may be kept beside it: `archivePath`
 * gives each write its own place, written before the document itself moves. The first version goes there after it stands:
 * so an archive without a document tells that one has gone, and never that a process ended while it wrote the first.
 */
export class DocumentStore<T> {
  readonly #models: ModelStore;
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  readonly #archivePath: ((value: T) => string) | undefined;

  constructor(models: ModelStore, path: string, schema: z.ZodType<T>, archivePath?: (value: T) => string) {
    this.#models = models;
    this.#path = path;
    this.#schema = schema;
    this.#archivePath = archivePath;
  }

  /**
   * `undefined` where it was never written.
   *
   * @throws AlertforestError STORE_CORRUPT where it does not fit its schema, STORE_UNAVAILABLE
   */
  async read(): Promise<StoredDocument<T> | undefined> {
    const blob = await this.#models.read(this.#path);
    return blob && { value: this.#parse(blob.bytes), etag: blob.etag };
  }

  /** Etag of what stands there, readable or not: a writer may replace by it what it cannot read. @throws AlertforestError STORE_UNAVAILABLE */
  async tag(): Promise<string | undefined> {
    return (await this.#models.read(this.#path))?.etag;
  }

  /** As {@link read}, 'unchanged' while the document carries `etag`. */
  async readIfChanged(etag: string): Promise<StoredDocument<T> | 'unchanged' | undefined> {
    const blob = await this.#models.readIfChanged(this.#path, etag);
    return blob === undefined || blob === 'unchanged'
      ? blob
      : { value: this.#parse(blob.bytes), etag: blob.etag };
  }

  /**
   * Replaces the document while it carries `ifMatch`; `undefined` means it must not exist yet. Returns the new etag. An
   * answer that was lost is looked up: what stands as it was meant was written.
   *
   * @throws AlertforestError STORE_CONFLICT where another writer was first, STORE_UNAVAILABLE; INTERNAL for a value that
   * could not be read again
   */
  async write(value: T, ifMatch: string | undefined): Promise<string> {
    checkReadable(this.#path, this.#schema, value);
    const bytes = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
    if (ifMatch === undefined) {
      const etag = await this.#replace(bytes, undefined);
      // it stands, so an outage here is no failure of the write; the next one makes up for it
      await this.#archive(value, bytes).catch((error) => {
        if (!hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      });
      return etag;
    }
    await this.#archiveStanding();
    await this.#archive(value, bytes);
    return this.#replace(bytes, ifMatch);
  }

  async #archive(value: T, bytes: Uint8Array): Promise<void> {
    if (this.#archivePath !== undefined) await createExact(this.#models, this.#archivePath(value), bytes);
  }

  /** A first version may lack its copy; what cannot be read has none to give. */
  async #archiveStanding(): Promise<void> {
    if (this.#archivePath === undefined) return;
    const blob = await this.#models.read(this.#path);
    if (blob === undefined) return;
    let standing: T;
    try {
      standing = this.#parse(blob.bytes);
    } catch {
      return;
    }
    await this.#archive(standing, blob.bytes);
  }

  async #replace(bytes: Uint8Array, ifMatch: string | undefined): Promise<string> {
    try {
      return await this.#models.replace(this.#path, bytes, ifMatch);
    } catch (error) {
      if (!hasCode(error, 'STORE_CONFLICT') && !hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      const stands = await this.#models.read(this.#path).catch(() => undefined);
      if (stands !== undefined && Buffer.compare(stands.bytes, bytes) === 0) return stands.etag;
      throw error;
    }
  }

  #parse(bytes: Uint8Array): T {
    try {
      return this.#schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch (cause) {
      throw new AlertforestError('STORE_CORRUPT', `${this.#path} does not hold what it should.`, { cause });
    }
  }
}

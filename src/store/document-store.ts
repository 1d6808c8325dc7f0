import type { z } from 'zod';
import { AlertforestError } from '../errors.ts';
import type { ModelStore } from './model-store.ts';

/** A document as it stands, with the tag that a conditional write needs. */
export interface StoredDocument<T> {
  readonly value: T;
  readonly etag: string;
}

/**
 * One JSON document in a ModelStore, moved only with If-Match. Every version may be kept beside it: `archivePath`
 * gives each write a place of its own, written before the document itself moves.
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

  /** As {@link read}, 'unchanged' while the document carries `etag`. */
  async readIfChanged(etag: string): Promise<StoredDocument<T> | 'unchanged' | undefined> {
    const blob = await this.#models.readIfChanged(this.#path, etag);
    return blob === undefined || blob === 'unchanged'
      ? blob
      : { value: this.#parse(blob.bytes), etag: blob.etag };
  }

  /**
   * Replaces the document while it carries `ifMatch`; `undefined` means it must not exist yet. Returns the new etag.
   *
   * @throws AlertforestError STORE_CONFLICT where another writer was first, STORE_UNAVAILABLE
   */
  async write(value: T, ifMatch: string | undefined): Promise<string> {
    const bytes = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
    if (this.#archivePath !== undefined) await this.#models.create(this.#archivePath(value), bytes);
    return this.#models.replace(this.#path, bytes, ifMatch);
  }

  #parse(bytes: Uint8Array): T {
    try {
      return this.#schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch (cause) {
      throw new AlertforestError('STORE_CORRUPT', `${this.#path} does not hold what it should.`, { cause });
    }
  }
}

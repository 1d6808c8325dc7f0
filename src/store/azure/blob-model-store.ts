import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob';
import { AlertforestError } from '../../errors.ts';
import type { BlobListing, Lease, ModelStore, StoredBlob } from '../model-store.ts';
import { decodeOwner, encodeOwner, type Owner } from '../owner.ts';
import { checkStorePath } from '../store-path.ts';
import { Refused, StorageCaller, type StorageCallSettings, type StorageTry } from './storage-call.ts';

const LIST_PAGE = 1_000;
const MAX_LEASE_MS = 60_000;
const GIVE_BACK_EVERY_MS = 3_000;
const NO_CONTENT = new Uint8Array(0);
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
};

const contentTypeOf = (path: string): string =>
  CONTENT_TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/** {@link ModelStore} in one container of Blob Storage. The container is made when the first write misses it. */
export class BlobModelStore implements ModelStore {
  readonly #container: ContainerClient;
  readonly #caller: StorageCaller;
  /** Leases by path of which nobody here knows whether they stand: taking them, or giving them back, was not answered. */
  readonly #unheard = new Map<string, Set<BlobLeaseClient>>();

  constructor(container: ContainerClient, settings: StorageCallSettings = {}) {
    this.#container = container;
    this.#caller = new StorageCaller(settings);
  }

  async read(path: string): Promise<StoredBlob | undefined> {
    const found = await this.#download(path, undefined, [404]);
    return found instanceof Refused ? undefined : found;
  }

  async readIfChanged(path: string, etag: string): Promise<StoredBlob | 'unchanged' | undefined> {
    const found = await this.#download(path, etag, [304, 404]);
    if (!(found instanceof Refused)) return found;
    return found.status === 304 ? 'unchanged' : undefined;
  }

  async create(path: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    const written = await this.#upload(path, bytes, { ifNoneMatch: '*' });
    return written instanceof Refused ? 'exists' : 'created';
  }

  async replace(path: string, bytes: Uint8Array, ifMatch: string | undefined): Promise<string> {
    const written = await this.#upload(
      path,
      bytes,
      ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch },
    );
    if (!(written instanceof Refused)) return written;
    throw new AlertforestError('STORE_CONFLICT', `Another writer changed ${path} first.`);
  }

  async *list(prefix: string): AsyncIterable<BlobListing> {
    let continuationToken: string | undefined;
    do {
      const page = await this.#caller.call(
        `list ${prefix}`,
        async ({ abortSignal }) => {
          const pages = this.#container
            .listBlobsFlat({ prefix, abortSignal })
            .byPage({ maxPageSize: LIST_PAGE, continuationToken });
          const { value, done } = await pages.next();
          return done ? undefined : value;
        },
        [404],
      );
      // 404: there is no container yet, so there is nothing in it.
      if (page === undefined || page instanceof Refused) return;
      for (const { name, properties } of page.segment.blobItems) {
        yield {
          path: name,
          sizeBytes: properties.contentLength ?? 0,
          modifiedAtMs: properties.lastModified.getTime(),
        };
      }
      continuationToken = page.continuationToken || undefined;
    } while (continuationToken !== undefined);
  }

  async remove(path: string): Promise<void> {
    const blob = this.#container.getBlobClient(checkStorePath(path));
    await this.#caller.call(`remove ${path}`, ({ abortSignal }) => blob.delete({ abortSignal }), [404]);
  }

  async acquireLease(path: string, seconds: number, owner?: Owner): Promise<Lease | undefined> {
    if (!(seconds >= 15 && seconds <= 60)) {
      throw new RangeError(`Expected \`seconds\` in [15, 60], got ${seconds}.`);
    }
    const client = this.#container.getBlobClient(checkStorePath(path)).getBlobLeaseClient();
    await this.#releaseUnheard(path);
    // Who takes it stands there before it is taken, and it is taken only while that stands: whoever meets the lease of a
    // process that was killed finds its name. While another holds it, nothing is written.
    const named = owner && (await this.#upload(path, encodeOwner(owner), {}));
    if (named instanceof Refused) return undefined;
    const conditions = named === undefined ? {} : { ifMatch: named };
    const acquire = ({ abortSignal }: StorageTry): Promise<unknown> =>
      client.acquireLease(seconds, { abortSignal, conditions });
    let taken = await this.#noted(path, client, () =>
      this.#caller.call(`lease ${path}`, acquire, [404, 409, 412]),
    );
    if (taken instanceof Refused && taken.status === 404) {
      await this.create(path, NO_CONTENT);
      taken = await this.#noted(path, client, () => this.#caller.call(`lease ${path}`, acquire, [409, 412]));
    }
    if (taken instanceof Refused) return undefined;
    return {
      renew: async () => {
        const renewed = await this.#caller.call(
          `renew the lease on ${path}`,
          ({ abortSignal }) => client.renewLease({ abortSignal }),
          [404, 409, 412],
        );
        return !(renewed instanceof Refused);
      },
      release: () => this.#noted(path, client, () => this.#release(path, client)),
    };
  }

  /** A lease has the id that it was asked for by, so one that was taken unheard is given back by that id. */
  async #releaseUnheard(path: string): Promise<void> {
    const unheard = this.#unheard.get(path) ?? [];
    for (const client of unheard) {
      await this.#release(path, client);
      this.#unheard.get(path)?.delete(client);
    }
  }

  /** One that is another's by now, or has ended, is refused: then it is no longer here. */
  async #release(path: string, client: BlobLeaseClient): Promise<void> {
    await this.#caller.call(
      `release the lease on ${path}`,
      ({ abortSignal }) => client.releaseLease({ abortSignal }),
      [404, 409, 412],
    );
  }

  /** Notes the lease as unheard where no answer comes, and gives it back once storage answers: others wait for it. */
  async #noted<T>(path: string, client: BlobLeaseClient, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const unheard = this.#unheard.get(path) ?? new Set();
      this.#unheard.set(path, unheard.add(client));
      this.#giveBackSoon(path, client, MAX_LEASE_MS);
      throw error;
    }
  }

  #giveBackSoon(path: string, client: BlobLeaseClient, leftMs: number): void {
    const timer = setTimeout(async () => {
      if (!this.#unheard.get(path)?.has(client)) return;
      const isLast = leftMs <= GIVE_BACK_EVERY_MS;
      await this.#releaseUnheard(path).catch(() => {
        // by then it has ended by itself
        if (isLast) this.#unheard.get(path)?.delete(client);
        else this.#giveBackSoon(path, client, leftMs - GIVE_BACK_EVERY_MS);
      });
    }, GIVE_BACK_EVERY_MS);
    timer.unref();
  }

  async leaseOwner(path: string): Promise<{ readonly owner: Owner; readonly etag: string } | undefined> {
    const held = await this.read(path);
    const owner = held && decodeOwner(held.bytes);
    return owner && { owner, etag: held.etag };
  }

  async breakLease(path: string, etag: string): Promise<void> {
    const client = this.#container.getBlobClient(checkStorePath(path)).getBlobLeaseClient();
    await this.#caller.call(
      `break the lease on ${path}`,
      ({ abortSignal }) => client.breakLease(0, { abortSignal, conditions: { ifMatch: etag } }),
      [404, 409, 412],
    );
  }

  #download(
    path: string,
    ifNoneMatch: string | undefined,
    expected: number[],
  ): Promise<StoredBlob | Refused> {
    const blob = this.#container.getBlobClient(checkStorePath(path));
    return this.#caller.call(
      `read ${path}`,
      async ({ abortSignal, onProgress }) => {
        const response = await blob.download(0, undefined, {
          abortSignal,
          onProgress,
          // Without it the stream resumes by itself when it breaks; here the whole try is made again.
          maxRetryRequests: 0,
          conditions: ifNoneMatch === undefined ? {} : { ifNoneMatch },
        });
        const { readableStreamBody: stream, etag, contentLength } = response;
        if (stream === undefined || etag === undefined) {
          throw new AlertforestError(
            'STORE_CORRUPT',
            `Expected content and an ETag in the answer for ${path}.`,
          );
        }
        const bytes = await readAll(stream, contentLength ?? 0, path);
        return { bytes, etag };
      },
      expected,
    );
  }

  /** Refused where the condition does not hold: 409 for a blob that exists, 412 for a stale or missing one. */
  async #upload(
    path: string,
    bytes: Uint8Array,
    conditions: { ifMatch?: string; ifNoneMatch?: string },
  ): Promise<string | Refused> {
    const blob = this.#container.getBlockBlobClient(checkStorePath(path));
    const send = async ({ abortSignal, onProgress }: StorageTry): Promise<string> => {
      const { etag } = await blob.upload(bytes, bytes.byteLength, {
        abortSignal,
        onProgress,
        conditions,
        blobHTTPHeaders: { blobContentType: contentTypeOf(path) },
      });
      if (etag === undefined) {
        throw new AlertforestError('STORE_CORRUPT', `Expected an ETag in the answer for ${path}.`);
      }
      return etag;
    };
    const written = await this.#caller.call(`write ${path}`, send, [404, 409, 412]);
    if (!(written instanceof Refused) || written.status !== 404) return written;
    // Only a missing container answers 404 to an upload.
    await this.#caller.call(
      'create the model container',
      ({ abortSignal }) => this.#container.create({ abortSignal }),
      [409],
    );
    return this.#caller.call(`write ${path}`, send, [409, 412]);
  }
}

async function readAll(
  stream: NodeJS.ReadableStream,
  expectedBytes: number,
  path: string,
): Promise<Uint8Array> {
  // Its own allocation: artefacts are read as typed-array views, which need an aligned, unshared buffer.
  const bytes = new Uint8Array(expectedBytes);
  let nBytes = 0;
  for await (const chunk of stream) {
    const part = chunk as Uint8Array;
    if (nBytes + part.byteLength > expectedBytes) break;
    bytes.set(part, nBytes);
    nBytes += part.byteLength;
  }
  if (nBytes !== expectedBytes) {
    throw new AlertforestError(
      'STORE_UNAVAILABLE',
      `Expected ${expectedBytes} bytes of ${path}, got ${nBytes}.`,
      {
        retryAfterSeconds: 5,
      },
    );
  }
  return bytes;
}

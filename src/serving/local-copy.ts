import type { ModelStore } from '../store/model-store.ts';

export interface LocalCopyOptions {
  readonly copies: ModelStore;
  /** Where the copies lie, for people; undefined where they are no files. */
  readonly folder?: string | undefined;
  /** Free bytes of the file system under a folder. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
  readonly headPath: string;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: durations go by it. @default `now` */
  readonly elapsed?: () => number;
}

/** A copy that nothing names any more stays this long: another process on this machine may be about to name it. */
const UNUSED_MS = 3_600_000;
/** A disk that was full is tried again after this time. */
const AGAIN_MS = 300_000;

/** What was served last, on the machine's own disk: an instance that starts while storage is away serves it. */
export class LocalCopy {
  readonly #options: LocalCopyOptions;
  #problem: string | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LocalCopyOptions) {
    this.#options = options;
  }

  get store(): ModelStore {
    return this.#options.copies;
  }

  /** Why there is no good copy of what is served; undefined while there is one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether what is served should be kept again, since it could not be some time ago. */
  get isDue(): boolean {
    return this.#problem !== undefined && this.#elapsed() - this.#triedAtMs >= AGAIN_MS;
  }

  /**
   * Keeps a head and the blobs it names, and drops what no head has named for an hour. Never throws: without a copy an
   * instance serves all the same, and {@link problem} says what a start during an outage would lack.
   */
  async keep(head: Uint8Array, blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { headPath } = this.#options;
    this.#triedAtMs = this.#elapsed();
    try {
      for (const [path, bytes] of blobs) await this.#put(path, bytes);
      // last: a head never names what is not there
      await this.#put(headPath, head);
      await this.#prune(new Set([headPath, ...blobs.keys()]));
      this.#problem = undefined;
    } catch (error) {
      this.#problem = await this.#wordsOf(error);
    }
  }

  #elapsed(): number {
    const { elapsed, now } = this.#options;
    return (elapsed ?? now)();
  }

  /** A damaged copy is replaced: that it exists says nothing about what it holds. */
  async #put(path: string, bytes: Uint8Array): Promise<void> {
    const { copies } = this.#options;
    const kept = await copies.read(path);
    if (kept === undefined) await copies.create(path, bytes);
    else if (Buffer.compare(kept.bytes, bytes) !== 0) await copies.replace(path, bytes, kept.etag);
  }

  async #prune(named: ReadonlySet<string>): Promise<void> {
    const { copies, now } = this.#options;
    for await (const { path, modifiedAtMs } of copies.list('')) {
      if (!named.has(path) && now() - modifiedAtMs > UNUSED_MS) await copies.remove(path);
    }
  }

  async #wordsOf(error: unknown): Promise<string> {
    const { folder, freeBytes } = this.#options;
    const why = error instanceof Error ? error.message : String(error);
    if (folder === undefined) return `no local copy of the models could be kept: ${why}`;
    const free = await freeBytes?.(folder);
    const room = free === undefined ? '' : `, ${Math.floor(free / 2 ** 20)} MiB free`;
    return `no local copy of the models could be kept in ${folder}${room}: ${why}`;
  }
}

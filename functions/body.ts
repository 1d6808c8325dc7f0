import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest } from '@azure/functions';
import { AlertforestError } from '../src/errors.ts';
import type { BodyBytes } from '../src/reading/body-bytes.ts';
import { decompressed } from '../src/reading/decompress.ts';

/** How long an early answer waits for the rest of a body; the rest is read on after that. */
const DRAIN_MS = 5_000;

/** What came of reading a body to its end. */
interface Collected {
  /** Taken out once they are read: the stream they came from holds on to them for longer than to what is made of them. */
  readonly chunks: Uint8Array[];
  readonly nBytes: number;
}

/**
 * The body of one request, which is always read to its end: the host keeps its connection to this process and uses it
 * for the next caller, and bytes that nobody reads hold that caller up. What is over the limit is read and forgotten.
 *
 * Everything is collected before it is decoded, so that a decoder which gives up leaves nothing behind.
 */
export class IncomingBody {
  readonly #request: HttpRequest;
  #collected: Promise<Collected> | undefined;
  #streamed: AsyncIterator<Uint8Array> | undefined;
  #isRead = false;

  constructor(request: HttpRequest) {
    this.#request = request;
  }

  /**
   * The body, decompressed as its first bytes say; to be asked for once.
   *
   * @throws AlertforestError REQUEST_TOO_LARGE beyond `maxBytes`, before or after decompression; REQUEST_INVALID for
   * compressed data that is cut or damaged, and where the caller has left
   */
  async read(maxBytes: number): Promise<BodyBytes> {
    if (this.#isRead) throw new Error('Expected a body to be asked for once.');
    this.#isRead = true;
    const { headers } = this.#request;
    const { chunks, nBytes } = await this.#collect(maxBytes);
    if (nBytes > maxBytes) {
      const message = `Expected a body of at most ${maxBytes} bytes, got ${nBytes}.`;
      throw new AlertforestError('REQUEST_TOO_LARGE', message, { issues: [{ path: '', message }] });
    }
    const label = headers.get('content-encoding') ?? undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of decompressed(chunks, { maxBytes, ...(label === undefined ? {} : { label }) }))
      pieces.push(piece);
    chunks.length = 0;
    const [only] = pieces;
    return {
      bytes: pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces),
      contentType: headers.get('content-type') ?? undefined,
    };
  }

  /**
   * The body as it arrives, for what is too long to be held; undefined where there is none. A reader may stop anywhere:
   * what it leaves is read by {@link drained}.
   *
   * @throws AlertforestError REQUEST_INVALID, from the iteration, where the caller has left
   */
  stream(): AsyncIterable<Uint8Array> | undefined {
    const body = this.#request.body as AsyncIterable<Uint8Array> | null;
    if (body === null) return undefined;
    const pieces = body[Symbol.asyncIterator]();
    this.#streamed = pieces;
    // Without `return`, a reader that gives up does not cancel the body.
    return { [Symbol.asyncIterator]: () => ({ next: () => pieces.next().catch(refuseHalf) }) };
  }

  /** Resolves when the body has been read to its end, or nearly at once where its sender is slow. Never rejects. */
  async drained(): Promise<void> {
    const stop = new AbortController();
    const streamed = this.#streamed;
    const read = (streamed === undefined ? this.#collect(0) : readOn(streamed)).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([
      read,
      sleep(DRAIN_MS, undefined, { signal: stop.signal, ref: false }).catch(() => undefined),
    ]);
    stop.abort();
  }

  #collect(keepBytes: number): Promise<Collected> {
    this.#collected ??= collect(this.#request.body as AsyncIterable<Uint8Array> | null, keepBytes);
    return this.#collected;
  }
}

async function collect(body: AsyncIterable<Uint8Array> | null, keepBytes: number): Promise<Collected> {
  let chunks: Uint8Array[] = [];
  let nBytes = 0;
  if (body === null) return { chunks, nBytes };
  try {
    for await (const chunk of body) {
      nBytes += chunk.length;
      if (nBytes <= keepBytes) chunks.push(chunk);
      else chunks = [];
    }
  } catch (cause) {
    refuseHalf(cause);
  }
  return { chunks, nBytes };
}

/** Reads what is left, and forgets it. */
async function readOn(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await pieces.next()).done);
}

function refuseHalf(cause: unknown): never {
  throw new AlertforestError('REQUEST_INVALID', 'Expected a whole body, its sender left in the middle.', {
    cause,
  });
}

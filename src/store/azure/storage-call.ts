import { setTimeout as delay } from 'node:timers/promises';
import { AlertforestError } from '../../errors.ts';

/** What the SDKs throw, as far as it is read here; all of them share one error class by structure, not by import. */
interface ServiceError extends Error {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: { readonly errorCode?: string; readonly odataError?: { readonly code?: string } };
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** An answer of the service that the caller had said it expects, such as 404 or 412. */
export class Refused {
  readonly status: number;
  /** The service's own word: BlobNotFound, TableNotFound, EntityAlreadyExists and so on, '' where it gave none. */
  readonly code: string;

  constructor(status: number, code: string) {
    this.status = status;
    this.code = code;
  }
}

export interface StorageCallSettings {
  /** Time one call may take, retries included, in ms. Bytes on their way extend it. @default 8_000 */
  readonly timeoutMs?: number;
  /** Tries of one call, >= 1. @default 3 */
  readonly tries?: number;
  /** Wait before the second try, in ms; it doubles from try to try. @default 150 */
  readonly retryDelayMs?: number;
}

/** What one try hands to the SDK: a signal that ends it, and a sign of life that gives it more time. */
export interface StorageTry {
  readonly abortSignal: AbortSignal;
  readonly onProgress: () => void;
}

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);
const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** Everything but a mistake in the calling code: refusals, broken connections, no token, an aborted try. */
function isServiceError(error: unknown): error is ServiceError {
  const isMistake =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return error instanceof Error && !(error instanceof AlertforestError) && !isMistake;
}

function serviceCode(error: ServiceError): string {
  return error.details?.odataError?.code ?? error.details?.errorCode ?? error.code ?? '';
}

/** Storage names every answer of its own; what stands in the way of it, such as a proxy, says 404 of anything. */
function isFromStorage(error: ServiceError): boolean {
  const headers = error.response?.headers;
  return headers === undefined || serviceCode(error) !== '' || headers.get('x-ms-request-id') !== undefined;
}

function retryAfterMs(error: unknown): number {
  const text = isServiceError(error) ? error.response?.headers?.get('retry-after') : undefined;
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

/**
 * One way to call storage for every store: a bounded number of tries, a bounded time, and one error for an outage.
 * The SDKs' own retries are off, since they bound neither a silent connection nor a long Retry-After.
 *
 * A try that was lost on the way back may have taken effect; every write here is conditional or idempotent.
 */
export class StorageCaller {
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #retryDelayMs: number;

  constructor({ timeoutMs = 8_000, tries = 3, retryDelayMs = 150 }: StorageCallSettings = {}) {
    if (!(timeoutMs > 0)) throw new RangeError(`Expected \`timeoutMs\` > 0, got ${timeoutMs}.`);
    if (!Number.isInteger(tries) || tries < 1) throw new RangeError(`Expected \`tries\` >= 1, got ${tries}.`);
    this.#timeoutMs = timeoutMs;
    this.#tries = tries;
    this.#retryDelayMs = retryDelayMs;
  }

  /**
   * Runs `attempt` until it succeeds, is refused in an expected way, or tries and time are used up.
   *
   * @param what the call in words that follow "Cannot", for the error
   * @param expected statuses that come back as {@link Refused} instead of being an error, where storage itself says so
   * @throws AlertforestError STORE_UNAVAILABLE with the last failure as its cause
   */
  async call<T>(
    what: string,
    attempt: (attemptOptions: StorageTry) => Promise<T>,
    expected: readonly number[] = [],
  ): Promise<T | Refused> {
    const startedAtMs = performance.now();
    for (let nth = 1; ; nth++) {
      try {
        // A silent connection must leave time for a second one.
        return await this.#once(attempt, this.#tries === 1 ? this.#timeoutMs : this.#timeoutMs / 2);
      } catch (error) {
        if (!isServiceError(error)) throw error;
        const { statusCode } = error;
        if (statusCode !== undefined && expected.includes(statusCode) && isFromStorage(error)) {
          return new Refused(statusCode, serviceCode(error));
        }
        const waitMs = Math.max(this.#retryDelayMs * 2 ** (nth - 1), retryAfterMs(error));
        const isTransient = statusCode === undefined || TRANSIENT.has(statusCode);
        const leftMs = this.#timeoutMs - (performance.now() - startedAtMs);
        if (!isTransient || nth >= this.#tries || waitMs >= leftMs) throw unavailable(what, error);
        await delay(waitMs);
      }
    }
  }

  async #once<T>(attempt: (attemptOptions: StorageTry) => Promise<T>, timeoutMs: number): Promise<T> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    let isOver = false;
    const onProgress = (): void => {
      // Refreshing would start a cleared timer again.
      if (!isOver) timer.refresh();
    };
    try {
      return await attempt({ abortSignal: controller.signal, onProgress });
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }
}

/** Whether storage refused what it was asked to store, so that asking again would change nothing. */
export function isLastingRefusal(error: unknown): boolean {
  const status = (error as { cause?: ServiceError } | null)?.cause?.statusCode;
  return status === 400 || status === 413;
}

/** The word of the service, its status where it failed by itself, or the first line of what went wrong on the way. */
function saidBy(cause: ServiceError): string {
  const { statusCode, message } = cause;
  const word = serviceCode(cause) || (message.split('\n')[0] ?? '').slice(0, 200);
  if (statusCode === undefined || (statusCode < 500 && word !== '')) return word;
  return `it answered ${statusCode}${word === '' ? '' : `: ${word}`}`;
}

function unavailable(what: string, cause: ServiceError): AlertforestError {
  const why = cause.name === 'AbortError' ? 'no answer in time' : saidBy(cause);
  return new AlertforestError('STORE_UNAVAILABLE', `Cannot ${what}: storage is not available (${why}).`, {
    cause,
    retryAfterSeconds: Math.max(DEFAULT_RETRY_AFTER_SECONDS, Math.ceil(retryAfterMs(cause) / 1000)),
  });
}

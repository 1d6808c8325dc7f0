import { useEffect, useState } from 'preact/hooks';
import { ApiError, call } from './api.ts';

/** What is known of one address: the last good answer stays while a newer one fails. */
export interface Resource<T> {
  readonly data: T | undefined;
  /** When the data was last confirmed by the service, milliseconds. */
  readonly asOfMs: number | undefined;
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
}

interface Entry {
  path: string;
  everyMs: number;
  data: unknown;
  text: string;
  asOfMs: number | undefined;
  error: ApiError | undefined;
  nFailed: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  running: AbortController | undefined;
  readonly listeners: Set<() => void>;
}

const entries = new Map<string, Entry>();
const LONGEST_PAUSE_MS = 60_000;
/** A connection that died unnoticed never answers: without an end to waiting, old data would look like new. */
const ANSWER_WITHIN_MS = 45_000;

/** Panels that ask the same address share one answer and one clock. */
export function useResource<T>(path: string | undefined, everyMs: number): Resource<T> {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (path === undefined) return undefined;
    const entry = entryOf(path, everyMs);
    const listener = (): void => redraw((n) => n + 1);
    entry.listeners.add(listener);
    if (entry.timer === undefined && entry.running === undefined) void load(entry);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size > 0) return;
      clearTimeout(entry.timer);
      entry.timer = undefined;
      entry.running?.abort();
      entry.running = undefined;
    };
  }, [path, everyMs]);
  const entry = path === undefined ? undefined : entries.get(path);
  return {
    data: entry?.data as T | undefined,
    asOfMs: entry?.asOfMs,
    error: entry?.error,
    refresh: () => (path === undefined ? undefined : refresh(path)),
  };
}

/** Asks again at once wherever the address begins so, after something was changed. */
export function refresh(...prefixes: string[]): void {
  for (const entry of entries.values()) {
    if (entry.listeners.size === 0) continue;
    if (prefixes.length > 0 && !prefixes.some((prefix) => entry.path.startsWith(prefix))) continue;
    clearTimeout(entry.timer);
    entry.timer = undefined;
    if (entry.running === undefined) void load(entry);
  }
}

function entryOf(path: string, everyMs: number): Entry {
  let entry = entries.get(path);
  if (entry === undefined) {
    entry = {
      path,
      everyMs,
      data: undefined,
      text: '',
      asOfMs: undefined,
      error: undefined,
      nFailed: 0,
      timer: undefined,
      running: undefined,
      listeners: new Set(),
    };
    entries.set(path, entry);
  }
  entry.everyMs = Math.min(entry.everyMs, everyMs);
  return entry;
}

async function load(entry: Entry): Promise<void> {
  const running = new AbortController();
  entry.running = running;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    running.abort();
  }, ANSWER_WITHIN_MS);
  try {
    const data = await call<unknown>(entry.path, { signal: running.signal });
    const text = JSON.stringify(data);
    if (text !== entry.text) {
      entry.data = data;
      entry.text = text;
    }
    entry.error = undefined;
    entry.nFailed = 0;
    entry.asOfMs = Date.now();
  } catch (error) {
    if (running.signal.aborted && !isLate) return;
    entry.error = isLate
      ? new ApiError(0, 'UNREACHABLE', 'The service does not answer.')
      : error instanceof ApiError
        ? error
        : new ApiError(0, 'ERROR', String(error));
    entry.nFailed++;
  } finally {
    clearTimeout(late);
  }
  entry.running = undefined;
  for (const listener of entry.listeners) listener();
  if (entry.listeners.size > 0) entry.timer = setTimeout(() => void again(entry), pauseMs(entry));
}

/** What fails is asked ever more seldom; nothing is asked while the page is hidden. */
function pauseMs({ everyMs, nFailed }: Entry): number {
  return Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** Math.min(nFailed, 5)) * (0.9 + 0.2 * Math.random());
}

async function again(entry: Entry): Promise<void> {
  entry.timer = undefined;
  if (!document.hidden) return load(entry);
  document.addEventListener('visibilitychange', () => refresh(entry.path), { once: true });
}

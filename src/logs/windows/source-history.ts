import { CountWindow, type WindowEvent } from './count-window.ts';

/** Events of one source that are kept; a window that would hold more counts the newest. */
export const MAX_EVENTS = 4_096;
/** Own past that an upload is held against, and how much of it there must be. */
const MAX_PAST = 500;
const LEAST_PAST = 20;

/** A source's history as data. */
export interface SourceState {
  readonly events: readonly WindowEvent[];
  /** Of each window, the place of its first event among those. */
  readonly froms: readonly number[];
  readonly past: Float64Array;
  readonly pastTarget: Int32Array;
  readonly nPast: number;
}

/** What one source did. */
export class SourceHistory {
  readonly windows: readonly CountWindow[];
  #events: WindowEvent[] = [];
  /** Position of the first event that is kept. */
  #offset = 0;
  readonly #past = new Float64Array(MAX_PAST);
  /** Where each upload of the past went. */
  readonly #pastTarget = new Int32Array(MAX_PAST);
  #nPast = 0;

  constructor(lengths: readonly number[], state?: SourceState) {
    this.windows = lengths.map((ms, w) => new CountWindow(ms, state?.froms[w] ?? 0));
    if (state === undefined) return;
    this.#events = [...state.events];
    this.windows.forEach((window, w) => {
      for (const event of state.events.slice(state.froms[w])) window.add(event);
    });
    this.#past.set(state.past);
    this.#pastTarget.set(state.pastTarget);
    this.#nPast = state.nPast;
  }

  toState(): SourceState {
    const n = Math.min(this.#nPast, MAX_PAST);
    return {
      events: this.#events,
      froms: this.windows.map((window) => window.from - this.#offset),
      past: this.#past.slice(0, n),
      pastTarget: this.#pastTarget.slice(0, n),
      nPast: this.#nPast,
    };
  }

  enter(event: WindowEvent, logBytes: number): void {
    this.#events.push(event);
    for (const window of this.windows) window.add(event);
    this.expire(Number.NEGATIVE_INFINITY);
    if (Number.isNaN(logBytes)) return;
    const slot = this.#nPast++ % MAX_PAST;
    this.#past[slot] = logBytes;
    this.#pastTarget[slot] = event.target;
  }

  expire(now: number): void {
    const least = this.#offset + this.#events.length - MAX_EVENTS;
    for (const window of this.windows) window.expire(this.#events, this.#offset, now, least);
    const from = Math.min(...this.windows.map((window) => window.from));
    // let go in lots: moving the rest for every event would cost more than the events
    if (from - this.#offset > 256 && from - this.#offset > this.#events.length / 2) {
      this.#events = this.#events.slice(from - this.#offset);
      this.#offset = from;
    }
  }

  /**
   * Standard deviations above the own past, and share of it that is less. What went to the same target before is no part
   * of it: the tenth upload of a theft is as far above the rest as the first.
   */
  upload(logBytes: number, target: number): { readonly z: number; readonly rank: number } {
    if (Number.isNaN(logBytes)) return NO_UPLOAD;
    const nPast = Math.min(this.#nPast, MAX_PAST);
    let n = 0;
    let sum = 0;
    let squares = 0;
    let less = 0;
    for (let i = 0; i < nPast; i++) {
      if (this.#pastTarget[i] === target) continue;
      const value = this.#past[i] as number;
      n++;
      sum += value;
      squares += value * value;
      if (value < logBytes) less++;
    }
    if (n < LEAST_PAST) return NO_UPLOAD;
    const mean = sum / n;
    const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
    // a floor under the deviation: a source that always sends the same is not a thousand times above it at once
    return { z: (logBytes - mean) / (deviation + 0.3), rank: less / n };
  }
}

/** Nothing can be said of an upload. */
export const NO_UPLOAD = { z: Number.NaN, rank: Number.NaN };

import * as hdr from 'hdr-histogram-js';

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

const MICROSECONDS_PER_MS = 1000;
const WINDOW_MS = 5 * 60_000;

interface Window {
  startedAtMs: number;
  readonly current: hdr.Histogram;
  readonly previous: hdr.Histogram;
}

/**
 * Latency quantiles by name over the last 5 to 10 minutes: two histograms take turns, so an old spike leaves the
 * figures. Values are kept in microseconds with two significant digits.
 */
export class LatencyRecorder {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  record(name: string, latencyMs: number): void {
    const window = this.#window(name);
    window.current.recordValue(Math.max(1, Math.round(latencyMs * MICROSECONDS_PER_MS)));
  }

  summary(): Record<string, LatencySummary> {
    return Object.fromEntries(
      [...this.#windows.keys()].map((name) => {
        const { current, previous } = this.#window(name);
        const both = newHistogram();
        both.add(previous);
        both.add(current);
        const at = (percentile: number): number =>
          both.getValueAtPercentile(percentile) / MICROSECONDS_PER_MS;
        return [name, { count: both.totalCount, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) }];
      }),
    );
  }

  #window(name: string): Window {
    const nowMs = this.#now();
    let window = this.#windows.get(name);
    if (window === undefined) {
      window = { startedAtMs: nowMs, current: newHistogram(), previous: newHistogram() };
      this.#windows.set(name, window);
    } else if (nowMs - window.startedAtMs >= WINDOW_MS) {
      const isStale = nowMs - window.startedAtMs >= 2 * WINDOW_MS;
      const previous = isStale ? newHistogram() : window.current;
      window = { startedAtMs: nowMs, current: newHistogram(), previous };
      this.#windows.set(name, window);
    }
    return window;
  }
}

function newHistogram(): hdr.Histogram {
  return hdr.build({
    bitBucketSize: 32,
    autoResize: true,
    numberOfSignificantValueDigits: 2,
    useWebAssembly: false,
  });
}

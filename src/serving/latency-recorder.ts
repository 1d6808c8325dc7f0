import * as hdr from 'hdr-histogram-js';

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

const MICROSECONDS_PER_MS = 1000;
const WINDOW_MS = 5 * 60_000;
/** Five-minute figures kept: a day of them. */
const KEPT_POINTS = 288;

/** Latency of one name over five minutes of the clock. */
export interface LatencyPoint extends LatencySummary {
  /** Where the five minutes begin, ms since 1970. */
  readonly startMs: number;
}

interface Series {
  startMs: number;
  readonly current: hdr.Histogram;
  readonly points: LatencyPoint[];
}

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
  readonly #series = new Map<string, Series>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  record(name: string, latencyMs: number): void {
    const window = this.#window(name);
    const value = Math.max(1, Math.round(latencyMs * MICROSECONDS_PER_MS));
    window.current.recordValue(value);
    this.#seriesOf(name).current.recordValue(value);
  }

  /** By name, the five minutes of the last day in which anything was recorded, oldest first; the last may go on. */
  history(): Record<string, readonly LatencyPoint[]> {
    const fromMs = this.#now() - KEPT_POINTS * WINDOW_MS;
    return Object.fromEntries(
      [...this.#series].map(([name, series]) => [
        name,
        [...series.points, pointOf(series)].filter(({ startMs, count }) => count > 0 && startMs > fromMs),
      ]),
    );
  }

  #seriesOf(name: string): Series {
    const startMs = Math.floor(this.#now() / WINDOW_MS) * WINDOW_MS;
    let series = this.#series.get(name);
    if (series === undefined) {
      series = { startMs, current: newHistogram(), points: [] };
      this.#series.set(name, series);
    } else if (series.startMs !== startMs) {
      series.points.push(pointOf(series));
      if (series.points.length > KEPT_POINTS) series.points.shift();
      series.current.reset();
      series.startMs = startMs;
    }
    return series;
  }

  summary(): Record<string, LatencySummary> {
    return Object.fromEntries(
      [...this.#windows.keys()].map((name) => {
        const { current, previous } = this.#window(name);
        const both = newHistogram();
        both.add(previous);
        both.add(current);
        return [name, summaryOf(both)];
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

function summaryOf(histogram: hdr.Histogram): LatencySummary {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / MICROSECONDS_PER_MS;
  return { count: histogram.totalCount, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}

const pointOf = ({ startMs, current }: Series): LatencyPoint => ({ startMs, ...summaryOf(current) });

function newHistogram(): hdr.Histogram {
  return hdr.build({
    bitBucketSize: 32,
    autoResize: true,
    numberOfSignificantValueDigits: 2,
    useWebAssembly: false,
  });
}

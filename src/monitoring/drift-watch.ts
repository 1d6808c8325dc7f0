import type { PredictionLog } from '../store/prediction-log.ts';
import { checkDrift, type DriftReport } from './drift-monitor.ts';

const MAX_AGE_MS = 10 * 60_000;

/** The drift report, read from the prediction log at most every ten minutes. */
export class DriftWatch {
  readonly #log: PredictionLog;
  readonly #now: () => number;
  #latest: DriftReport | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(log: PredictionLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** The last report, from memory; undefined where this instance has not looked yet. */
  get latest(): DriftReport | undefined {
    return this.#latest;
  }

  /** @throws AlertforestError STORE_UNAVAILABLE */
  async report(): Promise<DriftReport> {
    const nowMs = this.#now();
    if (this.#latest === undefined || nowMs - this.#checkedAtMs > MAX_AGE_MS) {
      this.#latest = await checkDrift(this.#log, nowMs);
      this.#checkedAtMs = nowMs;
    }
    return this.#latest;
  }
}

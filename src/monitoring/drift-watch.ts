import type { ValueBins } from '../models/value-bins.ts';
import type { PredictionLog } from '../store/prediction-log.ts';
import { checkDrift, type DriftReport } from './drift-monitor.ts';

const MAX_AGE_MS = 10 * 60_000;

/** The drift report, read from the prediction log at most every ten minutes. */
export class DriftWatch {
  readonly #log: PredictionLog;
  readonly #now: () => number;
  readonly #frozenBins: () => ReadonlyMap<string, ValueBins> | undefined;
  #latest: DriftReport | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  /** @param frozenBins bins of the release that serves; undefined while nothing is loaded */
  constructor(
    log: PredictionLog,
    now: () => number,
    frozenBins: () => ReadonlyMap<string, ValueBins> | undefined,
  ) {
    this.#log = log;
    this.#now = now;
    this.#frozenBins = frozenBins;
  }

  /** The last report, from memory; undefined where this instance has not looked yet. */
  get latest(): DriftReport | undefined {
    return this.#latest;
  }

  /** @throws AlertforestError STORE_UNAVAILABLE */
  async report(): Promise<DriftReport> {
    const nowMs = this.#now();
    if (this.#latest === undefined || nowMs - this.#checkedAtMs > MAX_AGE_MS) {
      const frozenBins = this.#frozenBins();
      this.#latest = await checkDrift(this.#log, nowMs, frozenBins === undefined ? {} : { frozenBins });
      this.#checkedAtMs = nowMs;
    }
    return this.#latest;
  }
}

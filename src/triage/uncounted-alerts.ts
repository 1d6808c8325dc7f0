import type { ScoredAlert } from './alert-scorer.ts';

/** Alerts held at most; an instance that starts in a flood of them has read the state long before. */
const MAX_ALERTS = 5_000;
/** Characters of JSON of their records held at most. */
const MAX_CHARS = 64 * 1024 * 1024;

/** What has to be known of a scored alert to count it later. */
export type UncountedAlert = Pick<
  ScoredAlert,
  'verdictId' | 'normalized' | 'snapshot' | 'verdict' | 'decision' | 'triage' | 'scoredAt'
>;

/**
 * Alerts that were judged before what behaviour and correlation remember was there, each once: they are counted as soon
 * as it is. Bounded; of a flood beyond it the latest are left out.
 */
export class UncountedAlerts {
  readonly #maxAlerts: number;
  readonly #maxChars: number;
  #alerts = new Map<string, UncountedAlert>();
  #nChars = 0;
  #nLeftOut = 0;

  constructor(maxAlerts = MAX_ALERTS, maxChars = MAX_CHARS) {
    this.#maxAlerts = maxAlerts;
    this.#maxChars = maxChars;
  }

  has(alertKey: string): boolean {
    return this.#alerts.size > 0 && this.#alerts.has(alertKey);
  }

  hold(scored: UncountedAlert): void {
    const { alertKey } = scored.snapshot;
    if (this.#alerts.has(alertKey)) return;
    // what the stages read of it, as large as the record that was sent
    const nChars = JSON.stringify(scored.normalized.opened).length;
    if (this.#alerts.size >= this.#maxAlerts || this.#nChars + nChars > this.#maxChars) {
      this.#nLeftOut++;
      return;
    }
    this.#nChars += nChars;
    this.#alerts.set(alertKey, scored);
  }

  /** All of them in the order in which they came, and how many were left out; none are held from then on. */
  take(): { readonly alerts: readonly UncountedAlert[]; readonly nLeftOut: number } {
    const taken = { alerts: [...this.#alerts.values()], nLeftOut: this.#nLeftOut };
    this.#alerts = new Map();
    this.#nChars = 0;
    this.#nLeftOut = 0;
    return taken;
  }
}

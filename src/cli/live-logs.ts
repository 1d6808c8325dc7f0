import type { LogRow } from '../logs/formats/log-row.ts';
import { AlertGate, alertOfAlarm } from '../logs/live/alarm-alert.ts';
import { LiveMonitor } from '../logs/live/live-monitor.ts';
import { LiveScorer } from '../logs/live/live-scorer.ts';
import type { LiveState } from '../logs/live/live-state.ts';
import type { LogPackage } from '../logs/log-package.ts';
import { RowJudge, type ScoredRow } from '../logs/score-logs.ts';
import { columnsOf, cutOf } from './score-package.ts';

export interface LiveFlags {
  readonly cut: string;
  /** Address of the service. */
  readonly post?: string;
  readonly key?: string;
}

/** Columns that say why, of an alarm. */
const N_TOP = 3;

/** Live scoring: what sources did, figures, alerts on their way to the service. */
export class LiveLogs {
  readonly monitor: LiveMonitor;
  readonly #scorer: LiveScorer;
  readonly #gate: AlertGate;
  readonly #given = new Set<Promise<void>>();
  readonly #post: string | undefined;
  readonly #key: string | undefined;

  /** @param state what an earlier run knew */
  constructor(pack: LogPackage, { cut, post, key }: LiveFlags, state?: LiveState) {
    this.monitor = new LiveMonitor(pack.manifest.training);
    const judge = new RowJudge(pack, cutOf(pack, cut), N_TOP);
    this.#scorer = new LiveScorer(pack, judge, columnsOf(pack), state?.scorer);
    this.#gate = new AlertGate(state?.alerted);
    this.#post = post?.replace(/\/+$/, '');
    this.#key = key;
  }

  take(row: LogRow): ScoredRow & { readonly id: number } {
    const startedAtMs = performance.now();
    const one = this.#scorer.push(row);
    const id = this.monitor.add(one, row.time, (performance.now() - startedAtMs) * 1000);
    if (one.scored.alarm && this.#post !== undefined && !Number.isNaN(row.time)) {
      if (this.#gate.passes(row)) {
        const given = this.#give(row, one.scored).finally(() => this.#given.delete(given));
        this.#given.add(given);
      } else this.monitor.heldBack++;
    }
    return { id, ...one.scored };
  }

  toState(): LiveState {
    return { scorer: this.#scorer.toState(), alerted: this.#gate.toState() };
  }

  /** Resolves when every alert on its way has arrived or failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#given);
  }

  /** An alert that the service does not take is counted and said; scoring goes on. */
  async #give(row: LogRow, scored: ScoredRow): Promise<void> {
    try {
      const answer = await fetch(`${this.#post}/predict`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#key === undefined ? {} : { 'x-functions-key': this.#key }),
        },
        body: JSON.stringify(alertOfAlarm(row, scored)),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      this.monitor.posted++;
    } catch (error) {
      this.monitor.postFailures++;
      console.error(`An alert was not taken by ${this.#post}: ${(error as Error).message}.`);
    }
  }
}

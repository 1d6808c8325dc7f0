import { quantiles } from '../../trees/metrics/quantile.ts';
import { type LogDrift, logDrift } from '../log-drift.ts';
import type { LogManifest } from '../log-package.ts';
import type { LiveRow } from './live-scorer.ts';

/** Rows that latency and drift are told by, and whose alarms feedback can judge. */
const MAX_RECENT = 2_000;
const DAY_MS = 86_400_000;
/** Rows below which drift says nothing. */
const LEAST_ROWS = 200;

export interface LiveFigures {
  readonly rows: number;
  readonly alarms: number;
  /** By the times of the rows; null before two of them differ. */
  readonly alarms_per_day: number | null;
  /** Share of lines that could not be read, 0-1. */
  readonly unreadable_share: number;
  readonly latency_us: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly drift: LogDrift | null;
  /** What people said of rows: attacks that alarmed and did not, alarms that were none. */
  readonly feedback: { readonly found: number; readonly missed: number; readonly false_alarms: number };
  readonly posted: number;
  readonly held_back: number;
  readonly post_failures: number;
}

/** Counts what live scoring does. */
export class LiveMonitor {
  readonly #training: LogManifest['training'];
  readonly #columns: Float32Array[] = [];
  readonly #latencyUs: number[] = [];
  readonly #alarmOf = new Map<number, boolean>();
  readonly #feedback = { found: 0, missed: 0, false_alarms: 0 };
  #rows = 0;
  #alarms = 0;
  #unreadable = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  posted = 0;
  heldBack = 0;
  postFailures = 0;

  constructor(training: LogManifest['training']) {
    this.#training = training;
  }

  /** @returns the id by which feedback names the row */
  add({ scored, columns }: LiveRow, timeMs: number, tookUs: number): number {
    const id = ++this.#rows;
    if (scored.alarm) this.#alarms++;
    if (!Number.isNaN(timeMs)) {
      this.#first = Math.min(this.#first, timeMs);
      this.#last = Math.max(this.#last, timeMs);
    }
    const slot = id % MAX_RECENT;
    this.#columns[slot] = columns;
    this.#latencyUs[slot] = tookUs;
    this.#alarmOf.set(id, scored.alarm);
    this.#alarmOf.delete(id - 50 * MAX_RECENT);
    return id;
  }

  unreadable(): void {
    this.#unreadable++;
  }

  /** @returns false where the row is not known, or no longer */
  judge(id: number, isAttack: boolean): boolean {
    const alarm = this.#alarmOf.get(id);
    if (alarm === undefined) return false;
    if (isAttack) this.#feedback[alarm ? 'found' : 'missed']++;
    else if (alarm) this.#feedback.false_alarms++;
    return true;
  }

  figures(): LiveFigures {
    const lines = this.#rows + this.#unreadable;
    const days = (this.#last - this.#first) / DAY_MS;
    const latency = Object.values(this.#latencyUs);
    const [p50 = 0, p95 = 0, p99 = 0] = latency.length > 0 ? quantiles(latency, [0.5, 0.95, 0.99]) : [];
    const recent = Object.values(this.#columns);
    return {
      rows: this.#rows,
      alarms: this.#alarms,
      alarms_per_day: days > 0 ? this.#alarms / days : null,
      unreadable_share: lines === 0 ? 0 : this.#unreadable / lines,
      latency_us: latency.length > 0 ? { p50, p95, p99 } : null,
      drift:
        recent.length < LEAST_ROWS
          ? null
          : logDrift(this.#training, (f) => Float64Array.from(recent, (row) => row[f] as number)),
      feedback: { ...this.#feedback },
      posted: this.posted,
      held_back: this.heldBack,
      post_failures: this.postFailures,
    };
  }
}

/** The figures in the text form of Prometheus. */
export function prometheusText(figures: LiveFigures): string {
  const { latency_us: us, drift, feedback } = figures;
  const lines: string[] = [];
  const put = (
    name: string,
    kind: 'counter' | 'gauge',
    help: string,
    values: readonly (readonly [string, number])[],
  ) => {
    lines.push(`# HELP alertforest_${name} ${help}`, `# TYPE alertforest_${name} ${kind}`);
    for (const [labels, value] of values) lines.push(`alertforest_${name}${labels} ${value}`);
  };
  put('log_rows_total', 'counter', 'Rows scored.', [['', figures.rows]]);
  put('log_alarms_total', 'counter', 'Rows that alarmed.', [['', figures.alarms]]);
  if (figures.alarms_per_day !== null)
    put('log_alarms_per_day', 'gauge', 'Alarms a day by the times of the rows.', [
      ['', figures.alarms_per_day],
    ]);
  put('log_unreadable_share', 'gauge', 'Share of lines that could not be read, 0-1.', [
    ['', figures.unreadable_share],
  ]);
  if (us !== null)
    put('log_latency_microseconds', 'gauge', 'Time of one row, over the last 2,000.', [
      ['{quantile="0.5"}', us.p50],
      ['{quantile="0.95"}', us.p95],
      ['{quantile="0.99"}', us.p99],
    ]);
  if (drift !== null)
    put('log_columns_shifted', 'gauge', 'Columns of the last 2,000 rows unlike those learned from.', [
      ['', drift.shifted],
    ]);
  put('log_feedback_total', 'counter', 'What people said of rows.', [
    ['{outcome="found"}', feedback.found],
    ['{outcome="missed"}', feedback.missed],
    ['{outcome="false_alarm"}', feedback.false_alarms],
  ]);
  put('log_alerts_posted_total', 'counter', 'Alerts given to the service.', [['', figures.posted]]);
  put('log_alerts_held_back_total', 'counter', 'Alarms within ten minutes of an alert of the same source.', [
    ['', figures.held_back],
  ]);
  put('log_alert_post_failures_total', 'counter', 'Alerts that the service did not take.', [
    ['', figures.post_failures],
  ]);
  return `${lines.join('\n')}\n`;
}

import { type Alert, SEVERITIES, type Severity } from '../alert/alert.ts';
import { AlertforestError } from '../errors.ts';
import { WorkSlices } from '../reading/work-slices.ts';
import { genericAlert } from './dialects/generic/generic-alert.ts';
import { EXPECTED_FIELDS, type MappingReport } from './draft/mapping-report.ts';
import { normalizeAlert } from './normalize.ts';

export interface QualityOptions {
  /** Milliseconds since 1970: what counts as the future. Without it nothing does. */
  readonly receivedAtMs?: number;
  /** The customer the caller named; fills what the records lack. */
  readonly tenant?: string;
}

/** Data quality over many alerts. Shares are 0-1 of the alerts that could be read, unless stated otherwise. */
export interface QualityReport {
  /** Payloads looked at. */
  readonly total: number;
  readonly read: number;
  readonly rejected: number;
  /** Of those read: understood and no alert, such as notices that one is resolved. They enter nothing below. */
  readonly skipped: number;
  /** Share of all payloads that a vendor's dialect or our own form read, 0-1. */
  readonly recognised_share: number;
  readonly dialects: Readonly<Record<string, { readonly count: number; readonly completeness: number }>>;
  readonly sources: Readonly<Record<string, number>>;
  readonly severities: Readonly<Record<Severity, number>>;
  /** Expected field -> alerts without it. */
  readonly missing: Readonly<Record<string, number>>;
  /** What was there and could not be used as it was. */
  readonly out_of_range: {
    readonly unknown_severity: number;
    readonly unreadable_time: number;
    readonly substituted_time: number;
    readonly score_above_100: number;
  };
  readonly duplicates: {
    /** Alerts whose tenant, source and id an earlier alert had. */
    readonly repeated: number;
    /** Of these, how many were not the same as the first. */
    readonly changed: number;
    /** Alerts that got a fingerprint since the vendor gives no id. */
    readonly without_id: number;
  };
  readonly clock_skew: {
    /** Alerts said to have happened more than five minutes after they were received. */
    readonly in_future: number;
    /** Alerts created before they happened. */
    readonly created_before_occurred: number;
    /** Seconds between happening and creation, over the alerts that state both; null where none does. */
    readonly delay_seconds: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  };
  readonly completeness: {
    readonly mean: number;
    /** Counts of alerts with completeness in [0, 0.25), [0.25, 0.5), [0.5, 0.75), [0.75, 1), 1. */
    readonly histogram: readonly number[];
  };
  /** The most frequent warnings, values left out. */
  readonly warnings: readonly { readonly warning: string; readonly count: number }[];
  /** The first rejected payloads. */
  readonly errors: readonly { readonly index: number; readonly message: string }[];
}

const FUTURE_MS = 5 * 60_000;
const MAX_ERRORS = 20;
const MAX_WARNINGS = 20;
const MAX_DISTINCT_WARNINGS = 2000;

/** Reads every payload (single alerts, envelopes opened) and counts what is wrong with them. */
export function qualityReport(payloads: Iterable<unknown>, options: QualityOptions = {}): QualityReport {
  const tally = new QualityTally(options);
  for (const payload of payloads) tally.add(payload);
  return tally.report();
}

/** Work of reading one alert, as bytes: what a slice of the event loop is measured in. */
const ALERT_UNITS = 4_096;

/** As {@link qualityReport}, with other work let in between slices of the alerts. */
export async function qualityReportInSlices(
  payloads: Iterable<unknown>,
  options: QualityOptions = {},
  slices: WorkSlices = new WorkSlices(),
): Promise<QualityReport> {
  const tally = new QualityTally(options);
  for (const payload of payloads) {
    tally.add(payload);
    await slices.spend(ALERT_UNITS);
  }
  return tally.report();
}

class QualityTally {
  readonly #options: QualityOptions;
  #total = 0;
  #read = 0;
  #skipped = 0;
  #recognised = 0;
  #completenessSum = 0;
  readonly #histogram = [0, 0, 0, 0, 0];
  readonly #dialects = new Map<string, { count: number; sum: number }>();
  readonly #sources = new Map<string, number>();
  readonly #severities = new Map<Severity, number>();
  readonly #missing = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  readonly #seen = new Map<string, string>();
  readonly #delaysSeconds: number[] = [];
  readonly #errors: { index: number; message: string }[] = [];
  #repeated = 0;
  #changed = 0;
  #inFuture = 0;
  #createdFirst = 0;

  constructor(options: QualityOptions) {
    this.#options = options;
  }

  add(payload: unknown): void {
    const index = this.#total++;
    try {
      const { tenant } = this.#options;
      const { alert, report, skipped } = normalizeAlert(payload, tenant === undefined ? {} : { tenant });
      if (skipped !== undefined) {
        this.#read++;
        this.#skipped++;
        return;
      }
      this.#addReport(report);
      this.#addAlert(alert, report);
    } catch (error) {
      if (!(error instanceof AlertforestError)) throw error;
      if (this.#errors.length < MAX_ERRORS) this.#errors.push({ index, message: error.message });
    }
  }

  #addReport(report: MappingReport): void {
    this.#read++;
    if (report.dialect !== genericAlert.name) this.#recognised++;
    const dialect = this.#dialects.get(report.dialect) ?? { count: 0, sum: 0 };
    dialect.count++;
    dialect.sum += report.completeness;
    this.#dialects.set(report.dialect, dialect);
    this.#completenessSum += report.completeness;
    const bin = Math.floor(report.completeness * 4);
    this.#histogram[bin] = (this.#histogram[bin] as number) + 1;
    for (const field of report.missing) count(this.#missing, field);
    for (const warning of report.warnings) {
      const kind = warning.replace(/`[^`]*`|"[^"]*"|[\d.]+/g, '…');
      if (this.#warnings.has(kind) || this.#warnings.size < MAX_DISTINCT_WARNINGS)
        count(this.#warnings, kind);
    }
  }

  #addAlert(alert: Alert, report: MappingReport): void {
    count(this.#sources, alert.source);
    count(this.#severities, alert.severity);
    const key = JSON.stringify([alert.tenant ?? '', alert.source, alert.id]);
    const content = JSON.stringify([alert.title, alert.severity, alert.occurred_at, alert.entities.length]);
    const first = this.#seen.get(key);
    if (first === undefined) this.#seen.set(key, content);
    else {
      this.#repeated++;
      if (first !== content) this.#changed++;
    }
    if (report.fields['occurred_at'] === undefined) return;
    const occurredAtMs = Date.parse(alert.occurred_at);
    const { receivedAtMs } = this.#options;
    if (receivedAtMs !== undefined && occurredAtMs > receivedAtMs + FUTURE_MS) this.#inFuture++;
    if (alert.created_at === undefined) return;
    const delayMs = Date.parse(alert.created_at) - occurredAtMs;
    if (delayMs < 0) this.#createdFirst++;
    this.#delaysSeconds.push(delayMs / 1000);
  }

  report(): QualityReport {
    const read = this.#read;
    return {
      total: this.#total,
      read,
      rejected: this.#total - read,
      skipped: this.#skipped,
      recognised_share: this.#total === 0 ? 0 : this.#recognised / this.#total,
      dialects: Object.fromEntries(
        [...this.#dialects].map(([name, { count, sum }]) => [name, { count, completeness: sum / count }]),
      ),
      sources: Object.fromEntries(this.#sources),
      severities: Object.fromEntries(
        SEVERITIES.map((severity) => [severity, this.#severities.get(severity) ?? 0]),
      ) as Record<Severity, number>,
      missing: Object.fromEntries(EXPECTED_FIELDS.map((field) => [field, this.#missing.get(field) ?? 0])),
      out_of_range: {
        unknown_severity: this.#warningsWith('Expected a known severity'),
        unreadable_time: this.#warningsWith('Expected a time'),
        substituted_time: this.#warningsWith('The payload has no time'),
        score_above_100: this.#warningsWith('cut to'),
      },
      duplicates: {
        repeated: this.#repeated,
        changed: this.#changed,
        without_id: this.#missing.get('id') ?? 0,
      },
      clock_skew: {
        in_future: this.#inFuture,
        created_before_occurred: this.#createdFirst,
        delay_seconds: delays(this.#delaysSeconds),
      },
      completeness: { mean: read === 0 ? 0 : this.#completenessSum / read, histogram: this.#histogram },
      warnings: [...this.#warnings]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, MAX_WARNINGS)
        .map(([warning, count]) => ({ warning, count })),
      errors: this.#errors,
    };
  }

  #warningsWith(part: string): number {
    let sum = 0;
    for (const [warning, count] of this.#warnings) if (warning.includes(part)) sum += count;
    return sum;
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function delays(seconds: readonly number[]): { p50: number; p95: number; max: number } | null {
  if (seconds.length === 0) return null;
  const sorted = Float64Array.from(seconds).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

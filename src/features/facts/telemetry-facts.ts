import type { Alert } from '../../alert/alert.ts';

/** Each measured amount with its label in words and its unit; negative ones are not known. */
export const AMOUNTS = [
  ['bytes_sent', 'bytes sent', ''],
  ['bytes_recv', 'bytes received', ''],
  ['duration_ms', 'the duration', ' ms'],
  ['packets_sent', 'packets sent', ''],
  ['packets_recv', 'packets received', ''],
  ['failed_logins', 'the number of failed logins', ''],
  ['unique_ports', 'the number of distinct ports', ''],
  ['payload_size', 'the payload size', ' bytes'],
  ['event_count', 'the number of events', ''],
] as const;

/** Measured as they stand. */
export const GIVEN = [
  ['status_code', 'the status code'],
  ['alert_triggered', 'the sensor flag'],
] as const;

const NAMES = [...AMOUNTS, ...GIVEN].map(([name]) => name);
type Measured = (typeof NAMES)[number];

/** Largest measurement told apart; beyond it float32 would know only infinity. */
export const MAX_MEASUREMENT = 3e38;

export class TelemetryFacts {
  /** Values >= 0, NaN where absent or negative. */
  readonly of = Object.fromEntries(NAMES.map((name) => [name, Number.NaN])) as Record<Measured, number>;
  nKnown = 0;

  read(telemetry: Alert['telemetry'] = {}): void {
    this.nKnown = 0;
    for (const name of NAMES) {
      const value = telemetry[name];
      const isKnown = value !== undefined && value >= 0;
      if (isKnown) this.nKnown++;
      this.of[name] = isKnown ? Math.min(value, MAX_MEASUREMENT) : Number.NaN;
    }
  }
}

import { createHash } from 'node:crypto';
import type { Alert, Entity } from '../../alert/alert.ts';
import type { LogRow } from '../formats/log-row.ts';
import { LOG_SOURCE } from '../lab/log-alert.ts';
import { isoTime } from '../reading-tally.ts';
import type { ScoredRow } from '../score-logs.ts';
import { PLAIN_DETECTORS } from '../study/plain-detectors.ts';

/** One alert of a source in so much time: a scan is one thing to look at and not a thousand. */
export const ALERT_EVERY_MS = 600_000;

const ROLES: readonly (readonly [column: string, kind: Entity['kind'], role: Entity['role']])[] = [
  ['source.ip', 'ip', 'related'],
  ['source.address', 'domain', 'related'],
  ['destination.ip', 'ip', 'impacted'],
  ['user.name', 'user', 'related'],
  ['host.name', 'host', 'impacted'],
];

/** Who did what a row tells of: one alert of a source stands for what it did in {@link ALERT_EVERY_MS}. */
export const SOURCE_COLUMNS = ['source.ip', 'source.address', 'user.name'] as const;

const sourceOf = ({ values }: LogRow): string | number | undefined =>
  SOURCE_COLUMNS.map((column) => values[column]).find((value) => value !== undefined);

/** Id of the alert of a row: the same row has the same id in every run. */
export function alarmId({ time, values }: LogRow): string {
  const named = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([time, named]))
    .digest('hex')
    .slice(0, 32);
}

/** An alarm as the alert that the service scores: who, where, when, and the columns that decided. */
export function alertOfAlarm(row: LogRow, scored: ScoredRow): Alert {
  const entities = ROLES.flatMap(([column, kind, role]): Entity[] => {
    const value = row.values[column];
    return typeof value === 'string' && value !== '' ? [{ kind, value, role }] : [];
  });
  const why = scored.detector === null ? `most like ${scored.kind}` : PLAIN_DETECTORS[scored.detector];
  const telemetry: Record<string, number> = { attack_probability: scored.score };
  for (const { column, value } of scored.top) if (value !== null) telemetry[column.slice(0, 64)] = value;
  return {
    id: alarmId(row),
    title: `Unusual events of ${sourceOf(row) ?? 'unknown'}: ${why}`,
    rule_id: scored.detector ?? `kind:${scored.kind}`,
    source: LOG_SOURCE,
    severity: 'unknown',
    occurred_at: isoTime(row.time),
    ...(scored.kind === null ? {} : { category: scored.kind }),
    tactics: [],
    techniques: [],
    entities,
    telemetry,
  };
}

/** Lets one alert of a source pass in {@link ALERT_EVERY_MS}, by the times of the rows. */
export class AlertGate {
  readonly #last: Map<string, number>;

  /** @param last when each source last had one, by an earlier gate */
  constructor(last: ReadonlyMap<string, number> = new Map()) {
    this.#last = new Map(last);
  }

  toState(): ReadonlyMap<string, number> {
    return this.#last;
  }

  passes(row: LogRow): boolean {
    const source = String(sourceOf(row) ?? '');
    const before = this.#last.get(source);
    if (before !== undefined && Math.abs(row.time - before) < ALERT_EVERY_MS) return false;
    this.#last.delete(source);
    this.#last.set(source, row.time);
    if (this.#last.size > MAX_SOURCES) this.#last.delete(this.#last.keys().next().value as string);
    return true;
  }
}

const MAX_SOURCES = 100_000;

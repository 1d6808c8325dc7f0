import { createHash } from 'node:crypto';
import type { Alert, Entity } from '../../alert/alert.ts';
import type { CleanLog } from './log-cleaning.ts';
import { NUMERIC_COLUMNS } from './raw-log.ts';

/** Product name that alerts made from raw logs carry. */
export const LOG_SOURCE = 'raw_log';

/**
 * A canonical alert with telemetry from one cleaned log row; from here on it is an alert like any other. The label
 * never takes part. Missing values leave their telemetry name out. The id is a hash of the row, so the same row gets
 * the same id in every run.
 */
export function alertOfLog(log: CleanLog): Alert {
  const telemetry: Record<string, number> = {};
  for (const column of NUMERIC_COLUMNS) {
    const value = log.numbers[column];
    if (!Number.isNaN(value)) telemetry[column] = value;
  }
  if (!Number.isNaN(log.alertTriggered)) telemetry['alert_triggered'] = log.alertTriggered;
  const entities: Entity[] = [
    ...(log.srcIp ? [{ kind: 'ip', value: log.srcIp, role: 'related' } as const] : []),
    ...(log.dstIp ? [{ kind: 'ip', value: log.dstIp, role: 'impacted' } as const] : []),
  ];
  const { label: _label, line: _line, ...identity } = log;
  const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  return {
    id,
    title: `${log.protocol ?? 'unknown protocol'} traffic by ${log.userAgent ?? 'unknown agent'}`,
    source: LOG_SOURCE,
    severity: 'unknown',
    occurred_at: log.timestamp,
    ...(log.protocol ? { category: log.protocol } : {}),
    tactics: [],
    techniques: [],
    entities,
    telemetry,
  };
}

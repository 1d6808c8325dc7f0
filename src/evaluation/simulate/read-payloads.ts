import { AlertforestError, hasCode } from '../../errors.ts';
import { ruleIdentity } from '../../features/record-keys.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { payloadsOf } from '../../logs/payload-file.ts';
import { labelledLine } from '../readers/labelled-line.ts';
import type { StreamAlert } from './alert-stream.ts';

export interface PayloadCounts {
  alerts: number;
  skipped: number;
}

/**
 * Alerts of a file in any format that the service reads, lines of evaluation sets with their word on the alert too. What
 * is no alert or cannot be read is counted and passed over.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or holds no alert
 */
export async function* readPayloads(path: string, counts: PayloadCounts): AsyncGenerator<StreamAlert> {
  let index = 0;
  for await (const item of payloadsOf(path)) {
    if ('problem' in item) {
      index++;
      counts.skipped++;
      continue;
    }
    for (const payload of unwrapEnvelope(labelledLine(item.payload)?.alert ?? item.payload)) {
      const own = index++;
      try {
        // without its own time an alert stands at the beginning of all time
        const { alert, opened, record, report, skipped } = normalizeAlert(payload, {
          receivedAt: '1970-01-01T00:00:00.000Z',
        });
        if (skipped !== undefined) {
          counts.skipped++;
          continue;
        }
        counts.alerts++;
        yield {
          index: own,
          atS: Date.parse(alert.occurred_at) / 1000,
          rule: ruleIdentity(alert),
          host: alert.entities.find(({ kind }) => kind === 'host')?.value ?? '',
          label: undefined,
          alert: () => alert,
          aliases: record.aliases,
          payload: opened,
          isTimeOfReceipt: report.fields['occurred_at'] === undefined,
        };
      } catch (error) {
        if (!hasCode(error, 'ALERT_INVALID')) throw error;
        counts.skipped++;
      }
    }
  }
  if (counts.alerts === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected alerts, ${path} holds none.`);
}

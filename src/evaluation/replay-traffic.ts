import { writeTenantAlerts } from '../features/alert-feature-extractor.ts';
import { TenantTraffic } from '../triage/tenant-traffic.ts';
import type { EvaluationSet } from './evaluation-set.ts';

/**
 * Plays the sets as one stream in the order of time and writes into each row how busy its tenant was before it, as
 * the service would have counted. Labels take no part: alerts are counted whoever judges them, and when.
 */
export function replayTraffic(sets: readonly EvaluationSet[]): void {
  const stream = sets.flatMap(({ rows, tenants }) =>
    tenants.map((tenant, row) => ({ rows, row, tenant, atMs: rows.occurredAtMs[row]! })),
  );
  stream.sort((a, b) => a.atMs - b.atMs);
  const first = stream[0];
  if (first === undefined) return;
  const traffic = new TenantTraffic(first.atMs);
  for (const { rows, row, tenant, atMs } of stream) {
    const nColumns = rows.columnNames.length;
    const columns = rows.X.subarray(row * nColumns, (row + 1) * nColumns);
    writeTenantAlerts(traffic.alertsOf(tenant, atMs), columns);
    traffic.note(tenant, atMs);
  }
}

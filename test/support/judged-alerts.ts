import { createHash } from 'node:crypto';
import { alertGroup, alertKey, DISPOSITIONS } from '../../src/alert/alert.ts';
import type { Vote } from '../../src/alert/judgement.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';

const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** A snapshot as scoring would leave it, with a missing value among its columns. */
export function snapshotOf(id: string, overrides: Partial<AlertSnapshot> = {}): AlertSnapshot {
  const identity = { id, source: overrides.source ?? 'sentinel', tenant: overrides.tenant };
  return {
    alertKey: alertKey(identity),
    alertId: id,
    tenant: identity.tenant,
    source: identity.source,
    group: alertGroup({ ...identity, incident_id: undefined }),
    occurredAt: '2026-03-01T08:00:00.000Z',
    severity: 'high',
    ruleKey: hex('rule', 16),
    catalogId: hex('catalog', 12),
    columns: Float32Array.from({ length: 90 }, (_, i) => (i % 7 === 3 ? Number.NaN : Math.fround(i / 7))),
    recordKeys: [hex(id, 16), '', hex('tenant', 16)],
    ...overrides,
  };
}

/** The `nth` minute of a day, so that votes can be ordered. */
export const minute = (nth: number): string => new Date(Date.UTC(2026, 2, 1, 9, nth)).toISOString();

export function voteOf(
  analyst: string,
  disposition: number | Vote['disposition'],
  more: Partial<Vote> = {},
): Vote {
  return {
    analyst,
    disposition:
      typeof disposition === 'number' ? (DISPOSITIONS[disposition % 4] as Vote['disposition']) : disposition,
    at: minute(0),
    verified: false,
    ...more,
  };
}

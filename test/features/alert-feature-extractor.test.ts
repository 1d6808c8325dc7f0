import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { extractStateless, snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { CATALOG_ID, STATELESS_NAMES, statelessColumn } from '../../src/features/feature-catalog.ts';
import { fc } from '../support/fast-check.ts';
import { alertArbitrary, anAlert } from './alerts.ts';

const valueAt = (columns: Float32Array, name: string): number => columns[statelessColumn(name)]!;
const extract = (changes: Parameters<typeof anAlert>[0] = {}) => {
  const columns = extractStateless(anAlert(changes), EMPTY_CONTEXT);
  return (name: string): number => valueAt(columns, name);
};

describe('extractStateless', () => {
  it('reads severity, scores and tactics', () => {
    const value = extract();
    expect(value('severity')).toBe(3);
    expect(value('vendor_score')).toBe(70);
    expect(value('tactic_execution')).toBe(1);
    expect(value('tactic_impact')).toBe(0);
    expect(value('tactic_count')).toBe(2);
    expect(value('kill_chain_stage')).toBe(12);
    expect(value('technique_count')).toBe(2);
    expect(value('subtechnique_count')).toBe(1);
    expect(value('report_delay_log1p')).toBeCloseTo(Math.log(61), 5);
  });

  it('leaves what is not there missing', () => {
    const value = extract({
      severity: 'unknown',
      vendor_score: undefined,
      tactics: [],
      telemetry: undefined,
      created_at: undefined,
    });
    for (const name of [
      'severity',
      'vendor_score',
      'kill_chain_stage',
      'report_delay_log1p',
      'bytes_sent_log1p',
      'byte_ratio_log1p',
      'night_failed_logins_log1p',
      'intel_hits',
      'rarity',
    ]) {
      expect(value(name), name).toBeNaN();
    }
    expect(value('telemetry_count')).toBe(0);
  });

  it('takes hour and day in UTC from the time of the alert, whatever offset it is written with', () => {
    const utc = extract({ occurred_at: '2026-03-07T23:15:30.000Z' });
    const shifted = extract({ occurred_at: '2026-03-08T04:45:30.000+05:30' });
    for (const value of [utc, shifted]) {
      expect(value('hour')).toBe(23);
      expect(value('weekday')).toBe(5);
      expect(value('is_night')).toBe(1);
      expect(value('is_weekend')).toBe(1);
    }
    const before1970 = extract({ occurred_at: '1969-12-31T05:00:00.000Z' });
    expect(before1970('hour')).toBe(5);
    expect(before1970('weekday')).toBe(2);
  });

  it('counts entities by kind, scope and role', () => {
    const value = extract();
    expect(value('host_count')).toBe(1);
    expect(value('ip_count')).toBe(2);
    expect(value('entity_count_v2')).toBe(4);
    expect(value('entity_kind_count_v2')).toBe(3);
    expect(value('public_ip_count')).toBe(1);
    expect(value('private_ip_count')).toBe(1);
    expect(value('asset_count_v2')).toBe(2);
    expect(value('indicator_count')).toBe(1);
    expect(value('attacker_count')).toBe(1);
    expect(value('impacted_count_v2')).toBe(1);
  });

  it('derives ratios, rates and the night interaction', () => {
    const value = extract();
    expect(value('byte_ratio_log1p')).toBeCloseTo(Math.log1p(9), 5);
    expect(value('packets_per_second_log1p')).toBeCloseTo(Math.log1p(5), 5);
    expect(value('bytes_per_packet_log1p')).toBeCloseTo(Math.log1p(900), 5);
    expect(value('night_failed_logins_log1p')).toBeCloseTo(Math.log1p(4), 5);
    expect(extract({ occurred_at: '2026-03-07T12:00:00.000Z' })('night_failed_logins_log1p')).toBe(0);
  });

  it('takes negative and rateless measurements for missing', () => {
    const value = extract({ telemetry: { duration_ms: -1, bytes_sent: 5, packets_sent: 0 } });
    expect(value('duration_ms_log1p')).toBeNaN();
    expect(value('packets_per_second_log1p')).toBeNaN();
    expect(value('bytes_per_packet_log1p')).toBeNaN();
    expect(extract({ telemetry: { duration_ms: 0, packets_sent: 4 } })('packets_per_second_log1p')).toBeNaN();
  });

  it('compares words without case and takes long numbers for one word', () => {
    const tokens = (title: string): number[] => {
      const columns = extractStateless(anAlert({ title, rule_name: undefined }), EMPTY_CONTEXT);
      return Array.from({ length: 16 }, (_, bucket) => valueAt(columns, `token_${bucket}`));
    };
    expect(tokens('POWERSHELL download')).toEqual(tokens('download, PowerShell!'));
    expect(tokens('case 1234567')).toEqual(tokens('case 7654321'));
    expect(tokens('event 4625')).not.toEqual(tokens('event 4688'));
    expect(tokens('one two three').reduce((sum, n) => sum + n, 0)).toBe(3);
  });

  it('passes the context on', () => {
    const columns = extractStateless(anAlert(), {
      ...EMPTY_CONTEXT,
      intelHits: 3,
      intelConfidence: 80,
      relatedAlerts: 9,
      ruleFrequency: 0.25,
      tenantAlerts: 5,
      rarity: 0.5,
    });
    expect(valueAt(columns, 'intel_hits')).toBe(3);
    expect(valueAt(columns, 'intel_confidence')).toBe(80);
    expect(valueAt(columns, 'related_alerts_log1p')).toBeCloseTo(Math.log(10), 5);
    expect(valueAt(columns, 'rule_frequency')).toBe(0.25);
    expect(valueAt(columns, 'rarity')).toBe(0.5);
    expect(valueAt(columns, 'tenant_alerts_log1p')).toBeCloseTo(Math.log(6), 5);
  });

  it('gives the same bits for the same alert, into a fresh or a used buffer, and never an infinity', () => {
    const used = new Float32Array(STATELESS_NAMES.length).fill(7);
    fc.assert(
      fc.property(alertArbitrary, (alert) => {
        const columns = extractStateless(alert, EMPTY_CONTEXT);
        expect(extractStateless(alert, EMPTY_CONTEXT, used)).toEqual(columns);
        expect(columns).toHaveLength(STATELESS_NAMES.length);
        for (const value of columns) expect(Number.isNaN(value) || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('does not look at id, incident, raw and unknown measurements', () => {
    const plain = extractStateless(anAlert(), EMPTY_CONTEXT);
    const other = extractStateless(
      anAlert({
        id: 'other',
        incident_id: 'inc-7',
        raw: { classification: 'TruePositive' },
        telemetry: { ...anAlert().telemetry, analyst_verdict: 1 },
      }),
      EMPTY_CONTEXT,
    );
    expect(other).toEqual(plain);
  });
});

describe('snapshotOf', () => {
  it('keeps identity, columns and hashes, and no content', () => {
    const alert = anAlert({ incident_id: 'inc-1' });
    const snapshot = snapshotOf(alert, EMPTY_CONTEXT);
    expect(snapshot.catalogId).toBe(CATALOG_ID);
    expect(snapshot.columns).toEqual(extractStateless(alert, EMPTY_CONTEXT));
    expect(snapshot.ruleKey).toMatch(/^[0-9a-f]{16}$/);
    const kept = JSON.stringify(snapshot);
    for (const content of ['PowerShell', 'alice', 'ws-12', '93.184.216.34'])
      expect(kept).not.toContain(content);
  });
});

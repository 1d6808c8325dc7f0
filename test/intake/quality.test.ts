import { describe, expect, it } from 'vitest';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { qualityReport } from '../../src/intake/quality.ts';
import { samplePayloads } from './sample-payloads.ts';

const suricata = (fields: object) => ({
  event_type: 'alert',
  flow_id: 1,
  timestamp: '2025-01-01T00:00:00Z',
  src_ip: '192.0.2.1',
  dest_ip: '10.0.0.1',
  alert: { signature_id: 1, signature: 'S', severity: 1, category: 'C' },
  ...fields,
});

describe('qualityReport', () => {
  it('counts dialects, missing fields, duplicates, rejected payloads and skew', () => {
    const report = qualityReport(
      [
        suricata({}),
        suricata({}),
        suricata({ dest_ip: '10.0.0.2', src_ip: undefined }),
        {
          id: 'g',
          title: 'T',
          severity: 'mauve',
          time: '2030-01-01T00:00:00Z',
          created_at: '2029-12-31T23:00:00Z',
        },
        { nothing: true },
        'text',
      ],
      { receivedAtMs: Date.UTC(2025, 0, 2) },
    );
    expect(report).toMatchObject({
      total: 6,
      read: 4,
      rejected: 2,
      recognised_share: 0.5,
      dialects: { suricata_eve: { count: 3, completeness: 6 / 7 }, generic: { count: 1 } },
      severities: { high: 3, unknown: 1 },
      duplicates: { repeated: 2, changed: 1, without_id: 0 },
      clock_skew: { in_future: 1, created_before_occurred: 1, delay_seconds: { p50: -3600, max: -3600 } },
    });
    expect(report.missing['tactics']).toBe(4);
    expect(report.errors.map(({ index }) => index)).toEqual([4, 5]);
    expect(report.completeness.histogram.reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('says what could not be used as it was', () => {
    const report = qualityReport([
      { SystemAlertId: '1', AlertName: 'A', AlertSeverity: 'mauve', TimeGenerated: 'soon' },
      { index: 'notable', search_name: 'S', risk_score: '1480', _time: '2025-01-01T00:00:00Z' },
    ]);
    expect(report.out_of_range).toEqual({
      unknown_severity: 1,
      unreadable_time: 2,
      substituted_time: 1,
      score_above_100: 1,
    });
    expect(report.warnings.length).toBeGreaterThan(2);
  });

  it('is empty over nothing', () => {
    expect(qualityReport([])).toMatchObject({
      total: 0,
      read: 0,
      recognised_share: 0,
      clock_skew: { delay_seconds: null },
    });
  });

  it('recognises nearly all of the samples', () => {
    const report = qualityReport(samplePayloads().flatMap(({ payload }) => unwrapEnvelope(payload)));
    expect(report.rejected).toBe(0);
    expect(report.recognised_share).toBeGreaterThan(0.99);
  });
});

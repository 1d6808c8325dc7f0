import { describe, expect, it } from 'vitest';
import { alertSchema, DISPOSITIONS, SEVERITIES } from '../../src/alert/alert.ts';
import { generateSyntheticAlerts, judge } from '../../src/training/synthetic/synthetic-alerts.ts';
import { alertArbitrary } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';

const alerts = generateSyntheticAlerts(2000, 20_260_101);

describe('generateSyntheticAlerts', () => {
  it('gives the same alerts for the same seed and others for another', () => {
    expect(generateSyntheticAlerts(50, 20_260_101)).toEqual(alerts.slice(0, 50));
    expect(generateSyntheticAlerts(50, 1)).not.toEqual(alerts.slice(0, 50));
    expect(generateSyntheticAlerts(0, 1)).toEqual([]);
    expect(() => generateSyntheticAlerts(-1, 1)).toThrow(/`n`/);
  });

  it('gives canonical alerts with distinct ids of several tenants, products, rules and incidents', () => {
    for (const { alert } of alerts) expect(alertSchema.parse(alert)).toEqual(alert);
    const distinct = (of: (alert: (typeof alerts)[number]['alert']) => unknown): number =>
      new Set(alerts.map(({ alert }) => of(alert))).size;
    expect(distinct((alert) => alert.id)).toBe(2000);
    expect(distinct((alert) => alert.tenant)).toBe(6);
    expect(distinct((alert) => alert.source)).toBe(6);
    expect(distinct((alert) => alert.rule_id)).toBeGreaterThanOrEqual(25);
    const grouped = alerts.filter(({ alert }) => alert.incident_id !== undefined);
    expect(grouped.length / alerts.length).toBeGreaterThan(0.25);
    expect(grouped.length / alerts.length).toBeLessThan(0.55);
  });

  it('meets all four dispositions and every severity at rates of a real queue', () => {
    const shareOf = (disposition: string): number =>
      alerts.filter((one) => one.disposition === disposition).length / alerts.length;
    expect(shareOf('true_positive')).toBeGreaterThan(0.14);
    expect(shareOf('true_positive')).toBeLessThan(0.27);
    expect(shareOf('suspicious')).toBeGreaterThan(0.1);
    expect(shareOf('suspicious')).toBeLessThan(0.22);
    expect(shareOf('benign') + shareOf('false_positive')).toBeGreaterThan(0.55);
    for (const disposition of DISPOSITIONS) expect(shareOf(disposition)).toBeGreaterThan(0.1);
    for (const severity of SEVERITIES) {
      expect(
        alerts.some(({ alert }) => alert.severity === severity),
        severity,
      ).toBe(true);
    }
  });

  it('leaves out scores, telemetry and entities as real products do', () => {
    const shareWithout = (isMissing: (alert: (typeof alerts)[number]['alert']) => boolean): number =>
      alerts.filter(({ alert }) => isMissing(alert)).length / alerts.length;
    expect(shareWithout((alert) => alert.vendor_score === undefined)).toBeGreaterThan(0.2);
    expect(shareWithout((alert) => alert.telemetry === undefined)).toBeGreaterThan(0.15);
    expect(shareWithout((alert) => alert.entities.length === 0)).toBeGreaterThan(0.04);
    expect(shareWithout((alert) => alert.vendor_score === undefined)).toBeLessThan(0.7);
  });

  it('gives true positives more risk than suspicious alerts, and those more than the rest', () => {
    const meanRisk = (disposition: string): number => {
      const risks = alerts.filter((one) => one.disposition === disposition).map((one) => one.riskScore);
      return risks.reduce((sum, risk) => sum + risk, 0) / risks.length;
    };
    expect(meanRisk('true_positive')).toBeGreaterThan(meanRisk('suspicious') + 20);
    expect(meanRisk('suspicious')).toBeGreaterThan(meanRisk('false_positive') + 20);
    for (const { riskScore } of alerts) {
      expect(riskScore).toBeGreaterThanOrEqual(0);
      expect(riskScore).toBeLessThanOrEqual(100);
    }
  });
});

describe('judge', () => {
  it('says of any alert what the generator said, whatever seed made it', () => {
    for (const { alert, disposition, riskScore } of generateSyntheticAlerts(500, 99)) {
      expect(judge(alert)).toEqual({ disposition, riskScore });
    }
  });

  it('gives the alerts of one incident one fate', () => {
    const byIncident = new Map<string, Set<string>>();
    for (const { alert, disposition } of alerts) {
      if (alert.incident_id === undefined) continue;
      const seen = byIncident.get(alert.incident_id) ?? new Set();
      byIncident.set(alert.incident_id, seen.add(disposition));
    }
    const single = [...byIncident.values()].filter((seen) => seen.size === 1).length;
    // four equal classes drawn on their own would agree in fewer than 30 % of the incidents
    expect(single / byIncident.size).toBeGreaterThan(0.4);
  });

  it('has an opinion on any canonical alert', () => {
    fc.assert(
      fc.property(alertArbitrary, (alert) => {
        const { disposition, riskScore } = judge(alert);
        expect(DISPOSITIONS).toContain(disposition);
        expect(riskScore).toBeGreaterThanOrEqual(0);
        expect(riskScore).toBeLessThanOrEqual(100);
        expect(judge(alert)).toEqual({ disposition, riskScore });
      }),
    );
  });
});

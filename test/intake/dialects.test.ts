import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { isObject, type JsonObject } from '../../src/intake/values/json-value.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

function singles(): JsonObject[] {
  const payloads = [...samplePayloads(), ...OWN_PAYLOADS].map(({ payload }) => payload);
  return payloads.flatMap((payload) => unwrapEnvelope(payload)).filter(isObject);
}

describe('dialects', () => {
  for (const { dialect, payload, alert } of OWN_PAYLOADS) {
    it(`reads a ${dialect} payload: ${alert.title ?? alert.id ?? alert.rule_id ?? alert.severity}`, () => {
      const read = normalizeAlert(payload);
      expect(read.report.dialect).toBe(dialect);
      expect(read.alert).toMatchObject(alert);
      expect(read.alert.raw).toBeUndefined();
    });
  }

  it('are each met by at least one payload, and each payload by one dialect only', () => {
    const met = new Set<string>();
    for (const payload of singles()) {
      const names = DIALECTS.filter((dialect) => dialect.recognise(payload)).map(({ name }) => name);
      expect(names.length, JSON.stringify(payload).slice(0, 200)).toBeLessThanOrEqual(1);
      for (const name of names) met.add(name);
    }
    expect([...met].sort()).toEqual(DIALECTS.map(({ name }) => name).sort());
  });

  it('give the same id again when an alert without one is delivered twice', () => {
    const { payload } = OWN_PAYLOADS.find(
      ({ dialect }) => dialect === 'falco',
    ) as (typeof OWN_PAYLOADS)[number];
    const first = normalizeAlert(payload, { receivedAt: '2025-01-01T00:00:00.000Z' });
    const second = normalizeAlert(payload, { receivedAt: '2025-02-02T00:00:00.000Z' });
    expect(first.alert.id).toMatch(/^[0-9a-f]{32}$/);
    expect(second.alert.id).toBe(first.alert.id);
  });

  it('say where each field was read from', () => {
    const { report } = normalizeAlert(OWN_PAYLOADS[0]?.payload);
    expect(report.fields).toMatchObject({
      id: 'id',
      title: 'rule.description',
      severity: 'rule.level',
      occurred_at: 'timestamp',
      entities: 'agent.name, agent.ip, data.srcip, data.srcuser',
    });
    expect(report.completeness).toBe(1);
    expect(report.missing).toEqual([]);
  });
});

import {
  type Alert,
  alertSchema,
  ENTITY_KINDS,
  ENTITY_ROLES,
  SEVERITIES,
  TELEMETRY_NAMES,
} from '../../src/alert/alert.ts';
import { TACTICS } from '../../src/alert/attack-tactics.ts';
import { fc } from '../support/fast-check.ts';

/** A complete alert; `changes` replace fields, `undefined` removes one. */
export function anAlert(changes: Partial<Record<keyof Alert, unknown>> = {}): Alert {
  return alertSchema.parse({
    id: 'a-1',
    title: 'Suspicious PowerShell download',
    rule_id: 'r-17',
    rule_name: 'PowerShell download',
    source: 'defender_xdr',
    tenant: 'harbour',
    severity: 'high',
    vendor_score: 70,
    occurred_at: '2026-03-07T23:15:30.000Z',
    created_at: '2026-03-07T23:16:30.000Z',
    category: 'Execution',
    tactics: ['TA0002', 'TA0011'],
    techniques: ['T1059.001', 'T1105'],
    entities: [
      { kind: 'host', value: 'ws-12', role: 'impacted' },
      { kind: 'user', value: 'alice' },
      { kind: 'ip', value: '10.1.2.3' },
      { kind: 'ip', value: '93.184.216.34', role: 'attacker' },
    ],
    telemetry: { bytes_sent: 9000, bytes_recv: 999, duration_ms: 2000, packets_sent: 10, failed_logins: 4 },
    ...changes,
  });
}

/** Any canonical alert. */
export const alertArbitrary: fc.Arbitrary<Alert> = fc
  .record(
    {
      id: fc.string({ minLength: 1, maxLength: 20 }),
      title: fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
      rule_id: fc.string({ maxLength: 12 }),
      rule_name: fc.string({ maxLength: 20 }),
      source: fc.constantFrom('defender_xdr', 'wazuh', 'suricata'),
      tenant: fc.constantFrom('harbour', 'clinic', 'bank'),
      incident_id: fc.string({ maxLength: 8 }),
      severity: fc.constantFrom(...SEVERITIES),
      vendor_score: fc.double({ min: 0, max: 100, noNaN: true }),
      occurred_at: fc
        .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      category: fc.string({ maxLength: 20 }),
      tactics: fc.array(fc.constantFrom('TA9999', ...TACTICS.map((tactic) => tactic.id)), {
        maxLength: 5,
      }),
      techniques: fc.array(fc.constantFrom('T1059', 'T1059.001', 'T1105'), { maxLength: 4 }),
      entities: fc.array(
        fc.record(
          {
            kind: fc.constantFrom(...ENTITY_KINDS),
            value: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ minLength: 1, maxLength: 20 })),
            role: fc.constantFrom(...ENTITY_ROLES),
          },
          { requiredKeys: ['kind', 'value'] },
        ),
        { maxLength: 6 },
      ),
      telemetry: fc.dictionary(
        fc.constantFrom(...TELEMETRY_NAMES),
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat()),
      ),
    },
    { requiredKeys: ['id', 'title', 'source', 'severity', 'occurred_at'] },
  )
  .map((alert) => alertSchema.parse(alert));

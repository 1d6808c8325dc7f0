import { describe, expect, it } from 'vitest';
import { AlertforestError } from '../../src/errors.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const CANONICAL = {
  id: 'c-1',
  title: 'Something',
  source: 'sensor',
  severity: 'high',
  occurred_at: '2025-01-01T02:00:00+02:00',
  tactics: ['Initial Access', 'TA0002'],
  techniques: ['T1059'],
  entities: [{ kind: 'ip', value: '192.0.2.1', role: null }],
  tenant: null,
};

function issuesOf(payload: unknown): readonly { path: string; message: string }[] {
  try {
    normalizeAlert(payload);
  } catch (error) {
    if (error instanceof AlertforestError) return error.issues;
  }
  return [];
}

describe('our own form', () => {
  it('is not what names no source and has fields of another product', () => {
    const { source: _source, entities: _entities, ...rest } = CANONICAL;
    const { alert, report } = normalizeAlert({ ...rest, product: 'sensor', sha256: 'AB'.repeat(32) });
    expect(report.dialect).toBe('generic');
    expect(alert.entities).toContainEqual({ kind: 'hash', value: 'ab'.repeat(32) });
    expect(issuesOf(rest).map(({ path }) => path)).toEqual(['source']);
  });

  it('is read with times in UTC and tactics as ids', () => {
    const { alert, report, closing } = normalizeAlert(CANONICAL);
    expect(alert).toEqual({
      id: 'c-1',
      title: 'Something',
      source: 'sensor',
      severity: 'high',
      occurred_at: '2025-01-01T00:00:00.000Z',
      tactics: ['TA0001', 'TA0002'],
      techniques: ['T1059'],
      entities: [{ kind: 'ip', value: '192.0.2.1' }],
    });
    expect(report.dialect).toBe('canonical');
    expect(report.missing).toEqual(['rule_id']);
    expect(closing).toBeUndefined();
  });

  it('names each bad field and what was expected there', () => {
    const issues = issuesOf({
      ...CANONICAL,
      severity: 'apocalyptic',
      vendor_score: 'high',
      entities: [
        { kind: 'ip', value: '192.0.2.1' },
        { kind: 'spaceship', value: 'x' },
      ],
      occurred_at: 'soon',
    });
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'entities.1.kind',
      'occurred_at',
      'severity',
      'vendor_score',
    ]);
    expect(issues.find(({ path }) => path === 'severity')?.message).toBe(
      'Expected one of informational, low, medium, high, critical, unknown.',
    );
  });

  it('keeps the payload only where asked to', () => {
    expect(normalizeAlert({ ...CANONICAL, raw: { big: 1 } }).alert.raw).toBeUndefined();
    expect(normalizeAlert(CANONICAL, { keepRaw: true }).alert.raw).toBe(CANONICAL);
  });
});

describe('an unknown vendor', () => {
  const payload = {
    alertUid: 'zz-9',
    alertTitle: 'Strange upload',
    product: { vendor: 'Nimbus', name: 'Nimbus Shield' },
    risk: { severity: 'CRITICAL', score: 88 },
    detectedAt: 1735689600123,
    rule: { id: 'NS-4', name: 'Upload volume' },
    tenantId: 't-1',
    attack: { tactics: ['Exfiltration'], techniques: ['T1041 Exfiltration Over C2'] },
    network: { srcIp: '10.4.5.6', dstIp: '203.0.113.5:443', bytesSent: 123456 },
    host: { name: 'lap-7' },
    user: { name: 'kim', email: 'kim@example.com' },
    file: { path: 'C:\\x.zip', sha256: 'ab'.repeat(32) },
    iocs: [{ type: 'domain', value: 'evil.example.org' }],
    consoleUrl: 'https://console.example.com/alerts/zz-9',
    status: 'closed',
    verdict: 'malicious',
  };

  it('still yields id, title, time, severity and entities', () => {
    const { alert, report } = normalizeAlert(payload);
    expect(alert).toMatchObject({
      id: 'zz-9',
      title: 'Strange upload',
      source: 'nimbus_shield',
      vendor: 'Nimbus',
      tenant: 't-1',
      severity: 'critical',
      vendor_score: 88,
      occurred_at: '2025-01-01T00:00:00.123Z',
      rule_id: 'NS-4',
      tactics: ['TA0010'],
      techniques: ['T1041'],
      telemetry: { bytes_sent: 123456 },
    });
    const entities = alert.entities.map(({ kind, value }) => `${kind} ${value}`);
    for (const entity of [
      'ip 10.4.5.6',
      'ip 203.0.113.5',
      'host lap-7',
      'user kim',
      'email kim@example.com',
      `hash ${'ab'.repeat(32)}`,
      'domain evil.example.org',
    ])
      expect(entities).toContain(entity);
    expect(entities.some((entity) => entity.includes('console.example.com'))).toBe(false);
    expect(report.dialect).toBe('generic');
    expect(report.warnings[0]).toBe('The format is not known: fields were found by their names.');
  });

  it('is found by parts of names where no common name is used', () => {
    const { alert } = normalizeAlert({
      tenantGuid: 't',
      acmeSystemAlertId: 'sys-1',
      acmeThreatName: 'Loader seen',
      firstSignalUtc: '2025-03-03T03:03:03Z',
      lastUpdateUtc: '2025-03-09T03:03:03Z',
      sensor: { deviceName: 'pc-9' },
    });
    expect(alert).toMatchObject({
      id: 'sys-1',
      title: 'Loader seen',
      occurred_at: '2025-03-03T03:03:03.000Z',
      entities: [{ kind: 'host', value: 'pc-9' }],
    });
  });

  it('reads numbers for severity by the scale that fits, with a warning', () => {
    const read = (fields: object) => normalizeAlert({ id: '1', title: 'T', ...fields });
    expect(read({ severity: 9 }).alert.severity).toBe('critical');
    expect(read({ severity: 50 }).alert.severity).toBe('medium');
    expect(read({ priority: 1 }).alert.severity).toBe('high');
    expect(read({ severity: 50 }).report.warnings).toContain(
      '`severity` is a number on an unknown scale; read as 0-100.',
    );
  });

  it('is refused only where there is neither id nor title', () => {
    expect(issuesOf({ a: 1, b: { c: 2 } })).toEqual([
      { path: 'id', message: 'Expected an id or a title.' },
      { path: 'title', message: 'Expected an id or a title.' },
    ]);
    expect(normalizeAlert({ id: 5 }).alert).toMatchObject({ id: '5', title: '5', severity: 'unknown' });
  });

  it('gets the time of its receipt where it states none', () => {
    const { alert, report } = normalizeAlert({ id: '5' }, { receivedAt: '2025-05-05T00:00:00.000Z' });
    expect(alert.occurred_at).toBe('2025-05-05T00:00:00.000Z');
    expect(report.warnings).toContain('The payload has no time: the time it was received stands in.');
  });
});

describe('a large Sentinel alert', () => {
  it('keeps 1,500 accounts, each once, and the vendor order', () => {
    const accounts = Array.from({ length: 1500 }, (_, i) => ({
      $id: String(i + 1),
      Name: `user${i}`,
      NTDomain: 'CORP',
      Host: { $ref: '9999' },
      Type: 'account',
    }));
    const payload = {
      SystemAlertId: 'big',
      AlertName: 'Many accounts',
      AlertSeverity: 'Medium',
      TimeGenerated: '2025-01-01T00:00:00Z',
      Entities: JSON.stringify([...accounts, ...accounts, { $id: '9999', HostName: 'dc', Type: 'host' }]),
    };
    const { alert } = normalizeAlert(payload);
    expect(alert.entities.length).toBe(1501);
    expect(alert.entities[0]).toEqual({ kind: 'user', value: 'corp\\user0' });
    expect(alert.entities[1500]).toEqual({ kind: 'host', value: 'dc' });
  });

  it('says so when its entities do not parse', () => {
    const { alert, report } = normalizeAlert({
      SystemAlertId: 'x',
      AlertName: 'A',
      Entities: '[{"Type":"ip"',
    });
    expect(alert.entities).toEqual([]);
    expect(report.warnings).toContain(
      'Expected JSON in `Entities`, got text that does not parse; its entities are not read.',
    );
  });
});

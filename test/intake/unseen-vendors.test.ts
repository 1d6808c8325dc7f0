import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

// Records in the manner of products that have no dialect: what counts is the kind of naming, not the product.
const RECORDS: readonly (readonly [kind: string, record: unknown, title: string, entities: string])[] = [
  [
    "a vendor's own word before common names",
    {
      id: '0f0',
      type: 'acme_alerts',
      attributes: {
        acme_name: 'Suspicious inbox rule',
        acme_severity: 'HIGH',
        created_at: '2026-11-20T08:00:00Z',
        assetHostName: 'mac-7',
        blockedDomain: 'tun.bad-example.com',
      },
    },
    'Suspicious inbox rule',
    'host:mac-7 domain:tun.bad-example.com',
  ],
  [
    'names of things that the alert is about',
    {
      id: 'c0ff',
      recorded: '2026-11-20T08:00:00.000Z',
      severity: 'high',
      event: { description: 'Authentication denied by user' },
      resources: [{ type: 'DEVICE', name: 'Pixel 9', ipAddress: '203.0.113.31' }],
      actors: { user: { id: '9', name: 'h.lee' } },
    },
    'Authentication denied by user',
    'ip:203.0.113.31 user:h.lee',
  ],
  [
    'details with a name and a severity in an alert with an id and a time',
    {
      Id: 'p-1',
      CreationTime: '2026-11-20T08:00:00',
      PolicyDetails: [{ Rules: [{ RuleName: 'High volume', Severity: 'High' }] }],
      UserId: 'h.lee@contoso.com',
    },
    'High volume',
    'user:h.lee@contoso.com',
  ],
  [
    'a call with parameters, whose id counts calls',
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'addEvents',
      params: {
        events: [
          {
            malware_name: 'EICAR-Test-File',
            severity: 'high',
            computer_name: 'FC-7',
            timestamp: '2026-11-20T08:00:00.000Z',
          },
        ],
      },
    },
    'EICAR-Test-File',
    'host:fc-7',
  ],
  [
    'a remark behind the severity, day before month, an outcome in place of a title',
    {
      event_id: '9123',
      action: 'BLOCKED',
      threatname: 'Win32.Agent',
      severity: 'High (70–89)',
      event_time: '20/11/2026 08:00:00',
      violator: 'h.lee',
    },
    'Win32.Agent',
    'user:h.lee',
  ],
  [
    'structured syslog',
    '<14>1 2026-11-20T08:00:00Z ksc01 KES|12.0 - FOUND [event@23668 p1="EICAR" severity="high" p7="x" hip="192.0.2.7"] Malicious object detected',
    'Malicious object detected',
    'ip:192.0.2.7',
  ],
  [
    'structured syslog with colons',
    '<134>1 2026-11-20T08:00:00Z gw CheckPoint 12345 - [action:"Prevent"; loguid:"{0x5f8}"; time:"1795161600"; protection_name:"Apache Log4j RCE"; severity:"High"; src:"203.0.113.70"]',
    'Apache Log4j RCE',
    'ip:203.0.113.70',
  ],
  [
    'WELF, addresses with port and interface',
    '<129> id=firewall sn=18B169 time="2026-11-20 08:00:00 UTC" pri=1 msg="IPS Alert: Web Server RCE" src=203.0.113.9:4444:X1 dst=192.0.2.80:80:X0',
    'IPS Alert: Web Server RCE',
    'ip:203.0.113.9 ip:192.0.2.80',
  ],
  [
    'day and clock in two fields',
    'device="SFW" date=2026-11-20 time=08:00:00 signature_msg="SERVER-WEBAPP Log4j" severity=high src_ip=203.0.113.3 user_name="h.lee"',
    'SERVER-WEBAPP Log4j',
    'ip:203.0.113.3 user:h.lee',
  ],
];

describe('records of products without a dialect', () => {
  it.each(RECORDS)('reads %s', (_, record, title, entities) => {
    const payload = typeof record === 'string' ? parseBody(record) : record;
    const found = unwrapEnvelope(payload);
    expect(found).toHaveLength(1);
    const { alert } = normalizeAlert(found[0], { receivedAt: '2026-11-30T00:00:00.000Z' });
    expect(alert.title).toBe(title);
    expect(alert.occurred_at).toBe('2026-11-20T08:00:00.000Z');
    const values = alert.entities.map(({ kind, value }) => `${kind}:${value}`);
    expect(values).toEqual(expect.arrayContaining(entities.split(' ')));
    expect(alert.severity === 'unknown' || ['high', 'critical'].includes(alert.severity)).toBe(true);
    expect(['1', 'firewall', 'FC-7']).not.toContain(alert.id);
  });
});

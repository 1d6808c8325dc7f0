import { describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const read = (text: string) =>
  unwrapEnvelope(parseBody(text)).map((one) =>
    normalizeAlert(one, { receivedAt: '2026-11-30T00:00:00.000Z' }),
  );

const PAN =
  '<14>Aug 26 12:32:50 fw01 1,2026/08/26 12:32:50,007051000113358,THREAT,vulnerability,2561,2026/08/26 12:32:45,' +
  '192.0.2.10,198.51.100.7,0.0.0.0,0.0.0.0,Allow-Web,contoso\\jdoe,,web-browsing,vsys1,trust,untrust,ethernet1/1,' +
  'ethernet1/2,default,2026/08/26 12:32:49,33620,1,51234,80,0,0,0x80002000,tcp,reset-both,' +
  '"shop.example.com/login.php?a=1,2",Apache Log4j Remote Code Execution(91991),any,critical,client-to-server,7002345,0x0';

describe('threat lines of a PAN firewall', () => {
  it('reads the fields by their positions, commas in quotes and a syslog header included', () => {
    const [{ alert, report } = expect.fail()] = read(PAN);
    expect(report.dialect).toBe('pan_threat');
    expect(alert).toMatchObject({
      id: '7002345',
      id_scope: '007051000113358',
      title: 'Apache Log4j Remote Code Execution',
      rule_id: '91991',
      severity: 'critical',
      occurred_at: '2026-08-26T12:32:45.000Z',
    });
    const values = alert.entities.map(({ value }) => value);
    expect(values).toEqual(
      expect.arrayContaining(['192.0.2.10', '198.51.100.7', 'shop.example.com/login.php?a=1,2']),
    );
  });

  it('leaves a line that is cut before its severity', () => {
    expect(() => read(PAN.slice(0, 200))).toThrow('Expected JSON');
  });
});

describe('alert_fast lines', () => {
  const FAST =
    '01/02/2026-03:04:05.123456  [**] [1:2013028:4] ET POLICY curl User-Agent [**] ' +
    '[Classification: Attempted Information Leak] [Priority: 2] {TCP} 10.0.0.5:39422 -> 203.0.113.4:80';

  it('reads rule, class, priority and both ends', () => {
    const [{ alert, report } = expect.fail()] = read(FAST);
    expect(report.dialect).toBe('snort_alert');
    expect(alert).toMatchObject({
      title: 'ET POLICY curl User-Agent',
      rule_id: '2013028',
      severity: 'medium',
      category: 'Attempted Information Leak',
      occurred_at: '2026-01-02T03:04:05.123Z',
      entities: [
        { kind: 'ip', value: '10.0.0.5' },
        { kind: 'ip', value: '203.0.113.4' },
      ],
    });
  });

  it('reads the form that goes to syslog, addresses without ports and of version 6', () => {
    const lines = [
      'Nov 20 10:00:00 ids snort[77]: [1:498:7] id check returned root [Classification: Bad] [Priority: 1]: {TCP} 198.51.100.9:80 -> 10.0.0.5:345',
      '11/20-10:00:01.5  [**] [1:499:1] "ICMP test" [**] [Priority: 3] {IPV6-ICMP} 2001:db8::1 -> 2001:db8::2',
    ];
    const [first, second] = read(lines.join('\n')).map(({ alert }) => alert);
    expect(first).toMatchObject({ title: 'id check returned root', severity: 'high' });
    expect(second?.title).toBe('ICMP test');
    expect(second?.entities.map(({ value }) => value)).toEqual(['2001:db8::1', '2001:db8::2']);
  });

  it('gives two lines of one rule two keys, and the same line its own again', () => {
    const keys = [FAST, FAST.replace('05.123456', '05.123457'), FAST].map((line) =>
      alertKey((read(line)[0] ?? expect.fail()).alert),
    );
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toBe(keys[2]);
  });
});

describe('structured data of RFC 5424', () => {
  const WORDS = 'Failed password for invalid user admin from 203.0.113.5 port 22 ssh2';
  const header = '<38>1 2026-11-30T10:00:00.123456+01:00 bastion01 sshd 4711 -';
  const plain = read(`${header} - ${WORDS}`)[0] ?? expect.fail();

  it.each([
    ['a counter', '[meta sequenceId="29"]'],
    ['the clock of the sender', '[timeQuality tzKnown="1" isSynced="1" syncAccuracy="495500"]'],
    [
      'clock, software and counter',
      '[timeQuality tzKnown="1" isSynced="0"][origin ip="192.0.2.9" software="rsyslogd" swVersion="8.2506.0"][meta sequenceId="2"]',
    ],
    ["an element of somebody's own, with brackets and quotes in it", '[note@32473 text="a \\] b \\" [c"]'],
    ['an element without parameters', '[marked@32473]'],
  ])('is passed over where it holds %s', (_name, data) => {
    const [{ alert } = expect.fail()] = read(`${header} ${data} ${WORDS}`);
    expect(alert).toEqual({ ...plain.alert, id: alert.id });
    expect(alert).toMatchObject({
      occurred_at: '2026-11-30T09:00:00.123Z',
      entities: expect.arrayContaining([
        { kind: 'host', value: 'bastion01' },
        { kind: 'user', value: 'admin' },
      ]),
    });
  });

  it('leaves pairs of the message alone with the pairs of the transport', () => {
    const [{ alert } = expect.fail()] = read(
      '<134>1 2026-11-30T10:00:00Z gw01 fw 1 - [timeQuality tzKnown="1" isSynced="1" syncAccuracy="10"] ' +
        'action=blocked src=203.0.113.5 dst=192.0.2.7 user=h.lee msg="Port scan"',
    );
    expect(alert.title).toBe('Port scan');
    expect(JSON.stringify(alert)).not.toContain('tzKnown');
    expect(alert.entities.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['203.0.113.5', '192.0.2.7', 'h.lee']),
    );
  });
});

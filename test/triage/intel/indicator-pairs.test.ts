import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerQuestion, intelQuestionSchema } from '../../../src/triage/intel/questions.ts';

const PAIRS = readFileSync('test/fixtures/threat-intel/indicator-pairs.ndjson', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { kind: string; input: unknown; right: unknown });

const withoutAbsent = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

describe('recorded pairs', () => {
  it.each(PAIRS.map((pair) => [`${pair.kind} ${JSON.stringify(pair.input).slice(0, 120)}`, pair] as const))(
    'reads %s',
    async (_name, { kind, input, right }) => {
      const answer = await answerQuestion(intelQuestionSchema.parse({ kind, input }));
      expect(withoutAbsent(answer)).toEqual(right);
    },
  );
});

const ask = (kind: string, input: unknown): Promise<unknown> =>
  answerQuestion(intelQuestionSchema.parse({ kind, input })).then(withoutAbsent);
const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

describe('STIX patterns', () => {
  it.each([
    [`[file:hashes.SHA256 = '${SHA256.toUpperCase()}']`, [{ type: 'hash', value: SHA256 }]],
    [`[file:hashes.'MD5' = '${MD5}' AND file:name = 'a.exe']`, [{ type: 'hash', value: MD5 }]],
    ["[ipv6-addr:value ISSUBSET '2001:db8::9/32']", [{ type: 'ip', value: '2001:db8::/32' }]],
    ["[ipv4-addr:value ISSUBSET '198.51.100.9']", [{ type: 'ip', value: '198.51.100.9' }]],
    ["[IPv4-Addr:value == '198.51.100.7']", [{ type: 'ip', value: '198.51.100.7' }]],
    ["[domain-name:value LIKE '%.Evil.example']", [{ type: 'domain', value: '*.evil.example' }]],
    [
      "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'evil.example']",
      [{ type: 'domain', value: 'evil.example' }],
    ],
    [
      "[email-message:from_ref.value = 'A@Evil.example' AND email-message:subject = 'x']",
      [{ type: 'email', value: 'a@evil.example' }],
    ],
    [
      "[url:value = 'http://a.example/x' OR (domain-name:value = 'b.example' OR file:name = 'x')]",
      [
        { type: 'url', value: 'http://a.example/x' },
        { type: 'domain', value: 'b.example' },
      ],
    ],
    ["[file:name = 'x']", 'refused'],
    ["[ipv4-addr:value != '198.51.100.7']", 'refused'],
    ["[ipv4-addr:value <> '198.51.100.7']", 'refused'],
    ["[file:hashes.MD5 LIKE 'd41d%']", 'refused'],
    ["[url:value MATCHES '.*evil.*']", 'refused'],
    [
      "[ipv4-addr:value = '198.51.100.7'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
      'refused',
    ],
    [`[x509-certificate:hashes.'SHA-256' = '${SHA256}']`, 'refused'],
    ['[EXISTS file:name]', 'refused'],
    ['title: x', 'refused'],
    ['[', 'refused'],
  ])('reads %s', async (pattern, right) => expect(await ask('stix-pattern', pattern)).toEqual(right));

  it('refuses a pattern nested without end', async () => {
    expect(await ask('stix-pattern', `[${'('.repeat(10_000)}a:b = 'c'`)).toBe('refused');
  });
});

describe('STIX indicators', () => {
  const object = {
    type: 'indicator',
    id: 'indicator--1',
    created: '2020-01-01T00:00:00Z',
    valid_from: '2020-01-02T00:00:00Z',
    pattern: "[ipv4-addr:value = '198.51.100.7']",
    pattern_type: 'stix',
  };
  it.each([
    [{ confidence: 101 }, 'refused'],
    [{ confidence: -1 }, 'refused'],
    [{ confidence: true }, 'refused'],
    [{ confidence: '85' }, 'active'],
    [{ revoked: true }, 'revoked'],
    [{ valid_until: '2020-01-02T00:00:00Z' }, 'refused'],
    [{ valid_until: '2026-03-04T00:00:00Z' }, 'expired'],
    [{ valid_until: '2026-03-04T00:00:00.123456789Z' }, 'active'],
    [{ valid_from: '2020-01-02T00:00:00+02:00' }, 'active'],
    [{ valid_from: 'soon' }, 'refused'],
    [{ pattern_type: 'yara' }, 'refused'],
    [{ pattern_type: undefined, spec_version: undefined, labels: ['malicious-activity'] }, 'active'],
    [{ labels: ['benign'] }, 'never'],
  ])('with %j stands as it should', async (changed, right) => {
    const input = {
      object: JSON.parse(JSON.stringify({ ...object, ...changed })),
      at: '2026-03-04T00:00:00Z',
    };
    expect(await ask('stix-indicator', input)).toBe(right);
  });
});

describe('feed rows', () => {
  it.each([
    [
      'threatfox-csv-14',
      '"2024-07-16 05:25:36", "1", "198.51.100.90:7777", "ip:port", "botnet_cc", "x", "None", "X", "", "100", "None", "a,b", "0", "r"',
      { type: 'ip', value: '198.51.100.90', confidence: 100, first_seen: '2024-07-16T05:25:36Z' },
    ],
    [
      'threatfox-csv',
      `"2024-07-16 05:25:36", "1", "${'ab'.repeat(20)}", "sha256_hash", "payload", "x", "None", "X", "", "50", "None", "a", "0", "r"`,
      { type: 'hash', value: 'ab'.repeat(20), confidence: 50, first_seen: '2024-07-16T05:25:36Z' },
    ],
    [
      'urlhaus-csv',
      '"3900003","2026-09-13 13:39:00","http://[2001:db8::7]/x.sh","online","","malware_download","sh","https://urlhaus.abuse.ch/url/3900003/","t"',
      { type: 'url', value: 'http://[2001:db8::7]/x.sh', first_seen: '2026-09-13T13:39:00Z' },
    ],
    [
      'phishtank-csv',
      '1,https://evil.example/,https://p.example/1,2026-09-28T10:00:00+00:00,yes,2026-09-28T11:00:00+00:00,no,Other',
      null,
    ],
    ['spamhaus-drop-text', '198.51.100.0/24 ; SBL1', { type: 'ip', value: '198.51.100.0/24' }],
    ['tor-exit-addresses', 'ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E', null],
    ['hosts', '0.0.0.0 localhost', null],
    ['crowdsec-cti', '{"ip":"198.51.100.8","reputation":"benign"}', null],
    [
      'crowdsec-cti',
      '{"ip":"198.51.100.8","reputation":"suspicious","confidence":"medium"}',
      { type: 'ip', value: '198.51.100.8', confidence: 50 },
    ],
    [
      'abuseipdb',
      '{"ipAddress":"2001:DB8::1","countryCode":"DE","abuseConfidenceScore":100,"lastReportedAt":"2026-01-01T00:00:00+00:00"}',
      { type: 'ip', value: '2001:db8::1', confidence: 100 },
    ],
    ['otx', '{"indicator":"/a/b.php","type":"URI","is_active":1}', null],
    ['otx', `{"indicator":"${MD5}","type":"FileHash-IMPHASH","is_active":1}`, null],
    ['otx', `{"indicator":"${SHA256}","type":"FileHash-SHA256","is_active":0}`, null],
    [
      'defender-csv',
      'DomainName,evil.example,2030-01-01T00:00:00.0Z,Block,High,t,d,,,,,True',
      { type: 'domain', value: 'evil.example', valid_until: '2030-01-01T00:00:00Z' },
    ],
    ['defender-csv', `CertificateThumbprint,${'ab'.repeat(20)},,Block,High,t,d,,,,,True`, null],
    ['ipsum', '198.51.100.7\t9', { type: 'ip', value: '198.51.100.7' }],
    ['list', '||evil.example^', { type: 'domain', value: 'evil.example' }],
  ])('of %s: %s', async (format, row, right) =>
    expect(await ask('feed-row', { format, row })).toEqual(right),
  );
});

describe('MISP attributes', () => {
  it.each([
    [
      { type: 'domain|ip', value: 'evil.example|198.51.100.7', to_ids: '1' },
      [
        { type: 'domain', value: 'evil.example' },
        { type: 'ip', value: '198.51.100.7' },
      ],
    ],
    [{ type: 'filename|sha256', value: `a|b.exe|${SHA256}`, to_ids: 1 }, [{ type: 'hash', value: SHA256 }]],
    [{ type: 'malware-sample', value: `x.exe|${MD5}`, to_ids: true }, [{ type: 'hash', value: MD5 }]],
    [
      { type: 'hostname', value: 'EVIL[.]example.', to_ids: true },
      [{ type: 'domain', value: 'evil.example' }],
    ],
    [{ type: 'domain', value: 'evil.example' }, []],
    [{ type: 'domain', value: 'evil.example', to_ids: '0' }, []],
    [{ type: 'ja3-fingerprint-md5', value: MD5, to_ids: true }, []],
    [{ type: 'filename|imphash', value: `x|${MD5}`, to_ids: true }, []],
  ])('reads %j', async (attribute, right) => expect(await ask('misp-attribute', attribute)).toEqual(right));
});

describe('URLs', () => {
  it.each([
    ['example.com/a', 'https://example.com:8443/a', true],
    ['http://example.com/a', 'example.com/a', true],
    ['http://example.com/a', 'http://example.com/a?x=1', true],
    ['http://example.com/a?x=1', 'http://example.com/a', false],
    ['http://example.com:8080/a', 'http://example.com/a', false],
    ['http://example.com/a', 'https://example.com/a', false],
  ])('%s on %s: %s', async (indicator, value, right) =>
    expect(await ask('match', { kind: 'url', indicator, value })).toBe(right),
  );
});

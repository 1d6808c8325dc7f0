import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENTITY_KINDS, type EntityKind } from '../../../src/alert/alert.ts';
import { entityValues } from '../../../src/intake/values/entity-value.ts';
import { isFileHashField } from '../../../src/intake/values/hash-field.ts';
import { macAddress } from '../../../src/intake/values/mac-address.ts';
import { isSecretField } from '../../../src/intake/values/secret-field.ts';
import { answerValueQuestion, valueQuestionSchema } from '../../../src/triage/intel/value-questions.ts';
import { fc } from '../../support/fast-check.ts';

interface Pair {
  readonly input: never;
  readonly kind: string;
  readonly right: unknown;
}

const PAIRS = readFileSync('test/fixtures/threat-intel/entity-pairs.ndjson', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Pair);

const valuesOf = (kind: EntityKind, text: string): string[] =>
  entityValues(kind, text)
    .filter((value) => value.kind === kind)
    .map(({ value }) => value);

describe('recorded pairs', () => {
  // which of two hosts is meant by a short name depends on the tenant
  const cases = PAIRS.filter(({ kind }) => kind !== 'same-host').map(
    (pair) => [`${pair.kind} ${JSON.stringify(pair.input)}`, pair] as const,
  );
  it.each(cases)('reads %s', (_name, { kind, input, right }) => {
    expect(answerValueQuestion(valueQuestionSchema.parse({ kind, input }))).toEqual(right);
  });
});

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('addresses', () => {
  it.each([
    ['[2001:db8::1]:443', ['2001:db8::1']],
    ['2001:db8:0:0:1:0:0:1', ['2001:db8::1:0:0:1']],
    ['fe80::1%eth0', ['fe80::1']],
    ['::192.0.2.1', ['::c000:201']],
    ['0:0:0:0:0:FFFF:c000:0201', ['192.0.2.1']],
    ['tcp://192.0.2.1:443', ['192.0.2.1']],
    ['hxxps[:]//192[.]0[.]2[.]1:8443/a?b', ['192.0.2.1']],
    ['192.0.2.1, 192.0.2.2 192.0.2.1', ['192.0.2.1', '192.0.2.2']],
    ['::ffff:192.0.2.01', []],
    ['192.0.2.0/24', []],
    ['2001:db8::/32', []],
    ['192.0.2.256', []],
    ['1,1,1,1', []],
    ['0xC0000201', []],
    ['2001:db8::1::2', []],
    ['example.com', []],
  ])('reads %s', (text, right) => expect(valuesOf('ip', text)).toEqual(right));
});

describe('names', () => {
  it.each([
    ['domain', 'bücher.example', ['xn--bcher-kva.example']],
    ['domain', 'faß.de', ['xn--fa-hia.de']],
    ['domain', 'BÜCHER。example．', ['xn--bcher-kva.example']],
    ['domain', 'evil[.]example[dot]com:8080', ['evil.example.com']],
    ['domain', 'example.com/a/b', ['example.com']],
    ['domain', 'https://u:p@Example.com:8443/x', ['example.com']],
    ['domain', 'a.example, b.example', ['a.example', 'b.example']],
    ['domain', '010.1.1.1', []],
    ['domain', '1.2.3', []],
    ['domain', 'a..b', []],
    ['domain', 'user@example.com', []],
    ['domain', `${'a'.repeat(64)}.example`, []],
    ['host', '\\\\FIN-WS-017', ['fin-ws-017']],
    ['host', 'CONTOSO\\FIN-WS-017$', ['fin-ws-017']],
    ['host', 'fin-ws-017.contoso.com.:445', ['fin-ws-017.contoso.com']],
    ['host', "Jane's  MacBook Pro", ["jane's macbook pro"]],
    ['host', 'web_01', ['web_01']],
    ['host', '10.0.0.0/8', []],
    ['host', 'n/a', []],
  ] as const)('reads the %s in %s', (kind, text, right) => expect(valuesOf(kind, text)).toEqual(right));

  it('takes an address in a field for names as an address', () => {
    expect(entityValues('host', '[::ffff:10.0.0.7]:445')).toEqual([{ kind: 'ip', value: '10.0.0.7' }]);
    expect(entityValues('domain', '198.51.100.7')).toEqual([{ kind: 'ip', value: '198.51.100.7' }]);
    expect(entityValues('domain', 'evil.example|198.51.100.7')).toEqual([
      { kind: 'domain', value: 'evil.example' },
      { kind: 'ip', value: '198.51.100.7' },
    ]);
  });
});

describe('URLs', () => {
  it.each([
    ['hxxp://evil[.]example[.]com/a[.]b', 'http://evil.example.com/a[.]b'],
    ['hxxps[://]evil(.)example/x', 'https://evil.example/x'],
    ['h[tt]ps://evil.example/', 'https://evil.example/'],
    ['http://bücher.example/ü', 'http://xn--bcher-kva.example/%C3%BC'],
    ['https://example.com./a', 'https://example.com/a'],
    ['EXAMPLE.com/a/../b', 'example.com/b'],
    ['user:secret@example.com/a', 'example.com/a'],
    ['ftp://User:Pw@EXAMPLE.com:21/a', 'ftp://example.com/a'],
    ['ldap://user:pw@DC01.corp.local:389/x', 'ldap://dc01.corp.local:389/x'],
    ['http://example.com/%4%31', 'http://example.com/%4%31'],
    ['/index.php?a=%7e#x', '/index.php?a=~'],
  ])('reads %s', (text, right) => expect(valuesOf('url', text)).toEqual([right]));

  it('leaves out what is none', () => {
    for (const text of ['', 'a b', 'http://', 'plain', 'http://exa mple.com/'])
      expect(valuesOf('url', text)).toEqual([]);
  });
});

describe('digests', () => {
  it.each([
    [`SHA1=${'a1'.repeat(20)},MD5=${MD5},IMPHASH=${'c3'.repeat(16)}`, ['a1'.repeat(20), MD5]],
    [`evil|name.exe|${SHA256}`, [SHA256]],
    [`${SHA256}  /bin/ls`, [SHA256]],
    [`SHA-256: ${SHA256.toUpperCase()}`, [SHA256]],
    [`imphash: ${MD5}`, []],
    [`ja3=${MD5}`, []],
    ['0'.repeat(64), []],
    [MD5.slice(1), []],
    ['3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C', []],
  ])('reads %s', (text, right) => expect(valuesOf('hash', text)).toEqual(right));

  it('splits a composite at its last bar', () => {
    expect(entityValues('file', `a|b.exe|${SHA256}`)).toEqual([
      { kind: 'file', value: 'a|b.exe' },
      { kind: 'hash', value: SHA256 },
    ]);
  });
});

describe('accounts and mail addresses', () => {
  it.each([
    ['user', 'NT-AUTORITÄT\\SYSTEM', ['s-1-5-18']],
    ['user', 'NT-AUTORITAET\\Netzwerkdienst', ['s-1-5-20']],
    ['user', 'ZARZĄDZANIE NT\\USŁUGA SIECIOWA', ['s-1-5-20']],
    ['user', 'AUTORIDADE NT\\SISTEMA', ['s-1-5-18']],
    ['user', 'NT-MYNDIGHET\\NETTVERKSTJENESTE', ['s-1-5-20']],
    ['user', 'NT AUTHORITY\\HÁLÓZATI SZOLGÁLTATÁS', ['s-1-5-20']],
    ['user', 'SYSTEM', ['s-1-5-18']],
    ['user', 'CONTOSO\\SYSTEM', ['contoso\\system']],
    ['user', 'CONTOSO\\\\JDoe', ['contoso\\jdoe']],
    ['user', 'AzureAD\\JaneDoe', ['azuread\\janedoe']],
    ['user', 'first_last_example.com#EXT#@contoso.onmicrosoft.com', ['first_last@example.com']],
    ['user', 'S-1-5-21-1-2-3-500', ['s-1-5-21-1-2-3-500']],
    ['user', '{73D664E4-0886-4A73-B745-C694DA45DDB4}', ['73d664e4-0886-4a73-b745-c694da45ddb4']],
    ['user', 'WS01$', ['ws01$']],
    ['user', 'live.com#Jane@outlook.com', ['jane@outlook.com']],
    ['user', 'i:0#.f|membership|JDoe@contoso.com', ['jdoe@contoso.com']],
    [
      'email',
      '"Doe, Jane" <Jane@Contoso.com>; k@bücher.example',
      ['jane@contoso.com', 'k@xn--bcher-kva.example'],
    ],
    ['email', 'SMTP:jane@contoso.com', ['jane@contoso.com']],
    ['email', 'mailto:jane@contoso.com?subject=x', ['jane@contoso.com']],
    ['email', 'jane(at)contoso[dot]com', ['jane@contoso.com']],
    ['email', 'jane@contoso.com (Jane)', ['jane@contoso.com']],
    ['email', '<>', []],
    ['email', 'undisclosed-recipients:;', []],
    ['email', '@contoso.com', []],
  ] as const)('reads the %s in %s', (kind, text, right) => expect(valuesOf(kind, text)).toEqual(right));
});

describe('cloud resources', () => {
  it.each([
    [
      'https://management.azure.com/subscriptions/A/resourceGroups/RG/?api-version=2024-01-01',
      '/subscriptions/a/resourcegroups/rg',
    ],
    ['subscriptions/A/resourceGroups/RG', '/subscriptions/a/resourcegroups/rg'],
    ['arn:aws:s3:::Bucket/Key/', 'arn:aws:s3:::Bucket/Key/'],
    ['arn:aws:iam::111122223333:role/path/Admin', 'arn:aws:iam::111122223333:role/path/Admin'],
    ['arn:aws-cn:sts::1:assumed-role/R/me@x.com', 'arn:aws-cn:sts::1:assumed-role/R'],
    ['//compute.googleapis.com/projects/P/zones/z', '//compute.googleapis.com/projects/P/zones/z'],
    ['i-0123456789abcdef0', 'i-0123456789abcdef0'],
  ])('reads %s', (text, right) => expect(valuesOf('cloud_resource', text)).toEqual([right]));
});

describe('fields', () => {
  it.each([
    ['process.hash.sha256', true],
    ['file.hash.md5', true],
    ['session.process.hash.sha256', true],
    ['sha1', true],
    ['fileSha256', true],
    ['SHA256', true],
    ['md5Hash', true],
    ['InitiatingProcessSHA1', true],
    ['checksum', true],
    ['tls.server.hash.sha1', false],
    ['file.pe.imphash', false],
    ['x509.sha256', false],
    ['user.hash', false],
    ['session_hash', false],
    ['icon_hash', false],
    ['hassh', false],
    ['commit_sha', false],
    ['container_id', false],
    ['ntlm_hash', false],
    ['passwordHash', false],
    ['certificateThumbprint', false],
    ['queryHash', false],
    ['favicon_mmh3', false],
  ])('knows whether %s holds the digest of a file', (path, right) =>
    expect(isFileHashField(path.split('.'))).toBe(right),
  );

  it.each([
    ['password', true],
    ['PASSWORD', true],
    ['userPassword', true],
    ['password_hash', true],
    ['nt_hash', true],
    ['account_hash', false],
    ['apiKey', true],
    ['access_token', true],
    ['client_secret', true],
    ['sessionToken', true],
    ['password_last_set', false],
    ['token_type', false],
    ['credential_access', false],
    ['registry_key', false],
    ['username', false],
    ['sha256', false],
  ])('knows whether %s holds a credential', (name, right) => expect(isSecretField(name)).toBe(right));
});

describe('hardware addresses', () => {
  it.each([
    ['0:1a:2b:3c:4d:5e', '00-1A-2B-3C-4D-5E'],
    ['00-1a-2b-3c-4d-5e', '00-1A-2B-3C-4D-5E'],
    ['ff:ff:ff:ff:ff:ff', undefined],
    ['00:1A:2B:3C:4D', undefined],
  ])('reads %s', (text, right) => expect(macAddress(text)).toBe(right));
});

describe('every kind', () => {
  const spelled = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.emailAddress(),
    fc.domain(),
    fc.stringMatching(/^[a-zA-Z0-9.:/\\[\]@%|;,# <>_-]{0,40}$/),
    fc.constantFrom(
      ...PAIRS.map(({ input }) => input as unknown).filter((input) => typeof input === 'string'),
    ),
    fc
      .constantFrom(
        ...PAIRS.map(({ input }) => input as unknown).filter((input) => typeof input === 'string'),
      )
      .chain((text) =>
        fc.tuple(fc.constant(text as string), fc.string({ maxLength: 6 })).map((two) => two.join('')),
      ),
  );

  it('gives the same when applied to its own answer', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENTITY_KINDS), spelled, (kind, text) => {
        for (const first of entityValues(kind, text as string))
          expect(entityValues(first.kind, first.value)).toEqual([first]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps values within their bounds and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ENTITY_KINDS),
        fc.string({ unit: 'binary' }),
        fc.nat(6000),
        (kind, part, n) => {
          const text = part.repeat(Math.ceil(n / Math.max(1, part.length)));
          for (const { value } of entityValues(kind, text)) {
            expect(value.length).toBeGreaterThan(0);
            expect(value.length).toBeLessThanOrEqual(4096);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ipScope } from '../../src/alert/ip-scope.ts';
import { EntityCollector, MAX_ENTITIES } from '../../src/intake/evidence/entity-collector.ts';
import { ipAddress } from '../../src/intake/values/ip-address.ts';
import { hostOfUrlValue } from '../../src/intake/values/url-value.ts';

function collected(...added: Parameters<EntityCollector['add']>[]): string[] {
  const collector = new EntityCollector();
  for (const args of added) collector.add(...args);
  return collector.list.map(({ kind, value, role }) => `${kind} ${value}${role ? ` ${role}` : ''}`);
}

describe('EntityCollector', () => {
  it('keeps each entity once, whatever its case, and fills in a missing role', () => {
    expect(
      collected(['host', 'DC01'], ['host', 'dc01', 'victim'], ['host', 'DC01', 'attacker'], ['user', 'DC01']),
    ).toEqual(['host dc01 victim', 'user dc01']);
  });

  it('cleans addresses, hashes, domains and mail addresses', () => {
    expect(
      collected(
        ['ip', '10.0.0.1:4444'],
        ['ip', '[2001:DB8::1]:80'],
        ['ip', '::ffff:192.0.2.7'],
        ['ip', '10.0.0.2, 10.0.0.3'],
        ['ip', '0.0.0.0'],
        ['ip', 'not an address'],
        ['host', '198.51.100.3'],
        ['hash', `SHA256=${'AB'.repeat(32)}`],
        ['hash', 'Sample-SHA'],
        ['hash', '0'.repeat(64)],
        ['domain', 'EVIL.Example.org.'],
        ['email', 'Ann <Ann@Example.com>'],
        ['url', 'Example Threat'],
      ),
    ).toEqual([
      'ip 10.0.0.1',
      'ip 2001:db8::1',
      'ip 192.0.2.7',
      'ip 10.0.0.2',
      'ip 10.0.0.3',
      'ip 198.51.100.3',
      `hash ${'ab'.repeat(32)}`,
      'domain evil.example.org',
      'email ann@example.com',
    ]);
  });

  it('drops words and placeholders that say nothing', () => {
    expect(
      collected(
        ['host', ['-', 'N/A', 'null', '{{ host }}', '$host$', '<id>', ' ']],
        ['user', {}],
        ['user', null],
      ),
    ).toEqual([]);
  });

  it('writes accounts with their realm', () => {
    const collector = new EntityCollector();
    collector.addUser('ann', 'CORP', undefined);
    collector.addUser('ann', 'CORP', 'ann@example.com');
    collector.addUser('CORP\\bob', 'CORP', undefined);
    collector.addUser('cy', '', undefined);
    collector.addUser(undefined, 'CORP', undefined);
    expect(collector.list.map(({ value }) => value)).toEqual([
      'corp\\ann',
      'ann@example.com',
      'corp\\bob',
      'cy',
    ]);
  });

  it('counts what it leaves out and cuts long values', () => {
    const collector = new EntityCollector();
    for (let i = 0; i < MAX_ENTITIES + 5; i++) collector.add('user', `u${i}`);
    expect([collector.list.length, collector.dropped]).toEqual([MAX_ENTITIES, 5]);
    const long = new EntityCollector();
    long.add('process', 'x'.repeat(10_000));
    expect(long.list[0]?.value.length).toBe(4096);
  });
});

describe('addresses and names', () => {
  it('tells public, private and reserved addresses apart', () => {
    const scopes = [
      '8.8.8.8',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.0.1',
      '100.64.1.1',
      '169.254.1.1',
      '127.0.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '2606:4700::1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.0.0.1',
      '999.1.1.1',
      'x',
    ];
    expect(scopes.map(ipScope)).toEqual([
      'public',
      'private',
      'private',
      'private',
      'private',
      'private',
      'private',
      'reserved',
      'reserved',
      'public',
      'private',
      'private',
      'private',
      'invalid',
      'invalid',
    ]);
  });

  it('finds no address in other texts', () => {
    for (const text of ['', '1.2.3', 'host', '1.2.3.4.5', '01.02.03.04', 'a:b', ':'.repeat(60)])
      expect(ipAddress(text), text).toBeUndefined();
  });

  it('finds the host of a URL', () => {
    expect(hostOfUrlValue('https://A.Example.com:8443/x')).toBe('a.example.com');
  });
});

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { ipScope } from '../../src/features/ip-scope.ts';

describe('ipScope', () => {
  it.each([
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.0.1', 'private'],
    ['127.0.0.1', 'private'],
    ['169.254.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['255.255.255.255', 'private'],
    ['93.184.216.34', 'public'],
    ['::1', 'private'],
    ['fe80::1', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['999.1.1.1', 'invalid'],
    ['1.2.3', 'invalid'],
    ['1.2.3.4.5', 'invalid'],
    ['01.2.3.4', 'invalid'],
    ['1..2.3', 'invalid'],
    ['host.example.com', 'invalid'],
    ['', 'invalid'],
  ])('takes %s for %s', (text, scope) => {
    expect(ipScope(text)).toBe(scope);
  });

  it('agrees with ipaddr.js on any IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(ipScope(text)).toBe(ipaddr.IPv4.parse(text).range() === 'unicast' ? 'public' : 'private');
      }),
      { numRuns: 3000 },
    );
  });
});

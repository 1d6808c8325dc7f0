import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { ipScope } from '../../src/alert/ip-scope.ts';
import { fc } from '../support/fast-check.ts';

const PRIVATE = ['private', 'loopback', 'linkLocal', 'carrierGradeNat'];

function scopeByLibrary(address: string): string {
  const range = ipaddr.IPv4.parse(address).range();
  return range === 'unicast' ? 'public' : PRIVATE.includes(range) ? 'private' : 'reserved';
}

describe('ipScope', () => {
  it('says what ipaddr.js says of every block of 16 bits, at its ends and within', () => {
    const wrong: string[] = [];
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        for (const rest of ['0.0', '2.1', '99.7', '113.200', '255.255']) {
          const address = `${first}.${second}.${rest}`;
          if (ipScope(address) !== scopeByLibrary(address)) wrong.push(address);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('says what ipaddr.js says of any address', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const address = octets.join('.');
        expect(ipScope(address)).toBe(scopeByLibrary(address));
      }),
    );
  });

  it('takes four plain octets for an address, and nothing that is nearly one', () => {
    const part = fc.oneof(
      fc.constantFrom('', '0', '00', '08', '8', '255', '256', '1000', '1e1', ' 8', '+8', 'a'),
      fc.nat(300).map(String),
    );
    const plain = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        expect(ipScope(text) === 'invalid').toBe(!plain.test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads IPv6, and IPv4 within it', () => {
    expect(ipScope('2606:4700::1111')).toBe('public');
    expect(ipScope('fe80::1')).toBe('private');
    expect(ipScope('::ffff:10.0.0.1')).toBe('private');
    expect(ipScope('::ffff:8.8.8.8')).toBe('public');
    expect(ipScope('ff02::1')).toBe('reserved');
    expect(ipScope('not an address')).toBe('invalid');
  });
});

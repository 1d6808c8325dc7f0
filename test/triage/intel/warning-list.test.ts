import { describe, expect, it } from 'vitest';
import { ipNetwork, numberOfIpv4, startOfIpv4 } from '../../../src/intake/values/ip-address.ts';
import { createRandom } from '../../../src/trees/random.ts';
import { WarningList } from '../../../src/triage/intel/warning-list.ts';

describe('numbers of addresses', () => {
  it.each([
    ['0.0.0.0', 0],
    ['0.0.0.1', 1],
    ['1.2.3.4', 0x01020304],
    ['127.255.0.10', 0x7fff000a],
    ['128.0.0.0', 0x80000000],
    ['255.255.255.255', 0xffffffff],
  ])('%s', (address, number) => {
    expect(numberOfIpv4(address)).toBe(number);
    expect(startOfIpv4(number, 32)).toBe(number);
    expect(startOfIpv4(number, 0)).toBe(0);
    expect(startOfIpv4(number, 9)).toBe(Math.floor(number / 2 ** 23) * 2 ** 23);
  });
});

describe('a list of networks', () => {
  const list = new WarningList({
    name: 'networks',
    type: 'cidr',
    list: ['198.51.100.0/24', '203.0.113.7', '192.0.0.0/9', '2001:db8::/33', '2001:db9::5', 'no network'],
  });

  it.each([
    ['198.51.100.0', true],
    ['198.51.100.255', true],
    ['198.51.101.0', false],
    ['198.51.100.128/25', true],
    // not wholly inside
    ['198.51.100.0/23', false],
    ['203.0.113.7', true],
    ['203.0.113.6', false],
    ['192.127.255.255', true],
    ['192.128.0.0', false],
    ['2001:db8:7fff::1', true],
    ['2001:db8:8000::1', false],
    ['2001:db9::5', true],
    ['2001:db9::/64', false],
    ['::ffff:203.0.113.7', true],
    ['name.example', false],
  ])('%s: %s', (value, isMatched) => {
    expect(list.matches(value)).toBe(isMatched);
  });

  // Exact on both sides, whatever is drawn.
  it('answers as asking each of its networks would', () => {
    const random = createRandom(4);
    const address = (): string => `198.18.${random.int(4)}.${random.int(256)}`;
    for (let draw = 0; draw < 200; draw++) {
      const entries = Array.from({ length: 5 }, () => `${address()}/${20 + random.int(13)}`);
      const drawn = new WarningList({ name: 'drawn', type: 'cidr', list: entries });
      const asked = `${address()}/${24 + random.int(9)}`;
      const { prefix } = ipNetwork(asked)!;
      const isInside = entries.some((entry) => {
        const network = ipNetwork(entry)!;
        const around = ipNetwork(`${asked.split('/')[0]}/${network.prefix}`)!;
        return network.prefix <= prefix && around.address === network.address;
      });
      expect(drawn.matches(asked)).toBe(isInside);
    }
  });
});

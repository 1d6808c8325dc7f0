import { describe, expect, it } from 'vitest';
import { hash64Hex, seedOfSalt } from '../../src/features/hash64.ts';

describe('hash64', () => {
  it('keeps its values: stored keys must be found by every later build', () => {
    expect(hash64Hex([], 0)).toMatchInlineSnapshot(`"a076cbe3bf18e3a4"`);
    expect(hash64Hex(['rule', 'wazuh', '5712'], 0)).toMatchInlineSnapshot(`"97ff5eb6d02b0686"`);
    expect(hash64Hex(['main_entity', '', 'host', 'dc01.füße'], 12345)).toMatchInlineSnapshot(
      `"9814876475f54a4c"`,
    );
    expect(seedOfSalt('pepper')).toMatchInlineSnapshot(`1078884470`);
  });

  it('sees where a part ends', () => {
    expect(hash64Hex(['a', 'bc'], 0)).not.toBe(hash64Hex(['ab', 'c'], 0));
    expect(hash64Hex(['', 'a'], 0)).not.toBe(hash64Hex(['a', ''], 0));
  });

  it('has no collision, in either half beyond chance, over 200,000 near-identical keys', () => {
    const n = 200_000;
    const whole = new Set<string>();
    const halves = [new Set<string>(), new Set<string>()] as const;
    for (let i = 0; i < n; i++) {
      const hash = hash64Hex(['tenant_rule', 'tenant-1', `rule-${i}`], 0);
      whole.add(hash);
      halves[0].add(hash.slice(0, 8));
      halves[1].add(hash.slice(8));
    }
    expect(whole.size).toBe(n);
    // a fair 32-bit hash makes n^2 / 2^33 = 4.7 collisions among them
    for (const half of halves) expect(n - half.size).toBeLessThan(20);
  });
});

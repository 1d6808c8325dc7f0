import { describe, expect, it } from 'vitest';
import { Quota } from '../../src/api/quota.ts';

describe('Quota', () => {
  it('lets a minute’s worth pass at once and then says how long to wait', () => {
    let nowMs = 0;
    const quota = new Quota(60, () => nowMs);
    expect(quota.take('a', 60)).toBe(0);
    expect(quota.take('a', 5)).toBe(5);
    nowMs = 5_000;
    expect(quota.take('a', 5)).toBe(0);
    expect(quota.take('b', 60)).toBe(0);
  });

  it('slows a request larger than a minute’s worth, and lets it pass when the bucket is full', () => {
    let nowMs = 0;
    const quota = new Quota(60, () => nowMs);
    expect(quota.take('a', 120)).toBe(0);
    expect(quota.take('a', 1)).toBe(61);
    nowMs = 61_000;
    expect(quota.take('a', 1)).toBe(0);
  });
});

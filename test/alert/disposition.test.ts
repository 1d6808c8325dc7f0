import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import {
  ATTACK_SHARES,
  attackProbabilities,
  attackProbability,
  isAttackLabel,
  labelOf,
  truePositiveFlags,
} from '../../src/alert/disposition.ts';

describe('the arithmetic of dispositions', () => {
  it('labels a disposition by its place in the list', () => {
    expect(DISPOSITIONS.map(labelOf)).toEqual([0, 1, 2, 3]);
  });

  it('counts a suspicious alert as half an attack, at any offset and over rows', () => {
    expect(ATTACK_SHARES).toEqual([1, 0, 0.5, 0]);
    expect(attackProbability([0.2, 0.3, 0.4, 0.1])).toBeCloseTo(0.4, 12);
    expect(attackProbability([9, 0.2, 0.3, 0.4, 0.1], 1)).toBeCloseTo(0.4, 12);
    expect([...attackProbabilities([1, 0, 0, 0, 0, 0.5, 0.5, 0])]).toEqual([1, 0.25]);
    expect(attackProbabilities([])).toHaveLength(0);
  });

  it('flags true positives for ranking, and suspicious ones too for what is ordinary traffic', () => {
    const labels = Int32Array.from(DISPOSITIONS, labelOf);
    expect([...truePositiveFlags(labels)]).toEqual([1, 0, 0, 0]);
    expect([...labels].map(isAttackLabel)).toEqual([true, false, true, false]);
  });
});

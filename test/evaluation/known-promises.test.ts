import { describe, expect, it } from 'vitest';
import { firstDaysOf, keptPromises, promisesOf } from '../../src/evaluation/known-promises.ts';

/** Rows of true_positive against benign. */
const rows = (attack: readonly number[]): Float64Array =>
  Float64Array.from(attack.flatMap((p) => [p, 0, 0, 1 - p]));

describe('what is promised before the tested alerts are seen', () => {
  // A thousand attacks at .3 to .5, each an incident of its own, and a hundred benign alerts below.
  const attacks = Array.from({ length: 1000 }, (_, i) => 0.301 + i / 5000);
  const benign = Array.from({ length: 100 }, (_, i) => i / 400);
  const probabilities = rows([...attacks, ...benign]);
  const labels = Int32Array.from({ length: 1100 }, (_, i) => (i < 1000 ? 0 : 3));
  const positions = Int32Array.from(labels.keys());
  const groups = Array.from(positions, String);
  const promises = promisesOf({ kind: 'prequential', positions, probabilities }, labels, groups);

  it('is a cut that surely misses no more than one in a hundred', () => {
    const missed = attacks.filter((p) => p < promises.closeBelow);
    expect(missed).toHaveLength(5);
    expect(promises.sets.isCovered('true_positive')).toBe(true);
  });

  it('is held against alerts that came later, whatever cut would have been better there', () => {
    const later = rows([0.25, 0.32, 0.4, 0.45, 0.1, 0.2, 0.6, 0.35]);
    const kept = keptPromises([
      { promises, probabilities: later, labels: Int32Array.of(0, 0, 0, 0, 3, 3, 3, 3) },
    ]);
    expect(kept).toMatchObject({
      from: 'prequential',
      missed_at_most: 0.01,
      missed_confidence: 0.9,
      missed_attacks: 1,
      missed: 0.25,
      attacks: 4,
      closed: 3 / 8,
      set_confidence: 0.95,
      covered: 0.75,
    });
    expect(kept.close_below).toBe(promises.closeBelow);
  });

  it('is also held against the first two days alone, in whatever order alerts come', () => {
    const day = 86_400_000;
    const part = { promises, probabilities: rows([0.1, 0.2, 0.9, 0.8]), labels: Int32Array.of(0, 3, 0, 3) };
    const first = firstDaysOf(part, [9 * day, 5 * day, 7 * day - 1, 7 * day]);
    expect([...first.labels]).toEqual([3, 0]);
    expect([...first.probabilities]).toEqual([...rows([0.2, 0.9])]);
    expect(keptPromises([first])).toMatchObject({ attacks: 1, missed: 0, closed: 0.5 });
  });

  it('takes each fold by its own cut and tells folds from days', () => {
    const none = { ...promises, kind: 'out_of_fold' as const, closeBelow: 0 };
    const part = { probabilities: rows([0.1]), labels: Int32Array.of(3) };
    const kept = keptPromises([
      { promises, ...part },
      { promises: none, ...part },
    ]);
    expect(kept).toMatchObject({ from: 'out_of_fold', closed: 0.5, missed: 0, attacks: 0, covered: null });
  });
});

import { DISPOSITIONS, type Disposition } from './alert.ts';

const N_DISPOSITIONS = DISPOSITIONS.length;

/** The label of a disposition: its place in DISPOSITIONS. */
export const labelOf = (disposition: Disposition): number => DISPOSITIONS.indexOf(disposition);

export const TRUE_POSITIVE = labelOf('true_positive');
export const SUSPICIOUS = labelOf('suspicious');
export const BENIGN = labelOf('benign');
export const FALSE_POSITIVE = labelOf('false_positive');

/** How much of an attack each disposition is: a suspicious alert counts half. By label. */
export const ATTACK_SHARES: readonly number[] = DISPOSITIONS.map((disposition) =>
  disposition === 'true_positive' ? 1 : disposition === 'suspicious' ? 0.5 : 0,
);

/** How much of an attack the probabilities at `offset` speak of: p_true_positive + 0.5 p_suspicious, 0-1. */
export function attackProbability(probabilities: ArrayLike<number>, offset = 0): number {
  return probabilities[offset + TRUE_POSITIVE]! + 0.5 * probabilities[offset + SUSPICIOUS]!;
}

/** {@link attackProbability} of each row of `probabilities` (n x nClasses). */
export function attackProbabilities(probabilities: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: probabilities.length / N_DISPOSITIONS }, (_, i) =>
    attackProbability(probabilities, i * N_DISPOSITIONS),
  );
}

/** 1 for true_positive, 0 for the rest: what ranking, misses and the gate count as an attack. */
export function truePositiveFlags(labels: Int32Array): Int32Array {
  return labels.map((label) => (label === TRUE_POSITIVE ? 1 : 0));
}

/** True for true_positive and suspicious: what is kept away from the traffic that counts as ordinary. */
export function isAttackLabel(label: number): boolean {
  return label === TRUE_POSITIVE || label === SUSPICIOUS;
}

/** {@link isAttackLabel} of a disposition. */
export const isAttackDisposition = (disposition: Disposition): boolean => isAttackLabel(labelOf(disposition));

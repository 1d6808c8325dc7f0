import { DISPOSITIONS, type Disposition } from '../../alert/alert.ts';

/** Alerts of a class below which its F1, and with it the macro-F1, says little. */
export const FEW_ALERTS = 20;

/** Classes that occur in the labels, but too seldom for a figure of their own to be trusted. */
export function classesOfFewAlerts(labels: ArrayLike<number>): Disposition[] {
  const counts = DISPOSITIONS.map(() => 0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return DISPOSITIONS.filter((_, c) => counts[c]! > 0 && counts[c]! < FEW_ALERTS);
}

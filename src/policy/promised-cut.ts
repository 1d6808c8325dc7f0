import { TRUE_POSITIVE } from '../alert/disposition.ts';
import { wilson } from '../trees/metrics/wilson-interval.ts';
import type { ScoredAlerts } from './decision-threshold.ts';

/** How sure a promise is over the draw of the judged incidents that it is made from. */
export const PROMISE_CONFIDENCE = 0.9;
/** Its quantile of the normal distribution, one-sided. */
const Z = 1.2815515655446004;

/**
 * The highest cut of which it is 90 % sure that closing below it misses no more than a share of the attacks to come, as
 * far as they are like the judged ones; 0, which closes nothing, where so much cannot be said (below 163 attacks for 1 %).
 *
 * The share seen below a cut is right on the mean only: chosen from a finite set, half of the cuts miss more later.
 * Therefore the upper end of its interval is held against the promise, cut by cut upwards until one fails (fixed sequence
 * testing), so that the promise holds for the cut chosen and not just for one fixed beforehand. Alerts of an incident are
 * missed together: the interval counts as many attacks as would have that spread if each stood alone.
 *
 * @param scored unseen predictions, n alerts
 * @param groups (n,) incident of each
 * @param missedAtMost in (0, 1)
 * @returns attack probability below which is closed, in [0, 1]
 * @see Angelopoulos, Bates, Candes, Jordan, Lei. Learn then Test: calibrating predictive algorithms to achieve risk
 * control. 2021. Korn, Graubard. Confidence intervals for proportions with small expected number of positive counts
 * estimated from survey data. Survey Methodology 24, 1998.
 */
export function promisedCut(
  { attack, labels }: Pick<ScoredAlerts, 'attack' | 'labels'>,
  groups: readonly string[],
  missedAtMost: number,
): number {
  const attacks: number[] = [];
  const perGroup = new Map<string, { attacks: number; missed: number }>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== TRUE_POSITIVE) continue;
    attacks.push(i);
    const group = perGroup.get(groups[i]!) ?? { attacks: 0, missed: 0 };
    group.attacks++;
    perGroup.set(groups[i]!, group);
  }
  const n = attacks.length;
  if (n === 0 || wilson(0, n, Z).high > missedAtMost) return 0;
  attacks.sort((a, b) => attack[a]! - attack[b]!);
  // Over the groups: missed^2, missed x attacks and attacks^2, kept up while the cut rises.
  let missedSquared = 0;
  let product = 0;
  let attacksSquared = 0;
  for (const group of perGroup.values()) attacksSquared += group.attacks ** 2;
  let cut = 0;
  for (let missed = 0; missed < n; ) {
    cut = attack[attacks[missed]!]!;
    // equal probabilities are closed together
    for (; missed < n && attack[attacks[missed]!] === cut; missed++) {
      const group = perGroup.get(groups[attacks[missed]!]!)!;
      missedSquared += 2 * group.missed + 1;
      product += group.attacks;
      group.missed++;
    }
    const share = missed / n;
    const spread = missedSquared - 2 * share * product + share ** 2 * attacksSquared;
    // how many times as far the share varies as that of attacks which stand alone
    const effect = Math.max(1, spread / (n * share * (1 - share)));
    if (!(wilson(missed / effect, n / effect, Z).high <= missedAtMost)) break;
  }
  return cut;
}

import { outcomeValue } from '../../policy/decision-threshold.ts';
import type { CostMatrix } from '../../policy/policy.ts';

/** What closing everything below one attack probability would do. */
export interface ThresholdRow {
  readonly close_below: number;
  readonly closed: number;
  readonly missed_attacks: number;
  readonly false_alarms: number;
  readonly correct_closes: number;
  /** In the currency of the cost matrix; positive is a gain. */
  readonly value: number;
}

const SHOWN = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9] as const;

/**
 * Value by threshold: missed attacks and false alarms cost, correct closes earn. `best` is the threshold of the
 * highest value, halfway between the two attack probabilities it separates.
 */
export function thresholdTable(
  attack: Float64Array,
  isAttack: Int32Array,
  costs: CostMatrix,
): {
  readonly rows: ThresholdRow[];
  readonly best: ThresholdRow;
  readonly at: (closeBelow: number) => ThresholdRow;
} {
  const at = (closeBelow: number): ThresholdRow => {
    let closed = 0;
    let missed = 0;
    let falseAlarms = 0;
    for (let i = 0; i < attack.length; i++) {
      const isClosed = (attack[i] as number) < closeBelow;
      if (isClosed) closed++;
      if (isClosed && isAttack[i] === 1) missed++;
      if (!isClosed && isAttack[i] === 0) falseAlarms++;
    }
    const correct = closed - missed;
    return {
      close_below: closeBelow,
      closed,
      missed_attacks: missed,
      false_alarms: falseAlarms,
      correct_closes: correct,
      value: outcomeValue({ correct, missed, falseAlarms }, costs),
    };
  };
  const distinct = [...new Set(attack)].sort((a, b) => a - b);
  const cuts = distinct.map((value, i) => (i === 0 ? value : ((distinct[i - 1] as number) + value) / 2));
  cuts.push(1);
  // Beyond a few thousand cuts neighbours differ by an alert or two.
  const step = Math.max(1, Math.floor(cuts.length / 2_000));
  const best = cuts
    .filter((_, i) => i % step === 0)
    .map(at)
    .reduce((a, b) => (b.value > a.value ? b : a));
  return { rows: SHOWN.map(at), best, at };
}

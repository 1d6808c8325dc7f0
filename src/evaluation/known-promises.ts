import { attackProbabilities, attackProbability, TRUE_POSITIVE } from '../alert/disposition.ts';
import { conformalScores } from '../models/conformal-scores.ts';
import { ConformalSets } from '../policy/conformal.ts';
import { PROMISE_CONFIDENCE, promisedCut } from '../policy/promised-cut.ts';
import type { ForwardPredictions } from '../training/fit/model-selection.ts';

const N_CLASSES = 4;
/** Share of attacks that the cut may miss. */
const MISSED_AT_MOST = 0.01;
/** Share of a class that its conformal sets may leave out. */
const ALPHA = 0.05;

/** What is promised of later alerts before any of them is seen. */
export interface Promises {
  readonly kind: ForwardPredictions['kind'];
  /** Alerts less likely to be an attack are closed, so that surely no more than {@link MISSED_AT_MOST} of the attacks are missed. */
  readonly closeBelow: number;
  readonly sets: ConformalSets;
}

/** How the promises held on alerts that came later. */
export interface KeptPromises {
  /** Where they come from: judgements as they stood when each alert was scored, or folds. */
  readonly from: ForwardPredictions['kind'];
  readonly missed_at_most: number;
  /** How sure the cut was of that, over the draw of the judged incidents. */
  readonly missed_confidence: number;
  /** Mean over the folds. */
  readonly close_below: number;
  readonly closed: number;
  readonly missed: number;
  readonly missed_attacks: number;
  readonly attacks: number;
  readonly set_confidence: number;
  /** Share of the attacks whose conformal set holds true_positive; null without attacks. */
  readonly covered: number | null;
}

/**
 * @param labels (nFit,) of the rows that `forward.positions` points into
 * @param groups (nFit,) their incidents
 */
export function promisesOf(
  forward: ForwardPredictions,
  labels: Int32Array,
  groups: readonly string[],
): Promises {
  const own = forward.positions.map((at) => labels[at] as number);
  const { probabilities } = forward;
  const attack = attackProbabilities(probabilities);
  const ownGroups = Array.from(forward.positions, (at) => groups[at] as string);
  return {
    kind: forward.kind,
    closeBelow: promisedCut({ attack, labels: own }, ownGroups, MISSED_AT_MOST),
    sets: new ConformalSets(conformalScores(probabilities, own), ALPHA),
  };
}

/** Alerts of one fold, with what was promised before them. */
export interface TestedPart {
  readonly promises: Promises;
  /** (n x 4), calibrated. */
  readonly probabilities: Float64Array;
  /** (n,) */
  readonly labels: Int32Array;
}

const FIRST_DAYS_MS = 2 * 86_400_000;

/** What occurred within two days of the first alert of a part. @param occurredAtMs (n,) */
export function firstDaysOf(
  { promises, probabilities, labels }: TestedPart,
  occurredAtMs: ArrayLike<number>,
): TestedPart {
  let until = Number.POSITIVE_INFINITY;
  for (let i = 0; i < labels.length; i++)
    until = Math.min(until, (occurredAtMs[i] as number) + FIRST_DAYS_MS);
  const kept = [...labels.keys()].filter((i) => (occurredAtMs[i] as number) < until);
  const own = new Float64Array(kept.length * N_CLASSES);
  kept.forEach((at, i) => {
    own.set(probabilities.subarray(at * N_CLASSES, (at + 1) * N_CLASSES), i * N_CLASSES);
  });
  return { promises, probabilities: own, labels: Int32Array.from(kept, (i) => labels[i] as number) };
}

/** Every part with the promises of its own fold. */
export function keptPromises(parts: readonly TestedPart[]): KeptPromises {
  let n = 0;
  let closed = 0;
  let attacks = 0;
  let missed = 0;
  let covered = 0;
  for (const { promises, probabilities, labels } of parts) {
    n += labels.length;
    labels.forEach((label, i) => {
      const row = probabilities.subarray(i * N_CLASSES, (i + 1) * N_CLASSES);
      const isClosed = attackProbability(row) < promises.closeBelow;
      if (isClosed) closed++;
      if (label !== TRUE_POSITIVE) return;
      attacks++;
      if (isClosed) missed++;
      if ((promises.sets.maskOf(row) & (1 << label)) !== 0) covered++;
    });
  }
  return {
    from: parts.every(({ promises }) => promises.kind === 'prequential') ? 'prequential' : 'out_of_fold',
    missed_at_most: MISSED_AT_MOST,
    missed_confidence: PROMISE_CONFIDENCE,
    close_below: parts.reduce((sum, { promises }) => sum + promises.closeBelow, 0) / parts.length,
    closed: n === 0 ? 0 : closed / n,
    missed: attacks === 0 ? 0 : missed / attacks,
    missed_attacks: missed,
    attacks,
    set_confidence: 1 - ALPHA,
    covered: attacks === 0 ? null : covered / attacks,
  };
}

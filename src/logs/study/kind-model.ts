import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import type { Matrix } from '../../trees/matrix.ts';
import { rowsOf } from './row-model.ts';

const FOREST = { nEstimators: 100, minSamplesLeaf: 1 } as const;

/** Tells which of the kinds that were learned from an alarm is most like. */
export interface KindModel {
  readonly kinds: readonly string[];
  /** Undefined where there is one kind only. */
  readonly forest: RandomForestClassifier | undefined;
}

/**
 * Learns the kinds of the attacks among the fit rows.
 *
 * @param kindOf kind of fit row i; undefined where it is no attack
 */
export function fitKinds(X: Matrix, kindOf: (i: number) => string | undefined, seed: number): KindModel {
  const attacks = Int32Array.from({ length: X.nSamples }, (_, i) => i).filter((i) => kindOf(i) !== undefined);
  const kinds = [...new Set(Array.from(attacks, (i) => kindOf(i) as string))].sort();
  if (kinds.length < 2) return { kinds, forest: undefined };
  const labels = attacks.map((i) => kinds.indexOf(kindOf(i) as string));
  const forest = RandomForestClassifier.fit(rowsOf(X.data, X.nFeatures, attacks), labels, {
    ...FOREST,
    nClasses: kinds.length,
    seed,
  });
  return { kinds, forest };
}

/** The most alike kind of a row and how sure the forest is of it, 0-1; undefined without kinds. */
export function kindOfRow(
  { kinds, forest }: KindModel,
  row: Float32Array,
  offset: number,
): { readonly kind: string; readonly share: number } | undefined {
  if (forest === undefined) return kinds[0] === undefined ? undefined : { kind: kinds[0], share: 1 };
  const proba = new Float64Array(kinds.length);
  forest.predictProbaRow(row, offset, proba);
  const best = proba.reduce((at, value, i) => (value > (proba[at] as number) ? i : at), 0);
  return { kind: kinds[best] as string, share: proba[best] as number };
}

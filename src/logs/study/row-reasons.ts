import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import { TreeExplainer } from '../../trees/shap/tree-explainer.ts';
import type { RowLearner } from './row-model.ts';

/** What a column adds to the attack probability of a row. */
export interface TopColumn {
  readonly column: string;
  /** Null where it is missing. */
  readonly value: number | null;
  /** To the forest's probability before calibration. */
  readonly adds: number;
}

/** Why a forest gives a row its probability, exact; boosting has no such answer here. */
export class RowReasons {
  /** The probability before any column is known. */
  readonly base: number;
  readonly #explainer: TreeExplainer;

  private constructor(explainer: TreeExplainer) {
    this.#explainer = explainer;
    this.base = explainer.base[0] as number;
  }

  static of(learner: RowLearner): RowReasons | undefined {
    if (!(learner instanceof RandomForestClassifier)) return undefined;
    const { forest } = learner;
    return new RowReasons(new TreeExplainer(forest, [[0, 1 / forest.roots.length]]));
  }

  /** The largest contributions to the row that begins at `at`, see {@link explained}. */
  top(X: Float32Array, at: number, names: readonly string[], n: number): TopColumn[] {
    return this.explained(X, at, names, n).top;
  }

  /**
   * The largest contributions to the row that begins at `at`, and the sum of the others: with the base they are the
   * forest's probability.
   *
   * @param X (n x nNames) row by row
   */
  explained(
    X: Float32Array,
    at: number,
    names: readonly string[],
    n: number,
  ): { readonly top: TopColumn[]; readonly others: number } {
    const adds = new Float64Array(names.length);
    this.#explainer.addRows(X, at, 1, adds);
    const all = names
      .map((column, f) => {
        const value = X[at + f] as number;
        return { column, value: Number.isNaN(value) ? null : value, adds: adds[f] as number };
      })
      .sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds));
    return { top: all.slice(0, n), others: all.slice(n).reduce((sum, one) => sum + one.adds, 0) };
  }
}

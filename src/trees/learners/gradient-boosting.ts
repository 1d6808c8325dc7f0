import type { Forest } from '../forest/forest.ts';
import { ForestBuilder } from '../forest/forest-builder.ts';
import { decodeContainer, encodeContainer, FormatError } from '../forest/forest-format.ts';
import { ForestScorer } from '../forest/forest-scorer.ts';
import { decodeForest, encodeForest } from '../forest/forest-sections.ts';
import { binMatrix } from '../growing/binning.ts';
import { checkColumns, checkRow, checkSums, checkTargets, takeWeightedRows } from '../growing/fit-inputs.ts';
import { GradientTreeGrower } from '../growing/gradient-tree.ts';
import { RowSampler } from '../growing/row-sampling.ts';
import type { Matrix } from '../matrix.ts';
import { withKernel } from '../with-kernel.ts';
import { type BoostingOptions, checkBoostingOptions, monotoneColumns } from './boosting-options.ts';

const KIND = 'gradient-boosting-regressor';

export interface GradientBoostingRegressorOptions extends BoostingOptions {
  /** (nFeatures,) 1 where raising the column never lowers the output, -1 where it never raises it, else 0. */
  monotoneConstraints?: ArrayLike<number>;
}

/**
 * Gradient boosting for squared error: every tree is fitted to what the trees before it left over.
 *
 * The result does not depend on the order of the rows: gradients are summed as integers, and rows are drawn by what
 * is in them. Splits are those of scikit-learn's GradientBoostingRegressor up to binning (255 bins a column); missing
 * values (NaN) are routed by a direction that each split learns.
 *
 * @see Friedman. Greedy Function Approximation. Annals of Statistics 29, 2001. https://doi.org/10.1214/aos/1013203451
 */
export class GradientBoostingRegressor {
  readonly forest: Forest;
  readonly nFeatures: number;
  /** Output before the first tree: the weighted mean of the targets. */
  readonly baseScore: number;
  readonly #scorer: ForestScorer;

  private constructor(forest: Forest, baseScore: number) {
    this.forest = forest;
    this.nFeatures = forest.nFeatures;
    this.baseScore = baseScore;
    this.#scorer = new ForestScorer(forest);
  }

  /** @throws RangeError when an option, a target, a weight or a value is out of range */
  static fit(
    X: Matrix,
    y: Float64Array | Float32Array | readonly number[],
    options: GradientBoostingRegressorOptions = {},
  ): GradientBoostingRegressor {
    checkTargets(y, X.nSamples);
    const settings = checkBoostingOptions(options, 0);
    const taken = takeWeightedRows(X, options.sampleWeight);
    const { rows, weights } = taken;
    const nSamples = taken.X.nSamples;
    const targets = rows === undefined ? Float64Array.from(y) : Float64Array.from(rows, (i) => y[i]);
    checkSums(
      weights,
      nSamples,
      targets.reduce((most, target) => Math.max(most, Math.abs(target)), 0),
    );
    return withKernel((kernel) => {
      const binned = binMatrix(taken.X, kernel);
      const monotone = monotoneColumns(options.monotoneConstraints, binned);
      const grower = new GradientTreeGrower(binned, { ...settings, monotone }, weights !== undefined);
      const builder = new ForestBuilder(X.nFeatures, 1);

      const baseScore = weightedMean(targets, weights);
      const targetsAt = kernel.allocate(8 * nSamples);
      const outputAt = kernel.allocate(8 * nSamples);
      const { gradients } = grower;
      kernel.float64(targetsAt, nSamples).set(targets);
      kernel.float64(outputAt, nSamples).fill(baseScore);
      if (weights !== undefined) kernel.float64(gradients.hessiansAt, nSamples).set(weights);
      const sampler = new RowSampler(
        taken.X,
        binned.columns,
        settings.subsample,
        settings.seed,
        undefined,
        targets,
      );
      for (let t = 0; t < settings.nEstimators; t++) {
        kernel.run.subtract(targetsAt, outputAt, nSamples, gradients.gradientsAt);
        if (weights !== undefined) kernel.run.multiply(gradients.gradientsAt, gradients.hessiansAt, nSamples);
        gradients.quantise();
        const nDrawn = sampler.draw(grower.index, t);
        grower.grow(builder, nDrawn, settings.learningRate);
        grower.addLeafValues(builder, taken.X, nDrawn, outputAt, 0);
        options.onProgress?.(t + 1, settings.nEstimators);
      }
      return new GradientBoostingRegressor(builder.build(), baseScore);
    });
  }

  /** @throws FormatError when the bytes are not a boosted regressor that `toBuffer` wrote */
  static from(bytes: Uint8Array): GradientBoostingRegressor {
    const { kind, header, sections } = decodeContainer(bytes);
    if (kind !== KIND) throw new FormatError(`Expected a file of kind ${KIND}, got ${kind}.`);
    const baseScore = header['base_score'];
    if (typeof baseScore !== 'number') {
      throw new FormatError(`Expected \`base_score\` to be a number, got ${baseScore}.`);
    }
    const forest = decodeForest(sections);
    if (forest.nOutputs !== 1) throw new FormatError(`Expected one output, got ${forest.nOutputs}.`);
    return new GradientBoostingRegressor(forest, baseScore);
  }

  toBuffer(): Uint8Array {
    return encodeContainer(KIND, { base_score: this.baseScore }, encodeForest(this.forest));
  }

  /** (nSamples,) */
  predict(X: Matrix): Float64Array {
    checkColumns(X, this.nFeatures);
    const output = new Float64Array(X.nSamples).fill(this.baseScore);
    this.#scorer.addRows(X, output);
    return output;
  }

  /** Output for one row, as `predict` gives it. Allocates nothing. */
  predictRow(row: Float32Array, offset: number): number {
    checkRow(row, offset, this.nFeatures);
    return this.#scorer.sumRow(row, offset, this.baseScore);
  }
}

/** Mean that does not depend on the order of the values: they are summed as integers. */
function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  const n = values.length;
  let largest = 0;
  let largestWeight = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(values[i]));
  if (weights !== undefined) for (let i = 0; i < n; i++) largestWeight = Math.max(largestWeight, weights[i]);
  if (largest === 0) return 0;
  if (weights === undefined) {
    const unit = (largest * n) / 2 ** 52;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.round(values[i] / unit);
    return (sum / n) * unit;
  }
  const unit = n / 2 ** 52;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i] / largestWeight;
    sum += Math.round(((values[i] / largest) * weight) / unit);
    total += Math.round(weight / unit);
  }
  return (sum / total) * largest;
}

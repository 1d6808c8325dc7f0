import type { Forest } from '../forest/forest.ts';
import { ForestBuilder } from '../forest/forest-builder.ts';
import { decodeContainer, encodeContainer, FormatError, sectionOf } from '../forest/forest-format.ts';
import { ForestScorer } from '../forest/forest-scorer.ts';
import { decodeForest, encodeForest } from '../forest/forest-sections.ts';
import { binMatrix } from '../growing/binning.ts';
import { type ClassWeight, rowWeights } from '../growing/class-weights.ts';
import { checkColumns, checkLabels, checkRow, checkSums, takeWeightedRows } from '../growing/fit-inputs.ts';
import { GradientTreeGrower } from '../growing/gradient-tree.ts';
import { RowSampler } from '../growing/row-sampling.ts';
import type { Matrix } from '../matrix.ts';
import { withKernel } from '../with-kernel.ts';
import { type BoostingOptions, checkBoostingOptions } from './boosting-options.ts';

const KIND = 'gradient-boosting-classifier';

/** A class without a row starts from this share, so that its margin is finite. */
const SMALLEST_PRIOR = 1e-6;

export interface GradientBoostingClassifierOptions extends BoostingOptions {
  /** Number of classes; labels are 0 .. nClasses - 1. @default largest label + 1 */
  nClasses?: number;
  /** Weight of each class; 'balanced' weighs classes by the inverse of their counts. @default all 1 */
  classWeight?: ClassWeight;
}

/**
 * Gradient boosting for classes: one tree per class and round on the gradient of the log loss, softmax at the end.
 *
 * Leaves take Newton steps G / (H + l2Regularization), where l2Regularization is 1 unless given, as in XGBoost. Trees
 * of class c are roots c, c + nClasses, …; their leaf values are 0 for the other classes. The result does not depend
 * on the order of the rows.
 *
 * @see Friedman. Greedy Function Approximation. Annals of Statistics 29, 2001. https://doi.org/10.1214/aos/1013203451
 */
export class GradientBoostingClassifier {
  readonly forest: Forest;
  readonly nFeatures: number;
  readonly nClasses: number;
  /** (nClasses,) margins before the first tree: logarithms of the class shares. */
  readonly baseScores: Float64Array;
  readonly #scorer: ForestScorer;

  private constructor(forest: Forest, baseScores: Float64Array) {
    this.forest = forest;
    this.nFeatures = forest.nFeatures;
    this.nClasses = forest.nOutputs;
    this.baseScores = baseScores;
    this.#scorer = new ForestScorer(forest);
  }

  /** @throws RangeError when an option, a label, a weight or a value is out of range */
  static fit(
    X: Matrix,
    y: Int32Array,
    options: GradientBoostingClassifierOptions = {},
  ): GradientBoostingClassifier {
    const nClasses = checkLabels(y, X.nSamples, options.nClasses);
    const settings = checkBoostingOptions(options, 1);
    const taken = takeWeightedRows(X, rowWeights(y, nClasses, options.classWeight, options.sampleWeight));
    const { rows, weights } = taken;
    const nSamples = taken.X.nSamples;
    const labels = rows === undefined ? y : rows.map((i) => y[i]);
    checkSums(weights, nSamples, 1);
    return withKernel((kernel) => {
      const binned = binMatrix(taken.X, kernel);
      const grower = new GradientTreeGrower(binned, { ...settings, monotone: undefined }, true);
      const builder = new ForestBuilder(X.nFeatures, nClasses);

      const baseScores = logPriors(labels, weights, nClasses);
      const marginsAt = kernel.allocate(8 * nSamples * nClasses);
      const probaAt = kernel.allocate(8 * nSamples * nClasses);
      const labelsAt = kernel.allocate(4 * nSamples);
      const weightsAt = weights === undefined ? 0 : kernel.allocate(8 * nSamples);
      const margins = kernel.float64(marginsAt, nSamples * nClasses);
      for (let i = 0; i < nSamples; i++) margins.set(baseScores, i * nClasses);
      kernel.int32(labelsAt, nSamples).set(labels);
      if (weights !== undefined) kernel.float64(weightsAt, nSamples).set(weights);
      const { gradientsAt, hessiansAt } = grower.gradients;
      const sampler = new RowSampler(taken.X, binned.columns, settings.subsample, settings.seed, labels);
      for (let t = 0; t < settings.nEstimators; t++) {
        // The trees of a round all start from the same margins.
        kernel.run.softmaxRows(marginsAt, nSamples, nClasses, probaAt);
        for (let c = 0; c < nClasses; c++) {
          kernel.run.writeClassGradients(
            probaAt,
            labelsAt,
            weightsAt,
            c,
            nClasses,
            nSamples,
            gradientsAt,
            hessiansAt,
          );
          grower.gradients.quantise();
          const nDrawn = sampler.draw(grower.index, t);
          grower.grow(builder, nDrawn, settings.learningRate, c);
          grower.addLeafValues(builder, taken.X, nDrawn, marginsAt, c);
        }
        options.onProgress?.(t + 1, settings.nEstimators);
      }
      return new GradientBoostingClassifier(builder.build(), baseScores);
    });
  }

  /** @throws FormatError when the bytes are not a boosted classifier that `toBuffer` wrote */
  static from(bytes: Uint8Array): GradientBoostingClassifier {
    const { kind, sections } = decodeContainer(bytes);
    if (kind !== KIND) throw new FormatError(`Expected a file of kind ${KIND}, got ${kind}.`);
    const baseScores = sectionOf(sections, 'base_scores', Float64Array);
    const forest = decodeForest(sections);
    if (baseScores.length !== forest.nOutputs || !baseScores.every((score) => Number.isFinite(score))) {
      throw new FormatError(`Expected ${forest.nOutputs} finite base scores, got ${baseScores.join(', ')}.`);
    }
    return new GradientBoostingClassifier(forest, baseScores);
  }

  toBuffer(): Uint8Array {
    return encodeContainer(KIND, {}, { base_scores: this.baseScores, ...encodeForest(this.forest) });
  }

  /** (nSamples x nClasses) class probabilities; rows sum to 1. */
  predictProba(X: Matrix): Float64Array {
    checkColumns(X, this.nFeatures);
    const proba = new Float64Array(X.nSamples * this.nClasses);
    for (let i = 0; i < X.nSamples; i++) proba.set(this.baseScores, i * this.nClasses);
    this.#scorer.addRows(X, proba);
    softmaxRows(proba, this.nClasses);
    return proba;
  }

  /** Writes the class probabilities of one row into `out`, from `outOffset` on. Allocates nothing. */
  predictProbaRow(row: Float32Array, offset: number, out: Float64Array, outOffset = 0): void {
    checkRow(row, offset, this.nFeatures);
    for (let c = 0; c < this.nClasses; c++) out[outOffset + c] = this.baseScores[c];
    this.#scorer.addRow(row, offset, out, outOffset);
    softmax(out, outOffset, this.nClasses);
  }
}

function logPriors(y: Int32Array, weights: Float64Array | undefined, nClasses: number): Float64Array {
  // Counts per class first, so that equal weights give sums that do not depend on the order of the rows.
  const sums = new Float64Array(nClasses);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    sums[y[i]] += weight;
    total += weight;
  }
  return sums.map((sum) => Math.log(Math.max(sum / total, SMALLEST_PRIOR)));
}

function softmaxRows(margins: Float64Array, nClasses: number): void {
  for (let row = 0; row < margins.length; row += nClasses) softmax(margins, row, nClasses);
}

/** In place. Math.exp is V8's own port of fdlibm: the last bit is the same on every machine. */
function softmax(values: Float64Array, offset: number, n: number): void {
  const end = offset + n;
  let largest = values[offset];
  for (let at = offset + 1; at < end; at++) if (values[at] > largest) largest = values[at];
  let sum = 0;
  for (let at = offset; at < end; at++) {
    const e = Math.exp(values[at] - largest);
    values[at] = e;
    sum += e;
  }
  for (let at = offset; at < end; at++) values[at] /= sum;
}

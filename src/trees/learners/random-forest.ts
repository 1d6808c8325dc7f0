import type { Forest } from '../forest/forest.ts';
import { ForestBuilder } from '../forest/forest-builder.ts';
import { decodeContainer, encodeContainer, FormatError } from '../forest/forest-format.ts';
import { ForestScorer } from '../forest/forest-scorer.ts';
import { decodeForest, encodeForest } from '../forest/forest-sections.ts';
import { type BinnedMatrix, binMatrix } from '../growing/binning.ts';
import { Bootstrap } from '../growing/bootstrap.ts';
import { type ClassWeight, rowWeights } from '../growing/class-weights.ts';
import { ClassificationTreeGrower } from '../growing/classification-tree.ts';
import {
  checkColumns,
  checkInteger,
  checkLabels,
  checkRow,
  checkSeed,
  type OnProgress,
  takeWeightedRows,
} from '../growing/fit-inputs.ts';
import { contentOrder } from '../growing/row-order.ts';
import type { Matrix } from '../matrix.ts';
import { deriveSeed } from '../random.ts';
import { withKernel } from '../with-kernel.ts';

const KIND = 'random-forest-classifier';

export interface RandomForestOptions {
  /** Number of classes; labels are 0 .. nClasses - 1. @default largest label + 1 */
  nClasses?: number;
  /** @default 100 */
  nEstimators?: number;
  /** Columns looked at in each node: their square root, all, or a number. @default 'sqrt' */
  maxFeatures?: 'sqrt' | 'all' | number;
  /** Longest way from the root to a leaf. @default unbounded */
  maxDepth?: number;
  /** Fewest distinct rows in a leaf; larger gives smaller, smoother trees. @default 1 */
  minSamplesLeaf?: number;
  /** Weight of each class; 'balanced' weighs classes by the inverse of their counts. @default all 1 */
  classWeight?: ClassWeight;
  /** Weight of each row, >= 0; a row of weight 0 changes nothing. @default all 1 */
  sampleWeight?: ArrayLike<number>;
  /** Same data and seed give the same bytes. @default 0 */
  seed?: number;
  onProgress?: OnProgress;
}

/**
 * Random forest of Gini trees on bootstrap samples; a probability is the mean over trees of the class shares in the
 * leaf, as in scikit-learn. Missing values (NaN) are routed by a direction that each split learns. Bootstrap samples
 * are drawn by what is in a row, not by its place, so the order of the rows changes nothing.
 *
 * @see Breiman. Random Forests. Machine Learning 45, 2001. https://doi.org/10.1023/A:1010933404324
 */
export class RandomForestClassifier {
  readonly forest: Forest;
  readonly nFeatures: number;
  readonly nClasses: number;
  readonly #scorer: ForestScorer;
  #outOfBag: (() => Float64Array) | undefined;
  #oobProba: Float64Array | undefined;

  private constructor(forest: Forest, outOfBag?: () => Float64Array) {
    this.forest = forest;
    this.nFeatures = forest.nFeatures;
    this.nClasses = forest.nOutputs;
    this.#scorer = new ForestScorer(forest);
    this.#outOfBag = outOfBag;
  }

  /** @throws RangeError when an option, a label, a weight or a value is out of range */
  static fit(X: Matrix, y: Int32Array, options: RandomForestOptions = {}): RandomForestClassifier {
    const nClasses = checkLabels(y, X.nSamples, options.nClasses);
    const nEstimators = checkInteger('nEstimators', options.nEstimators ?? 100, 1);
    const maxDepth = checkInteger('maxDepth', options.maxDepth ?? Number.MAX_SAFE_INTEGER, 1);
    const minSamplesLeaf = checkInteger('minSamplesLeaf', options.minSamplesLeaf ?? 1, 1);
    const seed = checkSeed(options.seed ?? 0);
    const weights = rowWeights(y, nClasses, options.classWeight, options.sampleWeight);
    const taken = takeWeightedRows(X, weights);
    const { forest, order } = withKernel((kernel) => {
      const binned = binMatrix(taken.X, kernel);
      const maxFeatures = columnsPerNode(options.maxFeatures ?? 'sqrt', binned);
      const labels = taken.rows === undefined ? y : taken.rows.map((i) => y[i]);

      const order = contentOrder(taken.X, binned.columns, labels, taken.weights);
      const growerOptions = { nClasses, maxFeatures, maxDepth, minSamplesLeaf };
      const grower = new ClassificationTreeGrower(binned, labels, order, taken.weights, growerOptions);
      const builder = new ForestBuilder(X.nFeatures, nClasses);
      for (let t = 0; t < nEstimators; t++) {
        grower.grow(builder, deriveSeed(seed, t));
        options.onProgress?.(t + 1, nEstimators);
      }
      return { forest: builder.build(), order };
    });
    return new RandomForestClassifier(forest, () => outOfBagProba(forest, X, taken.rows, order, seed));
  }

  /** A classifier over trees that were read from elsewhere; their leaf values are class probabilities. */
  static fromForest(forest: Forest, nClasses: number): RandomForestClassifier {
    if (forest.nOutputs !== nClasses) {
      throw new RangeError(`Expected a forest with ${nClasses} outputs, got ${forest.nOutputs}.`);
    }
    return new RandomForestClassifier(forest);
  }

  /** @throws FormatError when the bytes are not a random forest that `toBuffer` wrote */
  static from(bytes: Uint8Array): RandomForestClassifier {
    const { kind, sections } = decodeContainer(bytes);
    if (kind !== KIND) throw new FormatError(`Expected a file of kind ${KIND}, got ${kind}.`);
    return new RandomForestClassifier(decodeForest(sections));
  }

  toBuffer(): Uint8Array {
    return encodeContainer(KIND, {}, encodeForest(this.forest));
  }

  /**
   * (nSamples x nClasses) probabilities for the training rows, each from the trees that did not see it; NaN where
   * every tree did. Computed when first asked for, on the matrix given to `fit`, which must not have changed since.
   *
   * @throws Error on a forest that was read rather than fitted: the file does not keep the training rows
   */
  get oobProba(): Float64Array {
    if (this.#oobProba === undefined) {
      if (this.#outOfBag === undefined) {
        throw new Error(
          'Expected a forest fitted in this process: out-of-bag probabilities are not in the file.',
        );
      }
      this.#oobProba = this.#outOfBag();
      this.#outOfBag = undefined;
    }
    return this.#oobProba;
  }

  /** (nSamples x nClasses) class probabilities; rows sum to 1. */
  predictProba(X: Matrix): Float64Array {
    checkColumns(X, this.nFeatures);
    const proba = new Float64Array(X.nSamples * this.nClasses);
    this.#scorer.addRows(X, proba);
    const nTrees = this.forest.roots.length;
    for (let i = 0; i < proba.length; i++) proba[i] /= nTrees;
    return proba;
  }

  /** Writes the class probabilities of one row into `out`, from `outOffset` on. Allocates nothing. */
  predictProbaRow(row: Float32Array, offset: number, out: Float64Array, outOffset = 0): void {
    checkRow(row, offset, this.nFeatures);
    const nClasses = this.nClasses;
    for (let c = 0; c < nClasses; c++) out[outOffset + c] = 0;
    this.#scorer.addRow(row, offset, out, outOffset);
    const nTrees = this.forest.roots.length;
    for (let c = 0; c < nClasses; c++) out[outOffset + c] /= nTrees;
  }
}

/** Columns drawn per node, of those that vary: a constant column neither counts nor is drawn. */
function columnsPerNode(maxFeatures: 'sqrt' | 'all' | number, binned: BinnedMatrix): number {
  const nColumns = binned.columns.length;
  if (maxFeatures === 'all') return nColumns;
  if (maxFeatures === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(nColumns)));
  return Math.min(nColumns, checkInteger('maxFeatures', maxFeatures, 1));
}

/** The bootstrap draws follow from the seed, so they are drawn again instead of kept. */
function outOfBagProba(
  forest: Forest,
  X: Matrix,
  rows: Int32Array | undefined,
  order: Int32Array,
  seed: number,
): Float64Array {
  const nClasses = forest.nOutputs;
  const proba = new Float64Array(X.nSamples * nClasses);
  const nVotes = new Int32Array(X.nSamples);
  const scorer = new ForestScorer(forest);
  const isInBag = new Uint8Array(X.nSamples);
  withKernel((kernel) => {
    const bootstrap = new Bootstrap(kernel, order);
    for (let t = 0; t < forest.roots.length; t++) {
      const drawn = kernel.float64(bootstrap.draw(deriveSeed(seed, t)), order.length);
      isInBag.fill(0);
      for (let k = 0; k < drawn.length; k++) if (drawn[k] > 0) isInBag[rows === undefined ? k : rows[k]] = 1;
      scorer.addOutOfBag(X, t, isInBag, proba, nVotes);
    }
  });
  for (let i = 0; i < X.nSamples; i++) {
    for (let c = 0; c < nClasses; c++) proba[i * nClasses + c] /= nVotes[i];
  }
  return proba;
}

import type { Forest } from '../forest/forest.ts';
import { ForestBuilder } from '../forest/forest-builder.ts';
import { decodeContainer, encodeContainer, FormatError } from '../forest/forest-format.ts';
import { ForestScorer } from '../forest/forest-scorer.ts';
import { decodeForest, encodeForest } from '../forest/forest-sections.ts';
import {
  checkAbove,
  checkColumns,
  checkInteger,
  checkRow,
  checkSeed,
  type OnProgress,
} from '../growing/fit-inputs.ts';
import { averagePathLength, IsolationTreeGrower, varyingColumns } from '../growing/isolation-tree.ts';
import { contentOrder } from '../growing/row-order.ts';
import type { Matrix } from '../matrix.ts';
import { sortedQuantile } from '../metrics/quantile.ts';
import { createRandom, deriveSeed, type Random } from '../random.ts';

const KIND = 'isolation-forest';

export interface IsolationForestOptions {
  /** @default 100 */
  nEstimators?: number;
  /** Rows drawn for each tree, without replacement; all rows when there are fewer. @default 256 */
  maxSamples?: number;
  /** Expected share of anomalies, in (0, 0.5]. Moves the decision threshold, not the scores. @default 0.1 */
  contamination?: number;
  /** Same data and seed give the same bytes. @default 0 */
  seed?: number;
  onProgress?: OnProgress;
}

/**
 * Isolation forest: rows that random splits separate early are anomalous.
 *
 * Scores lie in (0, 1] and higher is more anomalous: scikit-learn's `score_samples` with the sign turned. Fitted on
 * one row, or on equal rows, every score is 0.5: nothing can be told. A leaf's
 * value is the path length of the rows in it, depth + c(rows). Samples are drawn by what is in a row, not by its
 * place, so the order of the rows changes nothing.
 *
 * @see Liu, Ting, Zhou. Isolation Forest. ICDM 2008. https://doi.org/10.1109/ICDM.2008.17
 */
export class IsolationForest {
  readonly forest: Forest;
  readonly nFeatures: number;
  /** Rows that each tree was grown on. */
  readonly sampleSize: number;
  /** A row whose score is above is an anomaly: the (1 - contamination) quantile of the training scores. */
  readonly decisionThreshold: number;
  readonly #scorer: ForestScorer;
  readonly #scale: number;

  private constructor(forest: Forest, sampleSize: number, decisionThreshold: number) {
    this.forest = forest;
    this.nFeatures = forest.nFeatures;
    this.sampleSize = sampleSize;
    this.decisionThreshold = decisionThreshold;
    this.#scorer = new ForestScorer(forest);
    this.#scale = 1 / (forest.roots.length * (averagePathLength(sampleSize) || 1));
  }

  /** @throws RangeError when an option or a value is out of range */
  static fit(X: Matrix, options: IsolationForestOptions = {}): IsolationForest {
    const nEstimators = checkInteger('nEstimators', options.nEstimators ?? 100, 1);
    const maxSamples = checkInteger('maxSamples', options.maxSamples ?? 256, 1);
    const contamination = checkAbove('contamination', options.contamination ?? 0.1, 0, 0.5);
    const seed = checkSeed(options.seed ?? 0);
    checkFinite(X);
    const sampleSize = Math.min(maxSamples, X.nSamples);
    const columns = varyingColumns(X);
    const grower = new IsolationTreeGrower(X, columns, sampleSize);
    const builder = new ForestBuilder(X.nFeatures, 1);
    const pool = contentOrder(X, columns);
    for (let t = 0; t < nEstimators; t++) {
      const random = createRandom(deriveSeed(seed, t));
      grower.grow(builder, drawWithoutReplacement(pool, sampleSize, random), random);
      options.onProgress?.(t + 1, nEstimators);
    }
    return IsolationForest.fromForest(builder.build(), sampleSize, X, contamination);
  }

  /**
   * A detector over isolation trees that are already there; leaf values are path lengths. The decision threshold is
   * the (1 - contamination) quantile of the scores of `X`.
   */
  static fromForest(forest: Forest, sampleSize: number, X: Matrix, contamination: number): IsolationForest {
    const scores = new IsolationForest(forest, sampleSize, 1).scoreSamples(X).sort();
    return new IsolationForest(forest, sampleSize, sortedQuantile(scores, 1 - contamination));
  }

  /** @throws FormatError when the bytes are not an isolation forest that `toBuffer` wrote */
  static from(bytes: Uint8Array): IsolationForest {
    const { kind, header, sections } = decodeContainer(bytes);
    if (kind !== KIND) throw new FormatError(`Expected a file of kind ${KIND}, got ${kind}.`);
    const { sample_size: sampleSize, decision_threshold: decisionThreshold } = header;
    if (typeof sampleSize !== 'number' || !Number.isInteger(sampleSize) || sampleSize < 1) {
      throw new FormatError(`Expected \`sample_size\` to be an integer >= 1, got ${sampleSize}.`);
    }
    if (typeof decisionThreshold !== 'number') {
      throw new FormatError(`Expected \`decision_threshold\` to be a number, got ${decisionThreshold}.`);
    }
    const forest = decodeForest(sections);
    if (forest.nOutputs !== 1) throw new FormatError(`Expected one output, got ${forest.nOutputs}.`);
    return new IsolationForest(forest, sampleSize, decisionThreshold);
  }

  toBuffer(): Uint8Array {
    const header = { sample_size: this.sampleSize, decision_threshold: this.decisionThreshold };
    return encodeContainer(KIND, header, encodeForest(this.forest));
  }

  /** (nSamples,) anomaly scores 2^(-mean path length / c(sampleSize)) in (0, 1]; higher is more anomalous. */
  scoreSamples(X: Matrix): Float64Array {
    checkColumns(X, this.nFeatures);
    const scores = new Float64Array(X.nSamples);
    this.#scorer.addRows(X, scores);
    for (let i = 0; i < scores.length; i++) scores[i] = 2 ** (-scores[i] * this.#scale);
    return scores;
  }

  /** Anomaly score of one row, as `scoreSamples` gives it. Allocates nothing. */
  scoreRow(row: Float32Array, offset: number): number {
    checkRow(row, offset, this.nFeatures);
    return 2 ** (-this.#scorer.sumRow(row, offset, 0) * this.#scale);
  }

  /** (nSamples,) 1 where the score is above the decision threshold; twins at the cut are not flagged. */
  predict(X: Matrix): Uint8Array {
    return Uint8Array.from(this.scoreSamples(X), (score) => (score > this.decisionThreshold ? 1 : 0));
  }
}

function checkFinite(X: Matrix): void {
  const { data, nSamples, nFeatures } = X;
  if (nSamples < 1) throw new RangeError('Expected `X` to have at least one row, got 0.');
  if (nFeatures > 32767)
    throw new RangeError(`Expected \`X\` to have at most 32767 columns, got ${nFeatures}.`);
  for (let at = 0; at < data.length; at++) {
    if (Math.abs(data[at]) === Number.POSITIVE_INFINITY) {
      const row = Math.floor(at / nFeatures);
      throw new RangeError(
        `Expected finite values or NaN in \`X\`, got ${data[at]} in row ${row}, column ${at % nFeatures}.`,
      );
    }
  }
}

/** The first `n` places of `pool` after a partial shuffle. The pool stays a permutation for the next draw. */
function drawWithoutReplacement(pool: Int32Array, n: number, random: Random): Int32Array {
  for (let k = 0; k < n; k++) {
    const pick = k + random.int(pool.length - k);
    const held = pool[pick];
    pool[pick] = pool[k];
    pool[k] = held;
  }
  return pool.subarray(0, n);
}

import type { Forest } from '../../src/trees/forest/forest.ts';
import { ForestBuilder } from '../../src/trees/forest/forest-builder.ts';
import { binMatrix, MISSING_CODE, splitThreshold } from '../../src/trees/growing/binning.ts';
import { contentOrder } from '../../src/trees/growing/row-order.ts';
import { Kernel } from '../../src/trees/kernel.ts';
import type { Matrix } from '../../src/trees/matrix.ts';
import { createRandom, deriveSeed } from '../../src/trees/random.ts';

// The learners as one would write them down, with nothing shared between one candidate cut and the next. Slow; the
// tests hold the fast ones against them.

/** A cut of one column: codes up to `leftBin` go left, and missing ones if `missingLeft`. */
interface Cut {
  readonly column: number;
  readonly leftBin: number;
  readonly rightBin: number;
  readonly missingLeft: boolean;
}

export class PlainBins {
  readonly nColumns: number;
  readonly #X: Matrix;
  readonly #binned: ReturnType<typeof binMatrix>;
  readonly #codes: Uint8Array;

  constructor(X: Matrix) {
    this.#X = X;
    this.#binned = binMatrix(X, new Kernel());
    this.nColumns = this.#binned.columns.length;
    this.#codes = this.#binned.kernel.bytes(this.#binned.columnCodes, this.nColumns * X.nSamples);
  }

  get columns(): Int16Array {
    return this.#binned.columns;
  }

  goesLeft(i: number, { column, leftBin, missingLeft }: Cut): boolean {
    const code = this.#codes[column * this.#X.nSamples + i]!;
    return code === MISSING_CODE ? missingLeft : code <= leftBin;
  }

  /** All cuts of a column between codes that the rows hold, from left to right; missing values right, then left. */
  cuts(column: number, rows: readonly number[]): Cut[] {
    const codes = new Set(rows.map((i) => this.#codes[column * this.#X.nSamples + i]!));
    const present = [...codes].filter((code) => code !== MISSING_CODE).sort((a, b) => a - b);
    const hasMissing = codes.has(MISSING_CODE);
    const cuts: Cut[] = [];
    for (const missingLeft of hasMissing ? [false, true] : [false]) {
      present.forEach((leftBin, k) => {
        const isLast = k + 1 === present.length;
        if (isLast && (!hasMissing || missingLeft)) return;
        cuts.push({ column, leftBin, rightBin: isLast ? MISSING_CODE : present[k + 1]!, missingLeft });
      });
    }
    return cuts;
  }

  hasMissing(column: number, rows: readonly number[]): boolean {
    return rows.some((i) => this.#codes[column * this.#X.nSamples + i] === MISSING_CODE);
  }

  /** Makes `node` a split and returns its left child. Where no value was missing, one goes with the larger side. */
  split(builder: ForestBuilder, node: number, cut: Cut, missingLeft: boolean): number {
    const threshold = splitThreshold(this.#binned, cut.column, cut.leftBin, cut.rightBin);
    return builder.split(node, this.columns[cut.column]!, threshold, missingLeft);
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export interface PlainForestOptions {
  readonly nClasses: number;
  readonly nEstimators: number;
  readonly maxFeatures: number;
  readonly minSamplesLeaf: number;
  readonly maxDepth: number;
  readonly seed: number;
}

/** Random forest on integer row weights, none of them 0. */
export function plainRandomForest(
  X: Matrix,
  y: Int32Array,
  weights: Float64Array | undefined,
  options: PlainForestOptions,
): Forest {
  const { nClasses, minSamplesLeaf } = options;
  const bins = new PlainBins(X);
  const { nColumns } = bins;
  const order = contentOrder(X, bins.columns, y, weights);
  const builder = new ForestBuilder(X.nFeatures, nClasses);
  for (let t = 0; t < options.nEstimators; t++) {
    const random = createRandom(deriveSeed(options.seed, t));
    const weightOf = new Float64Array(X.nSamples);
    for (let k = 0; k < X.nSamples; k++) weightOf[order[random.int(X.nSamples)]!]!++;
    if (weights !== undefined) for (let i = 0; i < X.nSamples; i++) weightOf[i]! *= weights[i]!;
    const classSums = (rows: readonly number[]) =>
      Array.from({ length: nClasses }, (_, c) => sum(rows.map((i) => (y[i] === c ? weightOf[i]! : 0))));
    const purity = (rows: readonly number[]) => {
      const sums = classSums(rows);
      return sum(sums.map((value) => value * value)) / sum(sums);
    };
    const drawn = Int32Array.from({ length: nColumns }, (_, column) => column);

    const grow = (node: number, rows: readonly number[], depth: number): void => {
      const sums = classSums(rows);
      const total = sum(sums);
      sums.forEach((value, c) => {
        builder.value[node * nClasses + c] = value / total;
      });
      builder.setCover(node, total);
      const isPure = rows.every((i) => y[i] === y[rows[0]!]);
      if (isPure || depth >= options.maxDepth || rows.length < 2 * minSamplesLeaf) return;
      let best: Cut | undefined;
      let bestScore = -Infinity;
      for (let k = 0; k < nColumns && (k < options.maxFeatures || best === undefined); k++) {
        const pick = k + random.int(nColumns - k);
        [drawn[k], drawn[pick]] = [drawn[pick]!, drawn[k]!];
        for (const cut of bins.cuts(drawn[k]!, rows)) {
          const left = rows.filter((i) => bins.goesLeft(i, cut));
          const right = rows.filter((i) => !bins.goesLeft(i, cut));
          if (Math.min(left.length, right.length) < minSamplesLeaf) continue;
          const score = Math.fround(purity(left) + purity(right));
          if (score > bestScore) {
            best = cut;
            bestScore = score;
          }
        }
      }
      if (best === undefined) return;
      const cut = best;
      const left = rows.filter((i) => bins.goesLeft(i, cut));
      const right = rows.filter((i) => !bins.goesLeft(i, cut));
      const missingLeft = bins.hasMissing(cut.column, rows)
        ? cut.missingLeft
        : 2 * sum(classSums(left)) >= total;
      const child = bins.split(builder, node, cut, missingLeft);
      grow(child, left, depth + 1);
      grow(child + 1, right, depth + 1);
    };
    grow(
      builder.addRoot(),
      [...weightOf.keys()].filter((i) => weightOf[i] !== 0),
      0,
    );
  }
  return builder.build();
}

export interface PlainBoostingOptions {
  readonly nEstimators: number;
  readonly learningRate: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly l2Regularization: number;
}

/**
 * Boosting for squared error from `baseScore` on, on integer row weights; gradients are rounded as the fast learner
 * rounds them.
 */
export function plainBoosting(
  X: Matrix,
  targets: Float64Array,
  baseScore: number,
  options: PlainBoostingOptions,
  weights?: Float64Array,
): Forest {
  const { minSamplesLeaf, l2Regularization: l2 } = options;
  const n = X.nSamples;
  const bins = new PlainBins(X);
  const builder = new ForestBuilder(X.nFeatures, 1);
  const output = new Float64Array(n).fill(baseScore);
  const weightOf = (i: number) => weights?.[i] ?? 1;
  const weightIn = (rows: readonly number[]) => sum(rows.map(weightOf));
  for (let t = 0; t < options.nEstimators; t++) {
    const gradients = targets.map((target, i) => (target - output[i]!) * weightOf(i));
    const magnitude = gradients.reduce((total, gradient) => total + Math.abs(gradient), 0);
    const room = 2 ** (51 - Math.ceil(Math.log2(n + 1))) - n;
    const scale = magnitude > 0 ? 2 ** Math.floor(Math.log2(room / magnitude)) : 1;
    const integers = gradients.map((gradient) => {
      const down = Math.floor(gradient * scale);
      const above = gradient * scale - down;
      // Halves to the even neighbour.
      return above > 0.5 || (above === 0.5 && down % 2 !== 0) ? down + 1 : down;
    });
    const gradientOf = (rows: readonly number[]) => sum(rows.map((i) => integers[i]!)) / scale;
    const stepOf = (rows: readonly number[]) => gradientOf(rows) / (weightIn(rows) + l2);
    const gainOf = (rows: readonly number[]) => gradientOf(rows) ** 2 / (weightIn(rows) + l2);

    const grow = (node: number, rows: readonly number[], depth: number): void => {
      builder.setCover(node, weightIn(rows));
      let best: Cut | undefined;
      // A split must lower the loss by more than rounding can.
      let bestScore = stepOf(rows) * stepOf(rows) * (weightIn(rows) + l2) * (1 + 1e-10);
      const canSplit = depth < options.maxDepth && rows.length >= 2 * minSamplesLeaf;
      for (let column = 0; canSplit && column < bins.nColumns; column++) {
        for (const cut of bins.cuts(column, rows)) {
          const left = rows.filter((i) => bins.goesLeft(i, cut));
          const right = rows.filter((i) => !bins.goesLeft(i, cut));
          if (Math.min(left.length, right.length) < minSamplesLeaf) continue;
          const score = gainOf(left) + gainOf(right);
          if (score > bestScore) {
            best = cut;
            bestScore = score;
          }
        }
      }
      if (best === undefined) {
        builder.value[node] = options.learningRate * stepOf(rows);
        for (const i of rows) output[i]! += builder.value[node]!;
        return;
      }
      const cut = best;
      const left = rows.filter((i) => bins.goesLeft(i, cut));
      const right = rows.filter((i) => !bins.goesLeft(i, cut));
      const missingLeft = bins.hasMissing(cut.column, rows) ? cut.missingLeft : left.length >= right.length;
      const child = bins.split(builder, node, cut, missingLeft);
      grow(child, left, depth + 1);
      grow(child + 1, right, depth + 1);
    };
    grow(builder.addRoot(), [...targets.keys()], 0);
  }
  return builder.build();
}

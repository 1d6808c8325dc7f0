// The search for the split of a node that lowers the second-order loss most, over histograms of packed gradients
// (src/trees/growing/gradient-histogram.ts).

const MISSING_CODE: u32 = 255;
/** Bytes of a column's histogram. */
const COLUMN_BYTES: u32 = 2112;
/** A score below this share of the best one is not the best, however it is rounded. */
const ALMOST: f64 = 0.999999999;

let found: usize = 0;
let nBins: usize = 0;
let monotone: usize = 0;
let nColumns: u32 = 0;
let countBase: f64 = 0;
let minSamplesLeaf: f64 = 0;
let l2: f64 = 0;

// The node at hand.
let bins: usize = 0;
let hessians: usize = 0;
let nRows: f64 = 0;
let packedSum: f64 = 0;
let hessianSum: f64 = 0;
let gradientUnit: f64 = 0;
let hessianUnit: f64 = 0;
let lower: f64 = 0;
let upper: f64 = 0;
/** Whether products of integers and weights stay far from the ends of the range of doubles. */
let isTame: bool = false;
let bestScore: f64 = 0;
let bestColumn: i32 = -1;

/**
 * Sets what all nodes share. A split is written to `found`: sums of packed gradients and of hessians on its left, two
 * doubles, and as words the last bin on the left, the first on the right, and missing-goes-left. `bins` holds a word
 * per column, `directions` a signed byte unless it is 0.
 */
export function prepareSplits(
  result: usize,
  binCounts: usize,
  directions: usize,
  columns: u32,
  base: f64,
  leaf: f64,
  regularization: f64,
): void {
  found = result;
  nBins = binCounts;
  monotone = directions;
  nColumns = columns;
  countBase = base;
  minSamplesLeaf = leaf;
  l2 = regularization;
}

/**
 * Column of the best split whose score is above `score`, or -1. `packed` and `hessian` are the sums of the node's rows,
 * `low` and `high` the bounds of the steps below it.
 */
export function findSplit(
  packedBins: usize,
  hessianBins: usize,
  rows: f64,
  packed: f64,
  hessian: f64,
  unit: f64,
  unitOfHessian: f64,
  low: f64,
  high: f64,
  score: f64,
): i32 {
  bins = packedBins;
  hessians = hessianBins;
  nRows = rows;
  packedSum = packed;
  hessianSum = hessian;
  gradientUnit = unit;
  hessianUnit = unitOfHessian;
  lower = low;
  upper = high;
  const weight = (hessians ? hessian * unitOfHessian : rows) + l2;
  isTame = weight > 1e-100 && weight < 1e100;
  bestScore = score;
  bestColumn = -1;
  for (let column: u32 = 0; column < nColumns; column++) {
    sweep(column, false);
    if (load<f64>(bins + column * COLUMN_BYTES + (MISSING_CODE << 3)) !== 0) sweep(column, true);
  }
  return bestColumn;
}

/**
 * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
 *
 * The loss that a node of gradient sum G and hessian sum H gives up is G^2 / (H + l2) (twice the second-order
 * decrease), so the best cut maximises the sum of both sides.
 */
function sweep(column: u32, missingLeft: bool): void {
  const first = column * COLUMN_BYTES;
  const missing = first + (MISSING_CODE << 3);
  const endBin = load<u32>(nBins + (column << 2));
  const direction: f64 = monotone ? f64(load<i8>(monotone + column)) : 0;
  const isBounded = direction !== 0 || lower > -Infinity || upper < Infinity;
  const someMissing = load<f64>(bins + missing) !== 0;
  const inverseBase = 1 / countBase;
  const total = floor(packedSum * inverseBase);

  let enough = leastProduct();
  let packed: f64 = missingLeft ? load<f64>(bins + missing) : 0;
  let hessian: f64 = missingLeft && hessians ? load<f64>(hessians + missing) : 0;
  let leftBin: i32 = -1;
  const stop = someMissing && !missingLeft ? endBin + 1 : endBin;
  for (let bin: u32 = 0; bin < stop; bin++) {
    const at = bin === endBin ? missing : first + (bin << 3);
    const moved = load<f64>(bins + at);
    if (moved === 0) continue;
    const q = floor(packed * inverseBase);
    const nLeft = packed - q * countBase;
    const nRight = nRows - nLeft;
    const left = (hessians ? hessian * hessianUnit : nLeft) + l2;
    const right = (hessians ? (hessianSum - hessian) * hessianUnit : nRight) + l2;
    const rest = total - q;
    // Multiplied out and in whole numbers of units, so that only what may be best is divided.
    const mayBeBest = u32(!(q * q * right + rest * rest * left <= enough * (left * right)));
    if (mayBeBest & u32(leftBin >= 0) & u32(nLeft >= minSamplesLeaf) & u32(nRight >= minSamplesLeaf)) {
      const leftGradient = q * gradientUnit;
      const rightGradient = rest * gradientUnit;
      let score = (leftGradient * leftGradient) / left + (rightGradient * rightGradient) / right;
      if (isBounded && score > bestScore) {
        const leftStep = clamp(leftGradient / left);
        const rightStep = clamp(rightGradient / right);
        // A bounded step gives up less; a step in the wrong direction is no split at all.
        score =
          direction * (rightStep - leftStep) < 0
            ? -Infinity
            : leftStep * (2 * leftGradient - leftStep * left) +
              rightStep * (2 * rightGradient - rightStep * right);
      }
      if (score > bestScore && left > 0 && right > 0) {
        bestScore = score;
        bestColumn = column;
        enough = leastProduct();
        store<f64>(found, packed);
        store<f64>(found, hessian, 8);
        store<i32>(found, leftBin, 16);
        store<u32>(found, bin === endBin ? MISSING_CODE : bin, 20);
        store<u32>(found, u32(someMissing ? missingLeft : nLeft >= nRight), 24);
      }
    }
    packed += moved;
    if (hessians) hessian += load<f64>(hessians + at);
    leftBin = bin;
  }
}

/** What a score in units must exceed to be looked at; everything is where rounding or overflow could mislead. */
function leastProduct(): f64 {
  if (!isTame || bestScore < 1e-200 || bestScore > 1e200) return -Infinity;
  return (bestScore / gradientUnit / gradientUnit) * ALMOST;
}

function clamp(step: f64): f64 {
  return step < lower ? lower : step > upper ? upper : step;
}

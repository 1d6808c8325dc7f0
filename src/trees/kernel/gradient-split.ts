// The search for the split of a node that lowers the second-order loss most, over histograms of packed gradients
// (src/trees/growing/gradient-histogram.ts).
//
// All cuts are compared first with the best so far, two columns at a time and without a branch, all but exactly. The
// columns whose best cut may be the best of all, nearly always one, are then walked over cut by cut.
//
// What a cut gives up over no cut at all, with gradients q of the left side, T of both, weights L and R and S = L + R:
// q^2 / L + (T - q)^2 / R - T^2 / S = S q'^2 / (L R) where q' = q - T L / S.

const MISSING_CODE: u32 = 255;
/** Bytes of 264 pairs of doubles: the bins of two columns, or the gradients and hessians of one. */
const PAIRS_BYTES: u32 = 4224;
/** A score below this share of the best one is not the best, however it is rounded. */
const ALMOST: f64 = 0.999999999;
/** The same for gains, whose q' is a difference: the second is a share of what was subtracted. */
const NEARLY: f64 = 0.9999;
const ROUNDING: f64 = 1e-14;
/** Adding and subtracting this times 2^k rounds a double below 2^(51 + k) to a multiple of 2^k. */
const ROUND: f64 = 6755399441055744;

let ceilings: usize = 0;
let nBins: usize = 0;
let monotone: usize = 0;
let nColumns: u32 = 0;
let hasHessian: bool = false;
let countBase: f64 = 0;
let minSamplesLeaf: f64 = 0;
let l2: f64 = 0;

// The node at hand.
let bins: usize = 0;
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
let leftPacked: f64 = 0;
let leftHessian: f64 = 0;
let leftBin: u32 = 0;
let rightBin: u32 = 0;
let isMissingLeft: bool = false;
/** Known to be reached by the best cut, or 0. */
let scoreToBeat: f64 = 0;

// Of the scan: the score of a gain of 1 and, in units of packed gradients and of hessians, l2, S, T / S, the highest
// gain, the gain that is worth a look, and what rounding may make of no gain.
let scoreUnit: f64 = 0;
let penalty: f64 = 0;
let sumOfWeights: f64 = 0;
let slope: f64 = 0;
let bestGain: f64 = 0;
let gainToBeat: f64 = 0;
let shareOfNoGain: f64 = 0;

/**
 * Sets what all nodes share. `binCounts` holds a word
 * per column, `directions` a signed byte unless it is 0; `scores` a double per column. Both of the former and the
 * latter have room for one column more, of no bins.
 */
export function prepareSplits(
  scores: usize,
  binCounts: usize,
  directions: usize,
  columns: u32,
  hessians: bool,
  base: f64,
  leaf: f64,
  regularization: f64,
): void {
  ceilings = scores;
  nBins = binCounts;
  monotone = directions;
  nColumns = columns;
  hasHessian = hessians;
  countBase = base;
  minSamplesLeaf = leaf;
  l2 = regularization;
}

/**
 * Column of the best split whose score is above `parentScore`, or -1. `packed` and `hessian` are the sums of the node's rows,
 * `low` and `high` the bounds of the steps below it.
 */
export function findSplit(
  histogram: usize,
  rows: f64,
  packed: f64,
  hessian: f64,
  unit: f64,
  unitOfHessian: f64,
  low: f64,
  high: f64,
  parentScore: f64,
): i32 {
  bins = histogram;
  nRows = rows;
  packedSum = packed;
  hessianSum = hessian;
  gradientUnit = unit;
  hessianUnit = unitOfHessian;
  lower = low;
  upper = high;
  const weight = (hasHessian ? hessian * unitOfHessian : rows) + l2;
  isTame = weight > 1e-100 && weight < 1e100;
  bestScore = parentScore;
  bestColumn = -1;
  // Bounded steps give up less than their gradients say, and squares may leave the range of doubles.
  const isScanned = isTame && !monotone && unit > 1e-100 && unit < 1e100;
  const least = isScanned ? scanColumns() : 0;
  if (least === Infinity) return -1;
  scoreToBeat = least > 0 ? (least + slope * slope) * scoreUnit : 0;
  for (let column: u32 = 0; column < nColumns; column++) {
    if (isScanned && load<f64>(ceilings + (column << 3)) < least) continue;
    sweep(column, false);
    if (load<f64>(binOf(column, MISSING_CODE)) !== 0) sweep(column, true);
  }
  if (bestColumn >= 0) closeUp();
  return bestColumn;
}

/** Of the split found last: sums of packed gradients and of hessians on its left. */
export function foundPacked(): f64 {
  return leftPacked;
}
export function foundHessian(): f64 {
  return leftHessian;
}
/** The last bin on its left, the first on its right; 255 when only missing values go there. */
export function foundLeftBin(): u32 {
  return leftBin;
}
export function foundRightBin(): u32 {
  return rightBin;
}
export function foundMissingLeft(): u32 {
  return u32(isMissingLeft);
}

/** Where gradients of a bin stand; its hessians are 8 bytes on. */
function binOf(column: u32, bin: u32): usize {
  const ofColumn = hasHessian ? column * PAIRS_BYTES : (column >> 1) * PAIRS_BYTES + ((column & 1) << 3);
  return bins + ofColumn + (bin << 4);
}

/**
 * Writes to `ceilings` the highest gain of each column, or 0 where it is below that of a column before; returns what
 * the gain of the best cut is not below, or Infinity when no cut is worth a look.
 *
 * Gains leave out S and are in units of squared packed gradients, weights in those of the hessians.
 */
function scanColumns(): f64 {
  const weightUnit = hasHessian ? hessianUnit : 1;
  penalty = l2 / weightUnit;
  sumOfWeights = (hasHessian ? hessianSum : nRows) + 2 * penalty;
  slope = (floor(packedSum / countBase) * countBase) / sumOfWeights;
  const noGain = slope * slope;
  const packedUnit = gradientUnit / countBase;
  scoreUnit = (sumOfWeights / weightUnit) * packedUnit * packedUnit;
  bestGain = max(0, bestScore / scoreUnit - noGain);
  shareOfNoGain = noGain * ROUNDING;
  gainToBeat = leastGain();
  bestGain = 0;
  for (let column: u32 = 0; column < nColumns; column += 2) {
    const from = binOf(column, 0);
    const end = from + (max(load<u32>(nBins + (column << 2)), load<u32>(nBins + (column << 2), 4)) << 4);
    v128.store(ceilings + (column << 3), hasHessian ? scanTwo(from, end) : scanPair(from, end));
  }
  if (bestGain === 0) return Infinity;
  return bestGain < Infinity ? leastGain() : 0;
}

function leastGain(): f64 {
  return max(0, bestGain * NEARLY - shareOfNoGain);
}

/** Takes over the gains of a cut in two columns, one of which is above all before. */
function keepGains(squares: v128, products: v128, isOpen: v128, before: v128): v128 {
  const gains = v128.and(f64x2.div(squares, products), isOpen);
  const ceiling = f64x2.pmax(before, gains);
  bestGain = max(bestGain, max(f64x2.extract_lane(ceiling, 0), f64x2.extract_lane(ceiling, 1)));
  gainToBeat = max(gainToBeat, leastGain());
  return ceiling;
}

/**
 * Highest gains of two columns whose bins lie side by side, from `first` to `end`, all hessians 1.
 *
 * A cut after an empty bin is the cut before it once more, and one that leaves a side empty gains nothing. With the
 * missing values on the left the walk starts from them.
 */
function scanPair(first: usize, end: usize): v128 {
  // Packed sums start half a base below 0: rounding to a multiple of the base then takes the count off.
  const half = (countBase - 1) / 2;
  const rounds = f64x2.splat(ROUND * countBase);
  const offset = f64x2.splat(half + penalty);
  const slopes = f64x2.splat(slope);
  const weights = f64x2.splat(sumOfWeights);
  const fewest = f64x2.splat(minSamplesLeaf - half);
  const most = f64x2.splat(nRows - minSamplesLeaf - half);
  const missing = v128.load(first, MISSING_CODE << 4);
  let toBeat = f64x2.splat(gainToBeat);
  let ceiling = f64x2.splat(0);
  let packed = f64x2.splat(-half);
  let isLast = !v128.any_true(missing);
  while (true) {
    for (let at = first; at < end; at += 16) {
      packed = f64x2.add(packed, v128.load(at));
      const q = f64x2.sub(f64x2.add(packed, rounds), rounds);
      const count = f64x2.sub(packed, q);
      const left = f64x2.add(count, offset);
      const right = f64x2.sub(weights, left);
      const apart = f64x2.sub(q, f64x2.mul(left, slopes));
      const squares = f64x2.mul(apart, apart);
      const products = f64x2.mul(left, right);
      if (v128.any_true(f64x2.gt(squares, f64x2.mul(products, toBeat)))) {
        const isOpen = v128.and(f64x2.ge(count, fewest), f64x2.le(count, most));
        ceiling = keepGains(squares, products, isOpen, ceiling);
        toBeat = f64x2.splat(gainToBeat);
        // Empty bins change nothing, and nodes of few rows have hardly any others.
        while (at + 16 < end && !v128.any_true(v128.load(at, 16))) at += 16;
      }
    }
    if (isLast) return ceiling;
    packed = f64x2.add(f64x2.splat(-half), missing);
    isLast = true;
  }
}

/** As `scanPair` for two columns one after the other, with a hessian beside every gradient. */
function scanTwo(first: usize, end: usize): v128 {
  const half = (countBase - 1) / 2;
  const rounds = f64x2.splat(ROUND * countBase);
  const slopes = f64x2.splat(slope);
  const weights = f64x2.splat(sumOfWeights);
  const fewest = f64x2.splat(minSamplesLeaf - half);
  const most = f64x2.splat(nRows - minSamplesLeaf - half);
  const start = f64x2.replace_lane(f64x2.splat(penalty), 0, -half);
  const missing = v128.load(first, MISSING_CODE << 4);
  const otherMissing = v128.load(first + PAIRS_BYTES, MISSING_CODE << 4);
  let toBeat = f64x2.splat(gainToBeat);
  let ceiling = f64x2.splat(0);
  let sums = start;
  let otherSums = start;
  let isLast = !v128.any_true(v128.or(missing, otherMissing));
  while (true) {
    for (let at = first; at < end; at += 16) {
      sums = f64x2.add(sums, v128.load(at));
      otherSums = f64x2.add(otherSums, v128.load(at, PAIRS_BYTES));
      const packed = v128.shuffle<f64>(sums, otherSums, 0, 2);
      const left = v128.shuffle<f64>(sums, otherSums, 1, 3);
      const q = f64x2.sub(f64x2.add(packed, rounds), rounds);
      const right = f64x2.sub(weights, left);
      const apart = f64x2.sub(q, f64x2.mul(left, slopes));
      const squares = f64x2.mul(apart, apart);
      const products = f64x2.mul(left, right);
      if (v128.any_true(f64x2.gt(squares, f64x2.mul(products, toBeat)))) {
        const count = f64x2.sub(packed, q);
        const isOpen = v128.and(f64x2.ge(count, fewest), f64x2.le(count, most));
        ceiling = keepGains(squares, products, isOpen, ceiling);
        toBeat = f64x2.splat(gainToBeat);
        while (at + 16 < end && !v128.any_true(v128.or(v128.load(at, 16), v128.load(at, PAIRS_BYTES + 16)))) {
          at += 16;
        }
      }
    }
    if (isLast) return ceiling;
    sums = f64x2.add(start, missing);
    otherSums = f64x2.add(start, otherMissing);
    isLast = true;
  }
}

/**
 * Tries every cut of a column from left to right, and keeps the best.
 *
 * The loss that a node of gradient sum G and hessian sum H gives up is G^2 / (H + l2) (twice the second-order
 * decrease), so the best cut maximises the sum of both sides.
 */
function sweep(column: u32, missingLeft: bool): void {
  const first = binOf(column, 0);
  const missing = binOf(column, MISSING_CODE);
  const endBin = load<u32>(nBins + (column << 2));
  const direction: f64 = monotone ? f64(load<i8>(monotone + column)) : 0;
  const isBounded = direction !== 0 || lower > -Infinity || upper < Infinity;
  const someMissing = load<f64>(missing) !== 0;
  const inverseBase = 1 / countBase;
  const total = floor(packedSum * inverseBase);

  let enough = leastProduct();
  let packed: f64 = missingLeft ? load<f64>(missing) : 0;
  let hessian: f64 = missingLeft && hasHessian ? load<f64>(missing, 8) : 0;
  // Some row that is not missing goes left.
  const fewest = max(minSamplesLeaf, packed - floor(packed * inverseBase) * countBase + 1);
  for (let bin: u32 = 0; bin < endBin; bin++) {
    const moved = load<f64>(first + (bin << 4));
    if (moved === 0) continue;
    packed += moved;
    if (hasHessian) hessian += load<f64>(first + (bin << 4), 8);
    const q = floor(packed * inverseBase);
    const nLeft = packed - q * countBase;
    const nRight = nRows - nLeft;
    const left = (hasHessian ? hessian * hessianUnit : nLeft) + l2;
    const right = (hasHessian ? (hessianSum - hessian) * hessianUnit : nRight) + l2;
    const rest = total - q;
    // Multiplied out and in whole numbers of units, so that only what may be best is divided.
    const mayBeBest = u32(!(q * q * right + rest * rest * left <= enough * (left * right)));
    if (mayBeBest & u32(nLeft >= fewest) & u32(nRight >= minSamplesLeaf)) {
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
        leftPacked = packed;
        leftHessian = hessian;
        leftBin = bin;
        isMissingLeft = someMissing ? missingLeft : nLeft >= nRight;
      }
    }
  }
}

/** The cut found is between the bins next to it that hold rows. */
function closeUp(): void {
  const first = binOf(bestColumn, 0);
  const endBin = load<u32>(nBins + (bestColumn << 2));
  // A cut is found at the first bin after which it lies, and that one holds rows.
  rightBin = leftBin + 1;
  while (rightBin < endBin && load<f64>(first + (rightBin << 4)) === 0) rightBin++;
  if (rightBin >= endBin) rightBin = MISSING_CODE;
}

/** What a score in units must exceed to be looked at; everything is where rounding or overflow could mislead. */
function leastProduct(): f64 {
  const score = max(bestScore, scoreToBeat);
  if (!isTame || score < 1e-200 || score > 1e200) return -Infinity;
  return (score / gradientUnit / gradientUnit) * ALMOST;
}

function clamp(step: f64): f64 {
  return step < lower ? lower : step > upper ? upper : step;
}

// The search for the best split of one node on one column, by Gini impurity.
//
// How a node is searched depends on its rows: few are ranked by comparing all with all, a middling number is sorted by
// counting codes, many are summed per bin and class. Each is fastest in its range (docs/performance.md); all three
// find the same split.

/** Nodes of at most so many rows are ranked, of fewer than `SORT_BELOW` sorted by counting. */
const RANK_UP_TO: u32 = 64;
const SORT_BELOW: u32 = 192;
const MISSING_CODE: u32 = 255;
/** A score below this share of the best one is not the best, however it is rounded. */
const ALMOST: f64 = 0.999999;

// Work space. The rows of the node at hand stand at 0 .. n - 1 of `rowClasses` and `rowWeights`.
let nClasses: u32 = 0;
let minSamplesLeaf: u32 = 0;
/** n words, 8 x the class of each row: where the sum of its class stands; and n doubles, its weight. */
export let rowClasses: usize = 0;
export let rowWeights: usize = 0;
/** (nClasses,) doubles: class sums of the node, and of the left side during a sweep. */
export let totals: usize = 0;
let leftSums: usize = 0;
/** (256 x nClasses) doubles, and the number of rows per bin: 256 words. */
let histogram: usize = 0;
let binRows: usize = 0;
/** Keys: code x 2^16 + place in the node. Short ones have 16 bits: (code - 128) x 2^8 + place. */
let keys: usize = 0;
let unsorted: usize = 0;
let shortKeys: usize = 0;

/** Sum of the node's weights, and of the squares of its class sums. */
export let total: f64 = 0;
export let sqTotal: f64 = 0;

// The best split so far.
export let bestScore: f32 = 0;
export let bestColumn: i32 = -1;
export let bestLeftBin: u32 = 0;
export let bestRightBin: u32 = 0;
export let bestMissingLeft: bool = false;

/** Lays out the work space from `at` on, for nodes of up to n rows; returns its end. */
export function layOutSearch(at: usize, n: u32, classes: u32, leaf: u32): usize {
  nClasses = classes;
  minSamplesLeaf = leaf;
  const perClass = classes << 3;
  rowWeights = at;
  at += n << 3;
  totals = at;
  at += perClass;
  leftSums = at;
  at += perClass;
  histogram = at;
  at += perClass << 8;
  binRows = at;
  at += 1024;
  keys = at;
  at += SORT_BELOW << 2;
  unsorted = at;
  at += SORT_BELOW << 2;
  shortKeys = at;
  at += (RANK_UP_TO << 1) + 16;
  rowClasses = at;
  at += n << 2;
  return at;
}

/** Forgets the best split and takes over the sums of the next node. */
export function startNode(): void {
  bestColumn = -1;
  bestScore = -Infinity;
}

export function setTotals(sum: f64, squares: f64): void {
  total = sum;
  sqTotal = squares;
}

/** Tries all cuts of `column` for the n rows at `index`, whose codes stand at codes + row. */
export function searchColumn(column: u32, codes: usize, index: usize, n: u32): void {
  if (n < SORT_BELOW) {
    if (n <= RANK_UP_TO) rankKeys(codes, index, n);
    else countKeys(codes, index, n);
    sweepSorted(column, n);
  } else {
    sweepHistogram(column, codes, index, n);
  }
}

/** Best split of a large node on one column, by counting classes per bin. */
function sweepHistogram(column: u32, codes: usize, index: usize, n: u32): void {
  memory.fill(histogram, 0, nClasses << 11);
  memory.fill(binRows, 0, 1024);
  const perBin = nClasses << 3;
  const sums = histogram;
  const rows = binRows;
  for (let k: u32 = 0; k < n; k++) {
    const code = u32(load<u8>(codes + load<u32>(index + (k << 2))));
    const sum = sums + code * perBin + load<u32>(rowClasses + (k << 2));
    store<f64>(sum, load<f64>(sum) + load<f64>(rowWeights + (k << 3)));
    const row = rows + (code << 2);
    store<u32>(row, load<u32>(row) + 1);
  }
  const someMissing = load<u32>(rows + (MISSING_CODE << 2)) > 0;
  sweepBins(column, n, false, someMissing);
  if (someMissing) sweepBins(column, n, true, true);
}

/**
 * Moves bin after bin from right to left and keeps the best cut between two bins that hold rows.
 *
 * Minimising weighted Gini is maximising sqLeft / left + sqRight / right, sums of squared class sums over sums.
 * With l the class sums of the left and t those of the node, moving w of class c adds w (2 l_c + w) to sqLeft and
 * w t_c to dot = sum l t; sqRight = sum (t - l)^2 = sqTotal - 2 dot + sqLeft needs no sums of its own.
 */
function sweepBins(column: u32, n: u32, missingLeft: bool, someMissing: bool): void {
  memory.fill(leftSums, 0, nClasses << 3);
  const perBin = nClasses << 3;
  let left: f64 = 0;
  let sqLeft: f64 = 0;
  let dot: f64 = 0;
  let low = f64(bestScore) * ALMOST;
  let nLeft: u32 = 0;
  let leftBin: i32 = -1;
  // The missing bin goes first when it is on the left, and is the last stop when it is on the right.
  for (let step: u32 = 0; step < 256; step++) {
    const bin = missingLeft ? (step - 1) & 255 : step;
    const rows = load<u32>(binRows + (bin << 2));
    if (rows === 0) continue;
    if (leftBin >= 0 && nLeft >= minSamplesLeaf && n - nLeft >= minSamplesLeaf) {
      const right = total - left;
      const sqRight = sqTotal - 2 * dot + sqLeft;
      // Multiplied out, so that only what may be best is divided.
      if (!(sqLeft * right + sqRight * left <= low * (left * right))) {
        // In float32, so that ties stay ties when weights are no whole numbers and sums are rounded.
        const score = f32(sqLeft / left + sqRight / right);
        if (score > bestScore) {
          low = f64(score) * ALMOST;
          keep(score, column, leftBin, bin, someMissing ? missingLeft : 2 * left >= total);
        }
      }
    }
    const sums = histogram + bin * perBin;
    for (let at: usize = 0; at < perBin; at += 8) {
      const weight = load<f64>(sums + at);
      const sum = load<f64>(leftSums + at);
      sqLeft += weight * (2 * sum + weight);
      dot += weight * load<f64>(totals + at);
      store<f64>(leftSums + at, sum + weight);
      left += weight;
    }
    nLeft += rows;
    if (bin !== MISSING_CODE) leftBin = bin;
  }
}

/**
 * Sorts the rows of a small node by code: the place of a key is the number of keys below it.
 *
 * Eight keys are compared with one at a time, without a branch that could be guessed wrongly. Lanes past the last key
 * hold whatever stood there; their ranks are not used.
 */
function rankKeys(codes: usize, index: usize, n: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const code = u32(load<u8>(codes + load<u32>(index + (k << 2))));
    store<u16>(shortKeys + (k << 1), ((code ^ 128) << 8) | k);
  }
  const end = shortKeys + (n << 1);
  for (let at = shortKeys; at < end; at += 16) {
    const eight = v128.load(at);
    let ranks = i16x8.splat(0);
    for (let other = shortKeys; other < end; other += 2) {
      ranks = i16x8.sub(ranks, i16x8.gt_s(eight, v128.load_splat<i16>(other)));
    }
    v128.store(unsorted + (at - shortKeys), ranks);
  }
  for (let k: u32 = 0; k < n; k++) {
    const code = u32(load<u8>(shortKeys + (k << 1), 1)) ^ 128;
    store<u32>(keys + (u32(load<u16>(unsorted + (k << 1))) << 2), (code << 16) | k);
  }
}

/** As `rankKeys`, by counting how many rows have each code. */
function countKeys(codes: usize, index: usize, n: u32): void {
  memory.fill(binRows, 0, 1024);
  for (let k: u32 = 0; k < n; k++) {
    const code = u32(load<u8>(codes + load<u32>(index + (k << 2))));
    store<u32>(unsorted + (k << 2), (code << 16) | k);
    const row = binRows + (code << 2);
    store<u32>(row, load<u32>(row) + 1);
  }
  let place = keys;
  for (let at = binRows; at < binRows + 1024; at += 4) {
    const count = load<u32>(at);
    store<u32>(at, place);
    place += count << 2;
  }
  for (let k: u32 = 0; k < n; k++) {
    const key = load<u32>(unsorted + (k << 2));
    const slot = binRows + ((key >> 16) << 2);
    const to = load<u32>(slot);
    store<u32>(slot, to + 4);
    store<u32>(to, key);
  }
}

/** Best split of a small node on one column, its rows sorted; the same cuts and scores as the histogram. */
function sweepSorted(column: u32, n: u32): void {
  const last = keys + ((n - 1) << 2);
  if (load<u16>(keys, 2) === load<u16>(last, 2)) return;
  let nMissing: u32 = 0;
  while (load<u16>(last - (nMissing << 2), 2) === MISSING_CODE) nMissing++;
  sweepKeys(column, n, nMissing, false);
  if (nMissing > 0) sweepKeys(column, n, nMissing, true);
}

/** As `sweepBins`, row after row. */
function sweepKeys(column: u32, n: u32, nMissing: u32, missingLeft: bool): void {
  for (let at: usize = 0; at < nClasses << 3; at += 8) store<f64>(leftSums + at, 0);
  const end = keys + (n << 2);
  // With missing values on the left the walk starts at their keys, which are the last, and wraps round. No cut is
  // made before a present value is on the left.
  let at = missingLeft ? end - (nMissing << 2) : keys;
  const fewest = max(minSamplesLeaf, missingLeft ? nMissing + 1 : 1);
  const room = i32(n - minSamplesLeaf) - i32(fewest);
  if (room < 0) return;
  let low = f64(bestScore) * ALMOST;
  let left: f64 = 0;
  let sqLeft: f64 = 0;
  let dot: f64 = 0;
  let previous = u32(load<u16>(at, 2));
  for (let nLeft: u32 = 0; nLeft < n; nLeft++) {
    const key = load<u32>(at);
    const code = key >> 16;
    const right = total - left;
    const sqRight = sqTotal - 2 * dot + sqLeft;
    // Equal neighbours cannot be separated: a cut between them would send identical rows apart. Scores are compared
    // multiplied out, so that only what may be best is divided; three tests in one branch that is rarely taken.
    const isOpen = u32(code !== previous) & u32(nLeft - fewest <= u32(room));
    const mayBeBest = u32(!(sqLeft * right + sqRight * left <= low * (left * right)));
    if (isOpen & mayBeBest) {
      const score = f32(sqLeft / left + sqRight / right);
      if (score > bestScore) {
        low = f64(score) * ALMOST;
        keep(score, column, previous, code, nMissing > 0 ? missingLeft : 2 * left >= total);
      }
    }
    previous = code;
    const place = key & 65535;
    const ofClass = load<u32>(rowClasses + (place << 2));
    const weight = load<f64>(rowWeights + (place << 3));
    const sum = load<f64>(leftSums + ofClass);
    sqLeft += weight * (2 * sum + weight);
    dot += weight * load<f64>(totals + ofClass);
    store<f64>(leftSums + ofClass, sum + weight);
    left += weight;
    at += 4;
    if (at === end) at = keys;
  }
}

function keep(score: f32, column: u32, leftBin: u32, rightBin: u32, missingLeft: bool): void {
  bestScore = score;
  bestColumn = column;
  bestLeftBin = leftBin;
  bestRightBin = rightBin;
  bestMissingLeft = missingLeft;
}

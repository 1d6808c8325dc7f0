import {
  bestColumn,
  bestLeftBin,
  bestMissingLeft,
  bestRightBin,
  bestScore,
  layOutSearch,
  rowClasses,
  rowWeights,
  searchColumn,
  setTotals,
  startNode,
  total,
  totals,
} from './classification-search';
import { partition } from './partition';
import { randomBelow } from './random';

// Grows Gini trees over binned columns, the greedy way of CART: of a random subset of columns, drawn anew in every
// node, the split that separates the classes best.
//
// The rows of a node are a range of one index; a split partitions its range in place and keeps the order. Splits and
// tie-breaks follow scikit-learn's best splitter: any valid split is taken, even one that improves nothing, and when
// all columns drawn are constant in the node the draw goes on.

/**
 * Rows of a subtree that are copied together, codes, classes and weights, before it is grown: what the levels below
 * read is then in the first cache, where rows of a large matrix are not.
 */
const BLOCK_ROWS: u32 = 1024;
/** So few rows are not worth a copy. */
const SMALL_ROWS: u32 = 64;
const LEAF: u32 = 0xffffffff;

let nColumns: u32 = 0;
let nClasses: u32 = 0;
let maxFeatures: u32 = 0;
let maxDepth: u32 = 0;
let minSamplesLeaf: u32 = 0;

// The rows that `index` speaks of: all of them, or those of a block. Code of row i in column c at codes + c x pitch + i,
// classes as words, weights as doubles.
let codes: usize = 0;
let pitch: u32 = 0;
let classes: usize = 0;
let weights: usize = 0;
let isBlock: bool = false;
let blockCodes: usize = 0;
let blockClasses: usize = 0;
let blockWeights: usize = 0;

let index: usize = 0;
let spill: usize = 0;
/** Columns in the order they were last drawn, as words. */
let order: usize = 0;
/** Open nodes: node, start, end, depth; sixteen bytes each, the last one on top. */
let stack: usize = 0;
let top: usize = 0;

// The tree: a word per node (LEAF, or column, left bin, right bin and missing-goes-left in 15 + 8 + 8 + 1 bits), the
// left child, class shares and cover.
let nNodes: u32 = 0;
let splits: usize = 0;
let lefts: usize = 0;
let values: usize = 0;
let covers: usize = 0;

/**
 * Prepares trees over (columns x rows) codes at `columnCodes` and the classes (words) at `rowClass`; lays out the work
 * space from `at` on and returns its end. Where the arrays of a tree stand is written to `tree`, four words.
 */
export function prepareTrees(
  at: usize,
  tree: usize,
  columnCodes: usize,
  rows: u32,
  columns: u32,
  rowClass: usize,
  classCount: u32,
  features: u32,
  depth: u32,
  leaf: u32,
): usize {
  nColumns = columns;
  nClasses = classCount;
  maxFeatures = features;
  maxDepth = depth;
  minSamplesLeaf = leaf;
  codes = columnCodes;
  pitch = rows;
  classes = rowClass;
  // Doubles first, so that they stay aligned.
  at = layOutSearch(at, rows, classCount, leaf);
  at = (at + 15) & ~15;
  blockWeights = at;
  at += BLOCK_ROWS << 3;
  stack = at;
  at += (rows + 2) << 4;
  blockClasses = at;
  at += BLOCK_ROWS << 2;
  blockCodes = at;
  at += BLOCK_ROWS * columns;
  at = (at + 15) & ~15;
  index = at;
  at += rows << 2;
  spill = at;
  at += rows << 2;
  order = at;
  at += columns << 2;
  splits = at;
  at += rows << 3;
  lefts = at;
  at += rows << 3;
  covers = at;
  at += rows << 3;
  values = at;
  at += (rows * classCount) << 3;
  if (tree !== 0) {
    store<u32>(tree, splits);
    store<u32>(tree, lefts, 4);
    store<u32>(tree, covers, 8);
    store<u32>(tree, values, 12);
  }
  return at;
}

/** Grows one tree on the rows whose double at `weightsOfRows` is not 0; returns its number of nodes. */
export function growTree(weightsOfRows: usize, rows: u32): u32 {
  weights = weightsOfRows;
  let n: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) {
    store<u32>(index + (n << 2), i);
    n += u32(load<f64>(weights + (i << 3)) !== 0);
  }
  // Every tree draws from the same order of columns, so that a tree depends on its own seed alone.
  for (let column: u32 = 0; column < nColumns; column++) store<u32>(order + (column << 2), column);
  nNodes = 1;
  top = stack;
  push(0, 0, n, 0);
  growOpen(stack);
  return nNodes;
}

function push(node: u32, start: u32, end: u32, depth: u32): void {
  store<u32>(top, node);
  store<u32>(top, start, 4);
  store<u32>(top, end, 8);
  store<u32>(top, depth, 12);
  top += 16;
}

/** Grows the open nodes above `base`, depth first, left before right. */
function growOpen(base: usize): void {
  while (top > base) {
    const start = load<u32>(top - 16, 4);
    const n = load<u32>(top - 16, 8) - start;
    if (!isBlock && n <= BLOCK_ROWS && n > SMALL_ROWS) {
      growBlock(start, n);
      continue;
    }
    top -= 16;
    growNode(load<u32>(top), start, n, load<u32>(top, 12));
  }
}

/** Grows the node on top of the stack and all below it on a copy of its rows, numbered from 0. */
function growBlock(start: u32, n: u32): void {
  const from = index + (start << 2);
  for (let c: u32 = 0; c < nColumns; c++) {
    const source = codes + c * pitch;
    const target = blockCodes + c * BLOCK_ROWS;
    for (let k: u32 = 0; k < n; k++) store<u8>(target + k, load<u8>(source + load<u32>(from + (k << 2))));
  }
  for (let k: u32 = 0; k < n; k++) {
    const i = load<u32>(from + (k << 2));
    store<u32>(blockClasses + (k << 2), load<u32>(classes + (i << 2)));
    store<f64>(blockWeights + (k << 3), load<f64>(weights + (i << 3)));
    store<u32>(from + (k << 2), k);
  }
  const outerCodes = codes;
  const outerPitch = pitch;
  const outerClasses = classes;
  const outerWeights = weights;
  codes = blockCodes;
  pitch = BLOCK_ROWS;
  classes = blockClasses;
  weights = blockWeights;
  isBlock = true;
  growOpen(top - 16);
  codes = outerCodes;
  pitch = outerPitch;
  classes = outerClasses;
  weights = outerWeights;
  isBlock = false;
}

/** Makes the node a leaf and, if it can be split, a split with two open nodes. */
function growNode(node: u32, start: u32, n: u32, depth: u32): void {
  const isPure = loadRows(start, n);
  writeLeaf(node);
  if (isPure || depth >= maxDepth || n < 2 * minSamplesLeaf) return;
  if (!findSplit(start, n)) return;
  // With a shift of 1 the missing code 255 becomes 0, below every left bin.
  const shift = u32(bestMissingLeft);
  const column = u32(bestColumn);
  const middle = partition(
    index,
    spill,
    start,
    start + n,
    codes + column * pitch,
    shift,
    bestLeftBin + shift,
  );
  const left = nNodes;
  nNodes += 2;
  store<u32>(splits + (node << 2), (column << 17) | (bestLeftBin << 9) | (bestRightBin << 1) | shift);
  store<u32>(lefts + (node << 2), left);
  push(left + 1, middle, start + n, depth + 1);
  push(left, start, middle, depth + 1);
}

/** Puts class and weight of the node's rows side by side and sums its classes. True when one class has all rows. */
function loadRows(start: u32, n: u32): bool {
  for (let at: usize = 0; at < nClasses << 3; at += 8) store<f64>(totals + at, 0);
  const from = index + (start << 2);
  const first = load<u32>(classes + (load<u32>(from) << 2));
  let others: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const i = load<u32>(from + (k << 2));
    const label = load<u32>(classes + (i << 2));
    const weight = load<f64>(weights + (i << 3));
    store<u32>(rowClasses + (k << 2), label << 3);
    store<f64>(rowWeights + (k << 3), weight);
    const sum = totals + (label << 3);
    store<f64>(sum, load<f64>(sum) + weight);
    others |= label ^ first;
  }
  return others === 0;
}

function writeLeaf(node: u32): void {
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let at: usize = 0; at < nClasses << 3; at += 8) {
    const ofClass = load<f64>(totals + at);
    sum += ofClass;
    squares += ofClass * ofClass;
  }
  setTotals(sum, squares);
  const value = values + ((node * nClasses) << 2);
  for (let c: u32 = 0; c < nClasses; c++) {
    store<f32>(value + (c << 2), f32(load<f64>(totals + (c << 3)) / sum));
  }
  store<f32>(covers + (node << 2), f32(sum));
  store<u32>(splits + (node << 2), LEAF);
  store<u32>(lefts + (node << 2), 0);
}

/** Draws columns until enough are looked at and a split is found; false when no column can split the node. */
function findSplit(start: u32, n: u32): bool {
  const from = index + (start << 2);
  // Two sides of one class each cannot be beaten: what is drawn after that is not looked at.
  const highest = f32(total);
  startNode();
  for (let drawn: u32 = 0; drawn < nColumns && (drawn < maxFeatures || bestColumn < 0); drawn++) {
    const pick = order + ((drawn + randomBelow(nColumns - drawn)) << 2);
    const column = load<u32>(pick);
    store<u32>(pick, load<u32>(order + (drawn << 2)));
    store<u32>(order + (drawn << 2), column);
    if (bestScore < highest) searchColumn(column, codes + column * pitch, from, n);
  }
  return bestColumn >= 0;
}

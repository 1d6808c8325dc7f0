// Sweeps of exact TreeSHAP over trees. Memory and layout are those of src/trees/shap/shap-memory.ts, the method is told in
// tree-explainer.ts. Two points of the quadrature lie in the two lanes of a vector. Which way a row goes at a split, and
// whether its feature has failed above, no branch predictor can know: what either case gives is worked out and one taken.

/** Bytes of a split: node, left child, nearest edge above of the same feature, column. */
const SPLIT_BYTES: usize = 16;
const ALL: i64 = -1;

// Never made: a view of what lies in memory. The zeros are for the checker of types alone.
@unmanaged
class Tree {
  nSplits: u32 = 0;
  nLeaves: u32 = 0;
  nPairs: u32 = 0;
  nNodes: u32 = 0;
  /** (nSplits x 4) u32 */
  splits: usize = 0;
  /** (nSplits,) f32 */
  thresholds: usize = 0;
  /** (nSplits,) u8 */
  missingLeft: usize = 0;
  /** (nNodes,) f64 */
  ratio: usize = 0;
  /** (nNodes,) f64 */
  share: usize = 0;
  /** (nPairs x nNodes x 2) f64 */
  inverse: usize = 0;
  /** (nPairs x 6) f64: two points t, twice 1 - t, twice weight / (1 - t) */
  points: usize = 0;
  /** (nLeaves,) u32 */
  leafNode: usize = 0;
  /** (nLeaves x nOutputs) f64 */
  leafValue: usize = 0;
}

/**
 * Adds the contributions of `nTrees` trees to `out` (nRows x nFeatures x nOutputs) for `nRows` rows of `rows`.
 * Scratch, for the largest tree: `live` a byte a node, `mass` two floats a node, `below` as many for each output.
 */
export function explain(
  trees: usize,
  nTrees: u32,
  rows: usize,
  nRows: u32,
  nFeatures: u32,
  nOutputs: u32,
  out: usize,
  live: usize,
  mass: usize,
  below: usize,
): void {
  for (let t: u32 = 0; t < nTrees; t++) {
    const tree = changetype<Tree>(trees + t * offsetof<Tree>());
    let row = rows;
    let to = out;
    for (let i: u32 = 0; i < nRows; i++) {
      decide(tree, row, live);
      for (let pair: u32 = 0; pair < tree.nPairs; pair++) {
        sweepDown(tree, pair, live, mass);
        if (nOutputs === 1) sweepUp(tree, pair, live, mass, to);
        else sweepUpMany(tree, pair, live, mass, nOutputs, below, to);
      }
      row += nFeatures << 2;
      to += (nFeatures * nOutputs) << 3;
    }
  }
}

/** Writes to `live` 1 for every child where the row meets all conditions on its edge's feature so far. */
function decide(tree: Tree, row: usize, live: usize): void {
  const nSplits = tree.nSplits;
  const thresholds = tree.thresholds;
  const missingLeft = tree.missingLeft;
  let split = tree.splits;
  store<u8>(live, 1);
  for (let s: u32 = 0; s < nSplits; s++, split += SPLIT_BYTES) {
    const to = live + load<u32>(split, 4);
    const isOpen: u32 = load<u8>(live + load<u32>(split, 8));
    const x = load<f32>(row + (load<u32>(split, 12) << 2));
    const goesLeft =
      u32(x <= load<f32>(thresholds + (s << 2))) | (u32(isNaN(x)) & u32(load<u8>(missingLeft + s)));
    store<u8>(to, isOpen & goesLeft);
    store<u8>(to, isOpen & (goesLeft ^ 1), 1);
  }
}

/** The children of a split that are live: bit 0 the left one, bit 8 the right one, none where its feature has failed. */
function liveBelow(live: usize, left: u32): u32 {
  return load<u16>(live + left);
}

/** Forms the mass of every node at one pair of points. */
function sweepDown(tree: Tree, pair: u32, live: usize, mass: usize): void {
  const inverse = tree.inverse + ((pair * tree.nNodes) << 4);
  const points = tree.points + pair * 48;
  const ratio = tree.ratio;
  const share = tree.share;
  const t = v128.load(points);
  const rest = v128.load(points, 16);
  v128.store(mass, v128.load(points, 32));
  const end = tree.splits + tree.nSplits * SPLIT_BYTES;
  for (let split = tree.splits; split < end; split += SPLIT_BYTES) {
    const left = load<u32>(split, 4);
    const isLive = liveBelow(live, left);
    const isOpen = i64x2.splat(isLive === 0 ? 0 : ALL);
    const above = v128.load(mass + (load<u32>(split) << 4));
    // the factor of the feature's edge above is exchanged for the child's own
    const open = f64x2.mul(above, v128.load(inverse + (load<u32>(split, 8) << 4)));
    const to = mass + (left << 4);
    const shares = share + (left << 3);
    const ratios = ratio + (left << 3);
    v128.store(to, massBelow(above, open, shares, ratios, t, rest, i64x2.splat(0 - i64(isLive & 1)), isOpen));
    v128.store(
      to,
      massBelow(above, open, shares + 8, ratios + 8, t, rest, i64x2.splat(0 - i64(isLive >> 8)), isOpen),
      16,
    );
  }
}

/** Mass of a child: the row in it, or beside it, or the feature has failed above and its factor z (1-t) only shrinks. */
function massBelow(
  above: v128,
  open: v128,
  share: usize,
  ratio: usize,
  t: v128,
  rest: v128,
  isHot: v128,
  isOpen: v128,
): v128 {
  const own = v128.load_splat<f64>(share);
  const hot = f64x2.mul(open, f64x2.add(f64x2.mul(own, rest), t));
  const cold = f64x2.mul(f64x2.mul(open, own), rest);
  const shrunk = f64x2.mul(above, v128.load_splat<f64>(ratio));
  return v128.bitselect(v128.bitselect(hot, cold, isHot), shrunk, isOpen);
}

/** What the edges of a split change: of its live child against the edge above that tests the same feature. */
function credit(child: v128, ownInverse: v128, sum: v128, previousInverse: v128, isLive: u32): f64 {
  const change = f64x2.sub(f64x2.mul(child, ownInverse), f64x2.mul(sum, previousInverse));
  const both = f64x2.extract_lane(change, 0) + f64x2.extract_lane(change, 1);
  return isLive === 0 ? 0 : both;
}

/** Sums leaves upwards, `mass` of a node becoming that of the leaves below it, and credits the edges; one output. */
function sweepUp(tree: Tree, pair: u32, live: usize, mass: usize, out: usize): void {
  const inverse = tree.inverse + ((pair * tree.nNodes) << 4);
  const leafNode = tree.leafNode;
  const leafValue = tree.leafValue;
  const nLeaves = tree.nLeaves;
  for (let leaf: u32 = 0; leaf < nLeaves; leaf++) {
    const at = mass + (load<u32>(leafNode + (leaf << 2)) << 4);
    v128.store(at, f64x2.mul(v128.load(at), v128.load_splat<f64>(leafValue + (leaf << 3))));
  }
  for (let split = tree.splits + tree.nSplits * SPLIT_BYTES; split > tree.splits; ) {
    split -= SPLIT_BYTES;
    const left = load<u32>(split, 4);
    const isLive = liveBelow(live, left);
    const from = mass + (left << 4);
    const sum = f64x2.add(v128.load(from), v128.load(from, 16));
    v128.store(mass + (load<u32>(split) << 4), sum);
    const child = (left + (isLive >> 8)) << 4;
    const to = out + (load<u32>(split, 12) << 3);
    const previous = v128.load(inverse + (load<u32>(split, 8) << 4));
    const change = credit(v128.load(mass + child), v128.load(inverse + child), sum, previous, isLive);
    store<f64>(to, load<f64>(to) + change);
  }
}

/** As `sweepUp` for trees with several outputs, which share the way down. */
function sweepUpMany(
  tree: Tree,
  pair: u32,
  live: usize,
  mass: usize,
  nOutputs: u32,
  below: usize,
  out: usize,
): void {
  const inverse = tree.inverse + ((pair * tree.nNodes) << 4);
  const width = nOutputs << 4;
  const leafNode = tree.leafNode;
  let value = tree.leafValue;
  const nLeaves = tree.nLeaves;
  for (let leaf: u32 = 0; leaf < nLeaves; leaf++) {
    const node = load<u32>(leafNode + (leaf << 2));
    const reached = v128.load(mass + (node << 4));
    const to = below + node * width;
    for (let at: usize = 0; at < width; at += 16, value += 8)
      v128.store(to + at, f64x2.mul(reached, v128.load_splat<f64>(value)));
  }
  for (let split = tree.splits + tree.nSplits * SPLIT_BYTES; split > tree.splits; ) {
    split -= SPLIT_BYTES;
    const left = load<u32>(split, 4);
    const isLive = liveBelow(live, left);
    const child = left + (isLive >> 8);
    const own = v128.load(inverse + (child << 4));
    const previous = v128.load(inverse + (load<u32>(split, 8) << 4));
    const from = below + left * width;
    const ofChild = below + child * width;
    const sumAt = below + load<u32>(split) * width;
    let to = out + ((load<u32>(split, 12) * nOutputs) << 3);
    for (let at: usize = 0; at < width; at += 16, to += 8) {
      const sum = f64x2.add(v128.load(from + at), v128.load(from + width + at));
      v128.store(sumAt + at, sum);
      const change = credit(v128.load(ofChild + at), own, sum, previous, isLive);
      store<f64>(to, load<f64>(to) + change);
    }
  }
}

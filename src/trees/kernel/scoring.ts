// Walks rows through trees. Memory and layout are those of src/trees/forest/scoring-memory.ts and packed-forest.ts:
//
// node   8 bytes: key of the threshold; place << shift | column, where `place` is how many nodes further the left child
//        lies and `column` where its key lies in a group. A leaf leads back to itself: place 0, and column 0, whose key
//        is below every threshold. Its first word then is free for the value, or the number of the leaf.
// group  the keys of eight rows, those of one column side by side, so that eight walks need one address.

const GROUP: u32 = 8;
const SMALLEST_KEY: i32 = i32.MIN_VALUE;
const LARGEST_KEY: i32 = i32.MAX_VALUE;

function nextNode(node: usize, keys: usize, columns: u32, shift: u32): usize {
  const word = load<u64>(node);
  const link = u32(word >> 32);
  const goesRight = u32(load<i32>(keys + (link & columns)) > i32(word));
  return node + (((link >>> shift) + goesRight) << 3);
}

function isSplit(node: usize, shift: u32): usize {
  return usize(load<u32>(node, 4) >>> shift !== 0);
}

/** 1 where one of `n` floats is NaN, else 0. */
export function hasMissing(values: usize, n: u32): u32 {
  const end = values + (n << 2);
  let found = i32x4.splat(0);
  let at = values;
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    found = v128.or(found, f32x4.ne(four, four));
  }
  let rest: u32 = 0;
  for (; at < end; at += 4) {
    const value = load<f32>(at);
    rest |= u32(isNaN(value));
  }
  return u32(v128.any_true(found)) | rest;
}

/**
 * Keys of rows first .. first + n - 1 of `values` (row after row), group after group of `groupBytes`. Floats become
 * integers of the same order, -0 as 0. Where `missing` is not 0, every column has a second key so many bytes further:
 * they differ where the value is NaN, one below all thresholds and one above. Places of the last group that no row takes
 * walk as well: what was left in them must not lead past a leaf.
 */
export function writeKeys(
  values: usize,
  n: u32,
  nColumns: u32,
  groups: usize,
  groupBytes: u32,
  missing: u32,
): void {
  for (let i: u32 = 0; i < n; i++) {
    let to = groups + (i / GROUP) * groupBytes + ((i % GROUP) << 2);
    store<i32>(to, SMALLEST_KEY);
    for (let f: u32 = 0; f < nColumns; f++) {
      to += GROUP << 2;
      const value = load<f32>(values);
      values += 4;
      const bits = reinterpret<i32>(value);
      const key = bits === SMALLEST_KEY ? 0 : bits ^ ((bits >> 31) & LARGEST_KEY);
      if (missing === 0) store<i32>(to, key);
      else {
        const isMissing = isNaN(value);
        store<i32>(to, isMissing ? SMALLEST_KEY : key);
        store<i32>(to + missing, isMissing ? LARGEST_KEY : key);
      }
    }
  }
  for (let i = n; i % GROUP !== 0; i++)
    store<i32>(groups + (i / GROUP) * groupBytes + ((i % GROUP) << 2), SMALLEST_KEY);
}

/**
 * Leaves of one tree for the rows of `n` groups, to `leaves`. All go `steps` down in groups of eight, whose loads
 * overlap; those that are not at a leaf by then are listed in `active` and go on four steps at a time, so that few deep
 * paths do not hold up the others.
 */
export function walkTree(
  root: usize,
  groups: usize,
  groupBytes: u32,
  n: u32,
  steps: u32,
  columns: u32,
  shift: u32,
  leaves: usize,
  active: usize,
): void {
  let k = active;
  let keys = groups;
  let to = leaves;
  for (let i: u32 = 0; i < n * GROUP; i += GROUP) {
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    let e = root;
    let f = root;
    let g = root;
    let h = root;
    for (let step: u32 = 0; step < steps; step++) {
      a = nextNode(a, keys, columns, shift);
      b = nextNode(b, keys + 4, columns, shift);
      c = nextNode(c, keys + 8, columns, shift);
      d = nextNode(d, keys + 12, columns, shift);
      e = nextNode(e, keys + 16, columns, shift);
      f = nextNode(f, keys + 20, columns, shift);
      g = nextNode(g, keys + 24, columns, shift);
      h = nextNode(h, keys + 28, columns, shift);
    }
    store<u32>(to, a);
    store<u32>(to, b, 4);
    store<u32>(to, c, 8);
    store<u32>(to, d, 12);
    store<u32>(to, e, 16);
    store<u32>(to, f, 20);
    store<u32>(to, g, 24);
    store<u32>(to, h, 28);
    // Each is written, and stays only where it is not at a leaf: there is no branch to guess.
    store<u32>(k, i);
    k += isSplit(a, shift) << 2;
    store<u32>(k, i + 1);
    k += isSplit(b, shift) << 2;
    store<u32>(k, i + 2);
    k += isSplit(c, shift) << 2;
    store<u32>(k, i + 3);
    k += isSplit(d, shift) << 2;
    store<u32>(k, i + 4);
    k += isSplit(e, shift) << 2;
    store<u32>(k, i + 5);
    k += isSplit(f, shift) << 2;
    store<u32>(k, i + 6);
    k += isSplit(g, shift) << 2;
    store<u32>(k, i + 7);
    k += isSplit(h, shift) << 2;
    to += GROUP << 2;
    keys += groupBytes;
  }
  for (let end = k; end > active; end = k) {
    k = active;
    for (let at = active; at < end; at += 4) {
      const i = load<u32>(at);
      const row = groups + (i / GROUP) * groupBytes + ((i % GROUP) << 2);
      let node: usize = load<u32>(leaves + (i << 2));
      node = nextNode(node, row, columns, shift);
      node = nextNode(node, row, columns, shift);
      node = nextNode(node, row, columns, shift);
      node = nextNode(node, row, columns, shift);
      store<u32>(leaves + (i << 2), node);
      store<u32>(k, i);
      k += isSplit(node, shift) << 2;
    }
  }
}

/** Leaves of eight trees at a time for the row whose keys lie in the first place of `keys`; `n` trees, a multiple of 8. */
export function walkRow(roots: usize, n: u32, keys: usize, columns: u32, shift: u32, leaves: usize): void {
  for (let at: usize = 0; at < n << 2; at += GROUP << 2) {
    let a: usize = load<u32>(roots + at);
    let b: usize = load<u32>(roots + at, 4);
    let c: usize = load<u32>(roots + at, 8);
    let d: usize = load<u32>(roots + at, 12);
    let e: usize = load<u32>(roots + at, 16);
    let f: usize = load<u32>(roots + at, 20);
    let g: usize = load<u32>(roots + at, 24);
    let h: usize = load<u32>(roots + at, 28);
    let moved: usize = 1;
    while (moved !== 0) {
      const a2 = nextNode(a, keys, columns, shift);
      const b2 = nextNode(b, keys, columns, shift);
      const c2 = nextNode(c, keys, columns, shift);
      const d2 = nextNode(d, keys, columns, shift);
      const e2 = nextNode(e, keys, columns, shift);
      const f2 = nextNode(f, keys, columns, shift);
      const g2 = nextNode(g, keys, columns, shift);
      const h2 = nextNode(h, keys, columns, shift);
      a = nextNode(a2, keys, columns, shift);
      b = nextNode(b2, keys, columns, shift);
      c = nextNode(c2, keys, columns, shift);
      d = nextNode(d2, keys, columns, shift);
      e = nextNode(e2, keys, columns, shift);
      f = nextNode(f2, keys, columns, shift);
      g = nextNode(g2, keys, columns, shift);
      h = nextNode(h2, keys, columns, shift);
      // Children lie behind their parent, so the differences are >= 0 and their sum is 0 only where all are.
      moved = a - a2 + (b - b2) + (c - c2) + (d - d2) + (e - e2) + (f - f2) + (g - g2) + (h - h2);
    }
    store<u32>(leaves + at, a);
    store<u32>(leaves + at, b, 4);
    store<u32>(leaves + at, c, 8);
    store<u32>(leaves + at, d, 12);
    store<u32>(leaves + at, e, 16);
    store<u32>(leaves + at, f, 20);
    store<u32>(leaves + at, g, 24);
    store<u32>(leaves + at, h, 28);
  }
}

/**
 * Adds the values of `n` leaves, in their order, to the sums at `out` and those `stride` bytes further for the next:
 * 0 adds all to the same sums. One output lies in the leaf itself, several lie together in `values`.
 */
export function addLeaves(
  leaves: usize,
  n: u32,
  nOutputs: u32,
  values: usize,
  out: usize,
  stride: u32,
): void {
  const end = leaves + (n << 2);
  if (nOutputs === 1) {
    for (let at = leaves; at < end; at += 4) {
      store<f64>(out, load<f64>(out) + f64(load<f32>(load<u32>(at))));
      out += stride;
    }
    return;
  }
  if (nOutputs === 4) {
    for (let at = leaves; at < end; at += 4) {
      const four = v128.load(values + (load<u32>(load<u32>(at)) << 4));
      const others = v128.shuffle<u32>(four, four, 2, 3, 2, 3);
      v128.store(out, f64x2.add(v128.load(out), f64x2.promote_low_f32x4(four)));
      v128.store(out, f64x2.add(v128.load(out, 16), f64x2.promote_low_f32x4(others)), 16);
      out += stride;
    }
    return;
  }
  for (let at = leaves; at < end; at += 4) {
    const leaf = values + load<u32>(load<u32>(at)) * (nOutputs << 2);
    for (let o: u32 = 0; o < nOutputs; o++) {
      const sum = out + (o << 3);
      store<f64>(sum, load<f64>(sum) + f64(load<f32>(leaf + (o << 2))));
    }
    out += stride;
  }
}

// Values to codes, one column at a time. Addresses are byte offsets into the one memory of a fit.

/**
 * Borders between the bins of n floats, NaN for missing, as the largest value of every bin but the last; returns how
 * many. They are taken from `capacity` values at even steps; a rare value that is not met shares the bin of a
 * neighbour. `sample` and `scratch` hold as many words, `counts` 3 x 2048.
 */
export function findUppers(
  values: usize,
  n: u32,
  capacity: u32,
  maxBins: u32,
  sample: usize,
  scratch: usize,
  counts: usize,
  uppers: usize,
): u32 {
  let nSorted: u32 = 0;
  // The place k x n / capacity, as a whole part and what is left over.
  let at = values;
  let rest: u32 = 0;
  for (let k: u32 = 0; k < capacity; k++) {
    const value = load<f32>(at);
    store<f32>(sample + (nSorted << 2), value);
    nSorted += u32(!isNaN<f32>(value));
    at += (n / capacity) << 2;
    rest += n % capacity;
    if (rest >= capacity) {
      rest -= capacity;
      at += 4;
    }
  }
  if (nSorted === 0) return 0;
  sortFloats(sample, nSorted, scratch, counts);

  const end = sample + (nSorted << 2);
  let nDistinct: u32 = 1;
  for (let to = sample + 4; to < end; to += 4) nDistinct += u32(load<f32>(to) !== load<f32>(to - 4));
  let nCuts: u32 = 0;
  if (nDistinct <= maxBins) {
    for (let to = sample + 4; to < end; to += 4) {
      if (load<f32>(to) === load<f32>(to - 4)) continue;
      store<f32>(uppers + (nCuts++ << 2), load<f32>(to - 4));
    }
    return nCuts;
  }
  // A bin closes at the end of a run of equal values, once it holds its share of what was left when it opened.
  // A value more frequent than that share gets its own bin.
  let start: u32 = 0;
  while (nCuts < maxBins - 1) {
    const share = u32(floor(f64(nSorted - start) / f64(maxBins - nCuts) + 0.5));
    let to = sample + ((start + max(1, share)) << 2);
    while (to < end && load<f32>(to) === load<f32>(to - 4)) to += 4;
    if (to >= end) break;
    store<f32>(uppers + (nCuts++ << 2), load<f32>(to - 4));
    start = u32((to - sample) >> 2);
  }
  return nCuts;
}

/**
 * Sorts n floats, none of them NaN or -0, in place: three passes over digits of 11, 11 and 10 bits.
 *
 * A float's bits sort as integers once negative numbers are inverted and the sign bit of the others is set.
 * `scratch` holds n words, `counts` 3 x 2048.
 */
export function sortFloats(values: usize, n: u32, scratch: usize, counts: usize): void {
  memory.fill(counts, 0, 3 * 8192);
  const end = values + (n << 2);
  for (let at = values; at < end; at += 4) {
    const bits = load<u32>(at);
    const key = bits ^ (u32(i32(bits) >> 31) | 0x80000000);
    store<u32>(at, key);
    bump(counts + ((key & 2047) << 2));
    bump(counts + 8192 + (((key >> 11) & 2047) << 2));
    bump(counts + 16384 + ((key >> 22) << 2));
  }
  placeByDigit(values, scratch, n, counts, 0);
  placeByDigit(scratch, values, n, counts + 8192, 11);
  placeByDigit(values, scratch, n, counts + 16384, 22);
  for (let at: usize = 0; at < n << 2; at += 4) {
    const key = load<u32>(scratch + at);
    store<u32>(values + at, key ^ (~u32(i32(key) >> 31) | 0x80000000));
  }
}

function bump(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** One pass of the sort: words in the order of one digit, equal digits in their old order. */
function placeByDigit(source: usize, target: usize, n: u32, counts: usize, shift: u32): void {
  let place: u32 = 0;
  for (let at = counts; at < counts + 8192; at += 4) {
    const count = load<u32>(at);
    store<u32>(at, place);
    place += count;
  }
  for (let at = source; at < source + (n << 2); at += 4) {
    const key = load<u32>(at);
    const slot = counts + (((key >> shift) & 2047) << 2);
    const to = load<u32>(slot);
    store<u32>(slot, to + 1);
    store<u32>(target + (to << 2), key);
  }
}

/** Number of NaN among n floats; -1 - i where value i is infinite. */
export function countMissing(values: usize, n: u32): i32 {
  let nMissing: i32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const magnitude = load<u32>(values + (i << 2)) & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      if (magnitude === 0x7f800000) return -1 - i32(i);
      nMissing++;
    }
  }
  return nMissing;
}

/**
 * Writes a code per value and widens the extent of its bin.
 *
 * A code is the number of borders (`uppers`, 256 floats, +Infinity past the last) below the value, found by halving
 * in eight steps without a branch; NaN has the code 255.
 */
export function encode(
  values: usize,
  n: u32,
  uppers: usize,
  codes: usize,
  binMin: usize,
  binMax: usize,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const value = load<f32>(values + (i << 2));
    if (isNaN<f32>(value)) {
      store<u8>(codes + i, 255);
      continue;
    }
    // Addresses, not counts: `at` moves on by 4 bytes for each border that is below the value.
    let at = uppers;
    at += usize(load<f32>(at, 508) < value) << 9;
    at += usize(load<f32>(at, 252) < value) << 8;
    at += usize(load<f32>(at, 124) < value) << 7;
    at += usize(load<f32>(at, 60) < value) << 6;
    at += usize(load<f32>(at, 28) < value) << 5;
    at += usize(load<f32>(at, 12) < value) << 4;
    at += usize(load<f32>(at, 4) < value) << 3;
    at += usize(load<f32>(at) < value) << 2;
    const offset = at - uppers;
    store<u8>(codes + i, offset >> 2);
    if (value < load<f32>(binMin + offset)) store<f32>(binMin + offset, value);
    if (value > load<f32>(binMax + offset)) store<f32>(binMax + offset, value);
  }
}

/** Replaces every code by its entry in `names` (256 bytes). */
export function renameCodes(codes: usize, n: u32, names: usize): void {
  for (let at = codes; at < codes + n; at++) store<u8>(at, load<u8>(names + load<u8>(at)));
}

/**
 * Columns of n codes each, one after the other, side by side: row i at rows + i x stride. The stride is nColumns
 * rounded up to a multiple of four; codes past the last column are 0.
 */
export function interleave(columns: usize, nColumns: u32, n: u32, rows: usize, stride: u32): void {
  // In blocks of rows that stay in cache while every column is written into them.
  for (let start: u32 = 0; start < n; start += 1024) {
    const end = min(start + 1024, n);
    for (let c: u32 = 0; c < nColumns; c += 4) {
      const first = columns + c * n;
      const nLeft = nColumns - c;
      for (let i = start; i < end; i++) {
        let word: u32 = load<u8>(first + i);
        if (nLeft > 1) word |= u32(load<u8>(first + n + i)) << 8;
        if (nLeft > 2) word |= u32(load<u8>(first + 2 * n + i)) << 16;
        if (nLeft > 3) word |= u32(load<u8>(first + 3 * n + i)) << 24;
        store<u32>(rows + i * stride + c, word);
      }
    }
  }
}

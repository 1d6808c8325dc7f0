// What every round of boosting does with every row.

/** Adding and subtracting 1.5 x 2^52 rounds a double below 2^51 to an integer. */
const ROUND: f64 = 6755399441055744;

/** differences = minuends - subtrahends, n doubles each and room for one more. The places may be the same. */
export function subtract(minuends: usize, subtrahends: usize, n: u32, differences: usize): void {
  for (let at: usize = 0; at < n << 3; at += 16) {
    v128.store(differences + at, f64x2.sub(v128.load(minuends + at), v128.load(subtrahends + at)));
  }
}

/** factors = factors x others, n doubles each, as in `subtract`. */
export function multiply(factors: usize, others: usize, n: u32): void {
  for (let at: usize = 0; at < n << 3; at += 16) {
    v128.store(factors + at, f64x2.mul(v128.load(factors + at), v128.load(others + at)));
  }
}

/** Sum of magnitudes, from the first to the last. */
export function sumOfMagnitudes(values: usize, n: u32): f64 {
  let sum: f64 = 0;
  for (let at = values; at < values + (n << 3); at += 8) sum += abs(load<f64>(at));
  return sum;
}

/** integers = round(values x scale) x base + count, n doubles each and room for one more. */
export function quantise(values: usize, n: u32, scale: f64, base: f64, count: f64, integers: usize): void {
  const scales = f64x2.splat(scale);
  const rounds = f64x2.splat(ROUND);
  const bases = f64x2.splat(base);
  const counts = f64x2.splat(count);
  for (let at: usize = 0; at < n << 3; at += 16) {
    const whole = f64x2.sub(f64x2.add(f64x2.mul(v128.load(values + at), scales), rounds), rounds);
    v128.store(integers + at, f64x2.add(f64x2.mul(whole, bases), counts));
  }
}

/** As `quantise`, gradients with their count and hessians without one side by side: 2 n doubles and room for two more. */
export function quantisePairs(
  gradients: usize,
  hessians: usize,
  n: u32,
  scale: f64,
  base: f64,
  hessianScale: f64,
  pairs: usize,
): void {
  const scales = f64x2.splat(scale);
  const hessianScales = f64x2.splat(hessianScale);
  const rounds = f64x2.splat(ROUND);
  const bases = f64x2.splat(base);
  const counts = f64x2.splat(1);
  for (let at: usize = 0; at < n << 3; at += 16) {
    const whole = f64x2.sub(f64x2.add(f64x2.mul(v128.load(gradients + at), scales), rounds), rounds);
    const packed = f64x2.add(f64x2.mul(whole, bases), counts);
    const weights = f64x2.mul(v128.load(hessians + at), hessianScales);
    const hessian = f64x2.sub(f64x2.add(weights, rounds), rounds);
    const to = pairs + (at << 1);
    v128.store(to, v128.shuffle<f64>(packed, hessian, 0, 2));
    v128.store(to, v128.shuffle<f64>(packed, hessian, 1, 3), 16);
  }
}

/** Sum of values[index[0 .. n - 1]]: integers, so that their order does not matter. */
export function sumAt(values: usize, index: usize, n: u32): f64 {
  let sum: f64 = 0;
  for (let at = index; at < index + (n << 2); at += 4) {
    sum += load<f64>(values + (load<u32>(at) << 3));
  }
  return sum;
}

/** As `sumAt` for pairs of doubles; writes both sums to `sums`. */
export function sumPairsAt(pairs: usize, index: usize, n: u32, sums: usize): void {
  let sum = f64x2.splat(0);
  for (let at = index; at < index + (n << 2); at += 4) {
    sum = f64x2.add(sum, v128.load(pairs + (load<u32>(at) << 4)));
  }
  v128.store(sums, sum);
}

/** Fills n bytes with 0. */
export function clear(at: usize, n: usize): void {
  memory.fill(at, 0, n);
}

/**
 * Adds `values` of the rows index[start .. end - 1] to `histogram`, every column at once. Bins of two columns lie side
 * by side: columns 2 k and 2 k + 1 have 264 pairs of doubles from histogram + k x 4224 on.
 *
 * Row i has its codes at codes + i x stride, a multiple of four. Index 0 stands for the rows start .. end - 1
 * themselves. The constants are where the columns begin, so that they are part of the load and the store. Eight
 * additions in a row meet different columns, so none waits for another.
 */
export function addToHistogram(
  histogram: usize,
  codes: usize,
  stride: u32,
  index: usize,
  start: u32,
  end: u32,
  values: usize,
): void {
  const eights = stride & ~7;
  for (let p = start; p < end; p++) {
    const i = index ? load<u32>(index + (p << 2)) : p;
    const value = load<f64>(values + (i << 3));
    let at = codes + i * stride;
    const rowEnd = at + eights;
    let column = histogram;
    let bin: usize;
    for (; at < rowEnd; at += 8, column += 16896) {
      bin = column + (u32(load<u8>(at)) << 4);
      store<f64>(bin, load<f64>(bin) + value);
      bin = column + (u32(load<u8>(at, 1)) << 4);
      store<f64>(bin, load<f64>(bin, 8) + value, 8);
      bin = column + (u32(load<u8>(at, 2)) << 4);
      store<f64>(bin, load<f64>(bin, 4224) + value, 4224);
      bin = column + (u32(load<u8>(at, 3)) << 4);
      store<f64>(bin, load<f64>(bin, 4232) + value, 4232);
      bin = column + (u32(load<u8>(at, 4)) << 4);
      store<f64>(bin, load<f64>(bin, 8448) + value, 8448);
      bin = column + (u32(load<u8>(at, 5)) << 4);
      store<f64>(bin, load<f64>(bin, 8456) + value, 8456);
      bin = column + (u32(load<u8>(at, 6)) << 4);
      store<f64>(bin, load<f64>(bin, 12672) + value, 12672);
      bin = column + (u32(load<u8>(at, 7)) << 4);
      store<f64>(bin, load<f64>(bin, 12680) + value, 12680);
    }
    if (stride & 4) {
      bin = column + (u32(load<u8>(at)) << 4);
      store<f64>(bin, load<f64>(bin) + value);
      bin = column + (u32(load<u8>(at, 1)) << 4);
      store<f64>(bin, load<f64>(bin, 8) + value, 8);
      bin = column + (u32(load<u8>(at, 2)) << 4);
      store<f64>(bin, load<f64>(bin, 4224) + value, 4224);
      bin = column + (u32(load<u8>(at, 3)) << 4);
      store<f64>(bin, load<f64>(bin, 4232) + value, 4232);
    }
  }
}

/**
 * As `addToHistogram` for pairs of doubles, gradient and hessian, both added at once: column k has 264 pairs from
 * histogram + k x 4224 on.
 */
export function addPairsToHistogram(
  histogram: usize,
  codes: usize,
  stride: u32,
  index: usize,
  start: u32,
  end: u32,
  pairs: usize,
): void {
  for (let p = start; p < end; p++) {
    const i = index ? load<u32>(index + (p << 2)) : p;
    const pair = v128.load(pairs + (i << 4));
    let at = codes + i * stride;
    const rowEnd = at + stride;
    let column = histogram;
    let bin: usize;
    for (; at < rowEnd; at += 4, column += 16896) {
      bin = column + (u32(load<u8>(at)) << 4);
      v128.store(bin, f64x2.add(v128.load(bin), pair));
      bin = column + (u32(load<u8>(at, 1)) << 4);
      v128.store(bin, f64x2.add(v128.load(bin, 4224), pair), 4224);
      bin = column + (u32(load<u8>(at, 2)) << 4);
      v128.store(bin, f64x2.add(v128.load(bin, 8448), pair), 8448);
      bin = column + (u32(load<u8>(at, 3)) << 4);
      v128.store(bin, f64x2.add(v128.load(bin, 12672), pair), 12672);
    }
  }
}

/** Adds `step` to outputs[row x nOutputs] for the rows index[start .. end - 1]. */
export function addLeaf(outputs: usize, nOutputs: u32, index: usize, start: u32, end: u32, step: f64): void {
  for (let p = start; p < end; p++) {
    const at = outputs + ((load<u32>(index + (p << 2)) * nOutputs) << 3);
    store<f64>(at, load<f64>(at) + step);
  }
}

/** As `addLeaf` for two leaves at once, whose rows are not yet partitioned (see `partition` for shift and cut). */
export function addTwoLeaves(
  outputs: usize,
  nOutputs: u32,
  index: usize,
  start: u32,
  end: u32,
  codes: usize,
  shift: u32,
  cut: u32,
  leftStep: f64,
  rightStep: f64,
): void {
  for (let p = start; p < end; p++) {
    const i = load<u32>(index + (p << 2));
    const goesLeft = ((u32(load<u8>(codes + i)) + shift) & 255) <= cut;
    const at = outputs + ((i * nOutputs) << 3);
    store<f64>(at, load<f64>(at) + (goesLeft ? leftStep : rightStep));
  }
}

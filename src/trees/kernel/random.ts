// The generator of src/trees/random.ts, stream for stream: sfc32, a chaotic counter generator of 128 bits.

let a: u32 = 0;
let b: u32 = 0;
let c: u32 = 0;
let counter: u32 = 0;

function mix32(word: u32): u32 {
  let x = word;
  x = (x ^ (x >> 16)) * 0x21f0aaad;
  x = (x ^ (x >> 15)) * 0x735a2d97;
  return x ^ (x >> 15);
}

/** Starts the stream of a seed, given as its two words. */
export function seedRandom(low: u32, high: u32): void {
  a = mix32(low + 0x9e3779b9);
  b = mix32(high ^ a ^ 0x3c6ef372);
  c = mix32(low ^ b);
  counter = 1;
  for (let i = 0; i < 12; i++) nextWord();
}

function nextWord(): u32 {
  const sum = a + b + counter;
  counter += 1;
  a = b ^ (b >> 9);
  b = c + (c << 3);
  c = ((c << 21) | (c >> 11)) + sum;
  return sum;
}

/** Uniform integer in [0, n). */
export function randomBelow(n: u32): u32 {
  return u32((u64(nextWord()) * n) >> 32);
}

/** Number of times each of n rows is drawn, as doubles, when n are drawn with replacement; `order` holds all rows. */
export function drawBootstrap(counts: usize, order: usize, n: u32): void {
  memory.fill(counts, 0, n << 3);
  for (let k: u32 = 0; k < n; k++) {
    const at = counts + (load<u32>(order + (randomBelow(n) << 2)) << 3);
    store<f64>(at, load<f64>(at) + 1);
  }
}

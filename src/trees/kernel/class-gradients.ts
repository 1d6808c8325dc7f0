// Probabilities and gradients of a round of boosting with several classes.

/** Math.exp of the host, so that probabilities have the bits they have when rows are scored. */
declare function exp(x: f64): f64;

/** Softmax of each of n rows of `margins` (n x nClasses doubles), written to `proba`. */
export function softmaxRows(margins: usize, n: u32, nClasses: u32, proba: usize): void {
  const width = nClasses << 3;
  for (let i: u32 = 0; i < n; i++, margins += width, proba += width) {
    let largest = load<f64>(margins);
    for (let at: usize = 8; at < width; at += 8) {
      const margin = load<f64>(margins + at);
      if (margin > largest) largest = margin;
    }
    let sum: f64 = 0;
    for (let at: usize = 0; at < width; at += 8) {
      const e = exp(load<f64>(margins + at) - largest);
      store<f64>(proba + at, e);
      sum += e;
    }
    for (let at: usize = 0; at < width; at += 8) store<f64>(proba + at, load<f64>(proba + at) / sum);
  }
}

/**
 * Negative gradient and second derivative of the log loss for one class, n doubles each. `labels` are words, `weights`
 * doubles unless 0.
 */
export function writeClassGradients(
  proba: usize,
  labels: usize,
  weights: usize,
  label: u32,
  nClasses: u32,
  n: u32,
  gradients: usize,
  hessians: usize,
): void {
  let at = proba + (label << 3);
  for (let i: u32 = 0; i < n; i++, at += nClasses << 3) {
    const weight: f64 = weights ? load<f64>(weights + (i << 3)) : 1;
    const p = load<f64>(at);
    const isOne = f64(load<u32>(labels + (i << 2)) === label);
    store<f64>(gradients + (i << 3), weight * (isOne - p));
    store<f64>(hessians + (i << 3), weight * p * (1 - p));
  }
}

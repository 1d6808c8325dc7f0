import { checkClasses, checkShare, checkTable, usableRows } from './calibration-rows.ts';
import type { Calibrator, CalibratorJson } from './calibrator.ts';

/**
 * Smallest probability that temperature scaling tells from 0. A forest says 0 when no tree voted for a class,
 * which is weak evidence: without a floor one such row would decide the temperature.
 */
const PROBABILITY_FLOOR = 1e-4;
/**
 * Least slope of the result over the uncalibrated probability. Where the fit is sharp, probabilities near 1 round to 1
 * and those below the floor to one value: the slope keeps them apart, at no cost to the loss.
 */
const SLOPE = 1e-3;
const SHARPEST = 0.05;
const SOFTEST = 20;

/**
 * One temperature for all classes: p_c becomes p_c^(1/T), scaled to sum to 1, plus a thousandth of what it was. T > 1
 * softens, T < 1 sharpens. It keeps the order of the classes.
 *
 * @see Guo et al. On Calibration of Modern Neural Networks. ICML 2017. https://arxiv.org/abs/1706.04599
 */
export class TemperatureCalibrator implements Calibrator {
  readonly kind = 'temperature';
  readonly nClasses: number;
  /** In [0.05, 20]; 1 changes nothing but probabilities below 1e-4. */
  readonly temperature: number;
  /** Share of the uncalibrated probability in the result, in [0, 1). */
  readonly slope: number;
  readonly #scaled: Float64Array;

  private constructor(nClasses: number, temperature: number, slope: number) {
    this.nClasses = nClasses;
    this.temperature = temperature;
    this.slope = slope;
    this.#scaled = new Float64Array(nClasses);
  }

  /**
   * Temperature of least weighted log loss. Rows with a NaN or a weight of 0 take no part.
   *
   * @throws RangeError when no row is left
   */
  static fit(
    proba: Float64Array,
    y: ArrayLike<number>,
    nClasses: number,
    weights?: ArrayLike<number>,
  ): TemperatureCalibrator {
    const rows = usableRows(proba, y, nClasses, weights);
    const logits = new Float64Array(rows.length * nClasses);
    for (let r = 0; r < rows.length; r++) {
      for (let c = 0; c < nClasses; c++) {
        logits[r * nClasses + c] = Math.log(Math.max(proba[rows[r] * nClasses + c], PROBABILITY_FLOOR));
      }
    }
    return new TemperatureCalibrator(nClasses, 1 / sharpnessOf(logits, rows, y, nClasses, weights), SLOPE);
  }

  /** The calibrator that leaves probabilities as they are. */
  static identity(nClasses: number): TemperatureCalibrator {
    return new TemperatureCalibrator(nClasses, 1, SLOPE);
  }

  static from(json: CalibratorJson): TemperatureCalibrator {
    if (json.kind !== 'temperature') {
      throw new RangeError(`Expected \`kind\` to be temperature, got ${json.kind}.`);
    }
    checkClasses(json.nClasses);
    if (!(json.temperature >= SHARPEST && json.temperature <= SOFTEST)) {
      throw new RangeError(`Expected \`temperature\` in [${SHARPEST}, ${SOFTEST}], got ${json.temperature}.`);
    }
    const slope = checkShare('slope', json.slope ?? 0);
    return new TemperatureCalibrator(json.nClasses, json.temperature, slope);
  }

  apply(proba: Float64Array): Float64Array {
    const { nClasses } = this;
    checkTable(proba, nClasses);
    const sharpness = 1 / this.temperature;
    const scaled = this.#scaled;
    for (let row = 0; row < proba.length; row += nClasses) {
      let sum = 0;
      let before = 0;
      for (let c = 0; c < nClasses; c++) {
        const p = proba[row + c];
        scaled[c] = p < PROBABILITY_FLOOR ? PROBABILITY_FLOOR ** sharpness : p ** sharpness;
        sum += scaled[c];
        before += p;
      }
      // A row of zeros says nothing; it becomes even.
      const slope = before > 0 ? this.slope / before : 0;
      const share = (1 - slope * before) / sum;
      for (let c = 0; c < nClasses; c++) proba[row + c] = share * scaled[c] + slope * proba[row + c];
    }
    return proba;
  }

  toJSON(): CalibratorJson {
    const { kind, nClasses, temperature, slope } = this;
    return { kind, nClasses, temperature, slope };
  }
}

/**
 * 1 / T of least log loss. The loss is convex in 1 / T, so its slope, the mean gap between the expected and the
 * own logit, has one zero: Newton steps, halving the bracket where one would leave it.
 */
function sharpnessOf(
  logits: Float64Array,
  rows: Uint32Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights: ArrayLike<number> | undefined,
): number {
  let low = 1 / SOFTEST;
  let high = 1 / SHARPEST;
  let sharpness = 1;
  const bend = new Float64Array(2);
  for (let step = 0; step < 60; step++) {
    lossAt(sharpness, logits, rows, y, nClasses, weights, bend);
    const [slope, curvature] = bend;
    if (slope === 0) return sharpness;
    if (slope > 0) high = sharpness;
    else low = sharpness;
    const newton = sharpness - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - sharpness) <= 1e-12 * sharpness) return next;
    sharpness = next;
  }
  return sharpness;
}

/** Writes slope and curvature of the weighted loss at this sharpness to `bend` (2,). */
function lossAt(
  sharpness: number,
  logits: Float64Array,
  rows: Uint32Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights: ArrayLike<number> | undefined,
  bend: Float64Array,
): void {
  let slope = 0;
  let curvature = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = r * nClasses;
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let c = 0; c < nClasses; c++) {
      const logit = logits[row + c];
      const mass = Math.exp(sharpness * logit);
      sum += mass;
      first += mass * logit;
      second += mass * logit * logit;
    }
    const mean = first / sum;
    const weight = weights === undefined ? 1 : weights[rows[r]];
    slope += weight * (mean - logits[row + y[rows[r]]]);
    curvature += weight * (second / sum - mean * mean);
  }
  bend[0] = slope;
  bend[1] = curvature;
}

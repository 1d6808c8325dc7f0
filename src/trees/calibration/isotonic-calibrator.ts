import { checkShare, usableRows } from './calibration-rows.ts';
import type { Calibrator, CalibratorJson } from './calibrator.ts';
import { evaluateIsotonic, fitCentredIsotonic, type IsotonicCurve } from './isotonic-regression.ts';
import { TemperatureCalibrator } from './temperature-calibrator.ts';

/**
 * Share of the temperature in the result: a curve is flat beyond its outer knots, where the rows fitted on are told
 * apart without an error. On a forest out of bag a share of 0.05 or more adds to the calibration error, 0.01 does not.
 */
const BLEND = 0.01;

/**
 * One centred isotonic curve per class, class against the rest, on probabilities that a temperature has put roughly
 * right; the results are scaled to sum to 1 and blended with those of the temperature alone, so that what rises goes
 * on rising beyond the curves' ends. Can mend any monotone distortion, needs more rows than a temperature.
 *
 * Without the temperature first, scaling the curves' values back to 1 undoes part of what they mend: on a forest
 * whose raw error is 0.24, curves alone leave 0.047, with it 0.038 (and 0.033 is what chance leaves on so few rows).
 *
 * @see Zadrozny, Elkan. Transforming classifier scores into accurate multiclass probability estimates. KDD 2002.
 */
export class IsotonicCalibrator implements Calibrator {
  readonly kind = 'isotonic';
  readonly nClasses: number;
  /** Share of the temperature alone in the result, in [0, 1). */
  readonly blend: number;
  readonly #temperature: TemperatureCalibrator;
  /** Curves are kept in [floor, 1 - floor]: n rows cannot prove that something never happens. */
  readonly #floor: number;
  readonly #curves: readonly IsotonicCurve[];
  readonly #mapped: Float64Array;

  private constructor(
    temperature: TemperatureCalibrator,
    floor: number,
    curves: readonly IsotonicCurve[],
    blend: number,
  ) {
    this.nClasses = temperature.nClasses;
    this.blend = blend;
    this.#mapped = new Float64Array(temperature.nClasses);
    this.#temperature = temperature;
    this.#floor = floor;
    this.#curves = curves;
  }

  /**
   * Fits the temperature, then the curves. Rows with a NaN or a weight of 0 take no part.
   *
   * @throws RangeError when no row is left
   */
  static fit(
    proba: Float64Array,
    y: ArrayLike<number>,
    nClasses: number,
    weights?: ArrayLike<number>,
  ): IsotonicCalibrator {
    const rows = usableRows(proba, y, nClasses, weights);
    const temperature = TemperatureCalibrator.fit(proba, y, nClasses, weights);
    const tempered = temperature.apply(proba.slice());
    const x = new Float64Array(rows.length);
    const isClass = new Float64Array(rows.length);
    const rowWeights = Float64Array.from(rows, (i) => (weights === undefined ? 1 : weights[i]));
    const curves: IsotonicCurve[] = [];
    for (let c = 0; c < nClasses; c++) {
      for (let r = 0; r < rows.length; r++) {
        x[r] = tempered[rows[r] * nClasses + c];
        isClass[r] = y[rows[r]] === c ? 1 : 0;
      }
      curves.push(fitCentredIsotonic(x, isClass, rowWeights));
    }
    const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
    return new IsotonicCalibrator(temperature, 1 / (total + 2), curves, BLEND);
  }

  static from(json: CalibratorJson): IsotonicCalibrator {
    if (json.kind !== 'isotonic') throw new RangeError(`Expected \`kind\` to be isotonic, got ${json.kind}.`);
    const { nClasses, floor, temperature, slope = 0 } = json;
    const tempering = TemperatureCalibrator.from({ kind: 'temperature', nClasses, temperature, slope });
    if (!(floor > 0 && floor <= 0.5)) {
      throw new RangeError(`Expected \`floor\` in (0, 0.5], got ${floor}.`);
    }
    if (json.curves.length !== nClasses) {
      throw new RangeError(`Expected \`curves\` for ${nClasses} classes, got ${json.curves.length}.`);
    }
    const curves = json.curves.map(({ x, y }, c) => {
      const isRising = x.every((value, k) => k === 0 || value > x[k - 1]);
      const isNotFalling = y.every((value, k) => value >= 0 && value <= 1 && (k === 0 || value >= y[k - 1]));
      if (x.length === 0 || x.length !== y.length || !isRising || !isNotFalling) {
        throw new RangeError(`Expected \`curves[${c}]\` with rising x and y in [0, 1] that does not fall.`);
      }
      return { x: Float64Array.from(x), y: Float64Array.from(y) };
    });
    return new IsotonicCalibrator(tempering, floor, curves, checkShare('blend', json.blend ?? 0));
  }

  apply(proba: Float64Array): Float64Array {
    const { nClasses, blend } = this;
    this.#temperature.apply(proba);
    const low = this.#floor;
    const high = 1 - low;
    const mapped = this.#mapped;
    for (let row = 0; row < proba.length; row += nClasses) {
      let sum = 0;
      for (let c = 0; c < nClasses; c++) {
        const value = evaluateIsotonic(this.#curves[c], proba[row + c]);
        mapped[c] = Math.max(low, Math.min(value, high));
        sum += mapped[c];
      }
      for (let c = 0; c < nClasses; c++) {
        proba[row + c] = ((1 - blend) * mapped[c]) / sum + blend * proba[row + c];
      }
    }
    return proba;
  }

  toJSON(): CalibratorJson {
    const curves = this.#curves.map(({ x, y }) => ({ x: [...x], y: [...y] }));
    const { temperature, slope } = this.#temperature;
    const { kind, nClasses, blend } = this;
    return { kind, nClasses, floor: this.#floor, temperature, slope, blend, curves };
  }
}

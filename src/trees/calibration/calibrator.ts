/**
 * Maps class probabilities to ones that match observed shares. Fitted on rows the learner has not seen.
 *
 * Strictly increasing, class against the rest: with two classes the order of rows stays what it was, whatever the fit.
 */
export interface Calibrator {
  readonly kind: 'temperature' | 'isotonic';
  readonly nClasses: number;
  /**
   * Calibrates a row-major table (nSamples x nClasses) in place and returns it. Rows sum to 1 afterwards; a row
   * with a NaN stays NaN.
   */
  apply(proba: Float64Array): Float64Array;
  toJSON(): CalibratorJson;
}

export type CalibratorJson =
  | {
      readonly kind: 'temperature';
      readonly nClasses: number;
      readonly temperature: number;
      /** Share of the uncalibrated probability in the result. @default 0, in files from before there was one */
      readonly slope?: number;
    }
  | {
      readonly kind: 'isotonic';
      readonly nClasses: number;
      readonly floor: number;
      /** Applied before the curves. */
      readonly temperature: number;
      /** Of the temperature. */
      readonly slope?: number;
      /** Share of the temperature alone in the result. @default 0, in files from before there was one */
      readonly blend?: number;
      /** Knots of the curve of each class. */
      readonly curves: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[];
    };

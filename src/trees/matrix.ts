/** Dense row-major samples x features, float32. A missing value is NaN. */
export class Matrix {
  readonly data: Float32Array;
  readonly nSamples: number;
  readonly nFeatures: number;

  private constructor(data: Float32Array, nSamples: number, nFeatures: number) {
    this.data = data;
    this.nSamples = nSamples;
    this.nFeatures = nFeatures;
  }

  /**
   * Wraps row-major `data` of shape (nSamples, nFeatures). A Float32Array is used as it is, not copied; a
   * Float64Array is rounded to float32 once, here, so that training and scoring meet the same values.
   *
   * @throws RangeError when the length is not nSamples x nFeatures
   */
  static from(data: Float32Array | Float64Array, nSamples: number, nFeatures: number): Matrix {
    if (!Number.isInteger(nSamples) || nSamples < 0) {
      throw new RangeError(`Expected \`nSamples\` to be an integer >= 0, got ${nSamples}.`);
    }
    if (!Number.isInteger(nFeatures) || nFeatures < 0) {
      throw new RangeError(`Expected \`nFeatures\` to be an integer >= 0, got ${nFeatures}.`);
    }
    if (data.length !== nSamples * nFeatures) {
      throw new RangeError(
        `Expected ${nSamples} x ${nFeatures} = ${nSamples * nFeatures} values, got ${data.length}.`,
      );
    }
    return new Matrix(data instanceof Float32Array ? data : Float32Array.from(data), nSamples, nFeatures);
  }
}

/** Weight of each class; 'balanced' weighs classes by the inverse of their counts. */
export type ClassWeight = 'balanced' | ArrayLike<number>;

/**
 * Row weights with the class weights multiplied in, or undefined when there are neither.
 *
 * @throws RangeError when `classWeight` does not hold one finite weight >= 0 per class
 */
export function rowWeights(
  y: Int32Array,
  nClasses: number,
  classWeight: ClassWeight | undefined,
  sampleWeight: ArrayLike<number> | undefined,
): ArrayLike<number> | undefined {
  if (classWeight === undefined) return sampleWeight;
  const perClass = new Float64Array(nClasses);
  if (classWeight === 'balanced') {
    for (const label of y) perClass[label]++;
    for (let c = 0; c < nClasses; c++) if (perClass[c] > 0) perClass[c] = y.length / (nClasses * perClass[c]);
  } else {
    if (classWeight.length !== nClasses) {
      throw new RangeError(`Expected \`classWeight\` to hold ${nClasses} values, got ${classWeight.length}.`);
    }
    perClass.set(classWeight);
    const wrong = perClass.findIndex((weight) => !(weight >= 0 && weight < Infinity));
    if (wrong >= 0) {
      throw new RangeError(
        `Expected finite weights >= 0 in \`classWeight\`, got ${perClass[wrong]} for class ${wrong}.`,
      );
    }
  }
  if (sampleWeight !== undefined && sampleWeight.length !== y.length) {
    throw new RangeError(
      `Expected \`sampleWeight\` to hold ${y.length} values, one per row of \`X\`, got ${sampleWeight.length}.`,
    );
  }
  return Float64Array.from(
    y,
    (label, i) => perClass[label] * (sampleWeight === undefined ? 1 : sampleWeight[i]),
  );
}

/** Throws unless `proba` is a whole number of rows of `nClasses` values. */
export function checkTable(proba: Float64Array, nClasses: number): void {
  if (proba.length % nClasses !== 0) {
    throw new RangeError(`Expected \`proba\` to hold rows of ${nClasses} values, got ${proba.length}.`);
  }
}

/** Throws unless `nClasses` is an integer of at least 2. */
export function checkClasses(nClasses: number): void {
  if (!Number.isInteger(nClasses) || nClasses < 2) {
    throw new RangeError(`Expected \`nClasses\` to be an integer >= 2, got ${nClasses}.`);
  }
}

/** The share itself; throws unless it lies in [0, 1). */
export function checkShare(name: string, share: number): number {
  if (share >= 0 && share < 1) return share;
  throw new RangeError(`Expected \`${name}\` in [0, 1), got ${share}.`);
}

/**
 * Rows a calibrator may learn from: all probabilities known, weight above 0.
 *
 * @throws RangeError when lengths disagree, a label has no column, a weight is below 0 or no row is left
 */
export function usableRows(
  proba: Float64Array,
  y: ArrayLike<number>,
  nClasses: number,
  weights: ArrayLike<number> | undefined,
): Uint32Array {
  checkClasses(nClasses);
  if (proba.length !== y.length * nClasses) {
    throw new RangeError(`Expected ${y.length} x ${nClasses} probabilities, got ${proba.length}.`);
  }
  if (weights !== undefined && weights.length !== y.length) {
    throw new RangeError(`Expected \`weights\` to hold ${y.length} values, got ${weights.length}.`);
  }
  const rows: number[] = [];
  for (let i = 0; i < y.length; i++) {
    if (!(Number.isInteger(y[i]) && y[i] >= 0 && y[i] < nClasses)) {
      throw new RangeError(`Expected \`y\` to hold labels below ${nClasses}, got ${y[i]} at ${i}.`);
    }
    const weight = weights === undefined ? 1 : weights[i];
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`Expected \`weights\` to be finite and >= 0, got ${weight} at ${i}.`);
    }
    if (weight === 0) continue;
    let sum = 0;
    for (let c = 0; c < nClasses; c++) sum += proba[i * nClasses + c];
    if (!Number.isNaN(sum)) rows.push(i);
  }
  if (rows.length === 0)
    throw new RangeError('Expected at least one row with weight and probabilities, got 0.');
  return Uint32Array.from(rows);
}

/** Fold of each row of `rows`: groups are dealt round-robin within the class of their first row. */
export function dealFolds(
  rows: Uint32Array,
  y: ArrayLike<number>,
  groups: ArrayLike<number | string> | undefined,
  nFolds: number,
): Uint8Array {
  if (!Number.isInteger(nFolds) || nFolds < 2 || nFolds > 255) {
    throw new RangeError(`Expected \`nFolds\` to be an integer in [2, 255], got ${nFolds}.`);
  }
  if (groups !== undefined && groups.length !== y.length) {
    throw new RangeError(`Expected \`groups\` to hold ${y.length} values, got ${groups.length}.`);
  }
  const foldOfGroup = new Map<number | string, number>();
  const nextOfClass = new Map<number, number>();
  const folds = new Uint8Array(rows.length);
  for (let r = 0; r < rows.length; r++) {
    const group = groups === undefined ? rows[r] : groups[rows[r]];
    let fold = foldOfGroup.get(group);
    if (fold === undefined) {
      const label = y[rows[r]];
      // Classes start at different folds, so that many small classes do not all land in the first one.
      fold = nextOfClass.get(label) ?? label % nFolds;
      nextOfClass.set(label, (fold + 1) % nFolds);
      foldOfGroup.set(group, fold);
    }
    folds[r] = fold;
  }
  if (new Set(folds).size < 2) {
    throw new RangeError(`Expected rows of at least two groups, got ${foldOfGroup.size}.`);
  }
  return folds;
}

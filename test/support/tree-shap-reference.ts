import { type Forest, LEAF } from '../../src/trees/forest/forest.ts';

/** One feature of the path: its column, and the share of subsets that pass when it is hidden or known. */
interface PathElement {
  column: number;
  hiddenShare: number;
  knownShare: number;
  weight: number;
}

/**
 * TreeSHAP as published (Lundberg et al. 2018, algorithm 2), written for reading: extends and unwinds a path of
 * subset weights while it descends. Gives (nFeatures x nOutputs) contributions to the sum over the trees.
 */
export function referenceTreeShap(forest: Forest, x: ArrayLike<number>): Float64Array {
  const { feature, threshold, left, missingLeft, value, cover, nOutputs, nFeatures } = forest;
  const contributions = new Float64Array(nFeatures * nOutputs);

  const descend = (
    node: number,
    above: PathElement[],
    hidden: number,
    known: number,
    column: number,
  ): void => {
    let path = extend(above, hidden, known, column);
    if (feature[node]! === LEAF) {
      for (let k = 1; k < path.length; k++) {
        const total = unwind(path, k).reduce((sum, element) => sum + element.weight, 0);
        const change = total * (path[k]!.knownShare - path[k]!.hiddenShare);
        for (let c = 0; c < nOutputs; c++) {
          contributions[path[k]!.column * nOutputs + c]! += change * value[node * nOutputs + c]!;
        }
      }
      return;
    }
    const tested = feature[node]!;
    const xValue = Math.fround(x[tested]!);
    const goesLeft = Number.isNaN(xValue) ? missingLeft[node] === 1 : xValue <= threshold[node]!;
    let hiddenAbove = 1;
    let knownAbove = 1;
    const k = path.findIndex((element, index) => index > 0 && element.column === tested);
    if (k > 0) {
      hiddenAbove = path[k]!.hiddenShare;
      knownAbove = path[k]!.knownShare;
      path = unwind(path, k);
    }
    const children = [left[node]!, left[node]! + 1];
    const covers = cover[children[0]!]! + cover[children[1]!]!;
    children.forEach((child, side) => {
      const ratio = covers > 0 ? cover[child]! / covers : 0.5;
      const isKnown = (side === 0) === goesLeft ? knownAbove : 0;
      descend(child, path, hiddenAbove * ratio, isKnown, tested);
    });
  };
  for (const root of forest.roots) descend(root, [], 1, 1, -1);
  return contributions;
}

function extend(above: PathElement[], hidden: number, known: number, column: number): PathElement[] {
  const depth = above.length;
  const path = above.map((element) => ({ ...element }));
  path.push({ column, hiddenShare: hidden, knownShare: known, weight: depth === 0 ? 1 : 0 });
  for (let k = depth - 1; k >= 0; k--) {
    path[k + 1]!.weight += (known * path[k]!.weight * (k + 1)) / (depth + 1);
    path[k]!.weight = (hidden * path[k]!.weight * (depth - k)) / (depth + 1);
  }
  return path;
}

function unwind(from: PathElement[], index: number): PathElement[] {
  const depth = from.length - 1;
  const path = from.map((element) => ({ ...element }));
  const { hiddenShare, knownShare } = path[index]!;
  let next = path[depth]!.weight;
  for (let k = depth - 1; k >= 0; k--) {
    if (knownShare !== 0) {
      const held = path[k]!.weight;
      path[k]!.weight = (next * (depth + 1)) / ((k + 1) * knownShare);
      next = held - (path[k]!.weight * hiddenShare * (depth - k)) / (depth + 1);
    } else {
      path[k]!.weight = (path[k]!.weight * (depth + 1)) / (hiddenShare * (depth - k));
    }
  }
  for (let k = index; k < depth; k++) {
    path[k]!.column = path[k + 1]!.column;
    path[k]!.hiddenShare = path[k + 1]!.hiddenShare;
    path[k]!.knownShare = path[k + 1]!.knownShare;
  }
  path.pop();
  return path;
}

/** Shapley values by their definition, over all subsets of columns. Exponential: for a handful of columns. */
export function bruteForceShapley(forest: Forest, x: ArrayLike<number>): Float64Array {
  const { nFeatures, nOutputs } = forest;
  const outputs = Array.from({ length: 1 << nFeatures }, (_, subset) => expectedOutput(forest, x, subset));
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const contributions = new Float64Array(nFeatures * nOutputs);
  for (let subset = 0; subset < 1 << nFeatures; subset++) {
    let size = 0;
    for (let f = 0; f < nFeatures; f++) size += (subset >> f) & 1;
    for (let f = 0; f < nFeatures; f++) {
      if ((subset >> f) & 1) continue;
      const weight = (factorial(size) * factorial(nFeatures - size - 1)) / factorial(nFeatures);
      for (let c = 0; c < nOutputs; c++) {
        const change = outputs[subset | (1 << f)]![c]! - outputs[subset]![c]!;
        contributions[f * nOutputs + c]! += weight * change;
      }
    }
  }
  return contributions;
}

/** Sum over the trees of the output expected when only the columns of `subset` are known. */
export function expectedOutput(forest: Forest, x: ArrayLike<number>, subset: number): number[] {
  const { feature, threshold, left, missingLeft, value, cover, nOutputs } = forest;
  const output = new Array<number>(nOutputs).fill(0);
  const visit = (node: number, share: number): void => {
    const tested = feature[node]!;
    if (tested === LEAF) {
      for (let c = 0; c < nOutputs; c++) output[c]! += share * value[node * nOutputs + c]!;
      return;
    }
    const child = left[node]!;
    if ((subset >> tested) & 1) {
      const xValue = Math.fround(x[tested]!);
      const goesLeft = Number.isNaN(xValue) ? missingLeft[node] === 1 : xValue <= threshold[node]!;
      visit(goesLeft ? child : child + 1, share);
      return;
    }
    const covers = cover[child]! + cover[child + 1]!;
    const ratio = covers > 0 ? cover[child]! / covers : 0.5;
    visit(child, share * ratio);
    visit(child + 1, share * (1 - ratio));
  };
  for (const root of forest.roots) visit(root, 1);
  return output;
}

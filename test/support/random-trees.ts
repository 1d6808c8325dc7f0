import { type ForeignTree, readForeignTrees } from '../../src/trees/forest/foreign-trees.ts';
import type { Forest } from '../../src/trees/forest/forest.ts';
import { seededUniform } from './seeded-uniform.ts';

export interface RandomTreesOptions {
  readonly seed: number;
  readonly nTrees: number;
  readonly nFeatures: number;
  readonly nOutputs?: number;
  readonly maxDepth: number;
  /** Chance that a node above `maxDepth` splits. @default 0.9 */
  readonly splitChance?: number;
  /** Chance that one side of a split has no cover at all. @default 0 */
  readonly emptyChance?: number;
}

/** Trees with random shape, columns, thresholds in (-1, 1), covers and leaves: any that a learner could grow. */
export function randomTrees(options: RandomTreesOptions): Forest {
  const { seed, nTrees, nFeatures, nOutputs = 1, maxDepth, splitChance = 0.9, emptyChance = 0 } = options;
  const next = seededUniform(seed);
  const trees: ForeignTree[] = [];
  for (let t = 0; t < nTrees; t++) {
    const feature: number[] = [];
    const threshold: number[] = [];
    const left: number[] = [];
    const right: number[] = [];
    const value: number[] = [];
    const cover: number[] = [];
    const missingLeft: number[] = [];
    const grow = (weight: number, depth: number): number => {
      const node = feature.length;
      feature.push(Math.floor(next() * nFeatures));
      threshold.push(next() * 2 - 1);
      left.push(-1);
      right.push(-1);
      for (let c = 0; c < nOutputs; c++) value.push(next() * 2 - 1);
      cover.push(weight);
      missingLeft.push(next() < 0.5 ? 1 : 0);
      if (depth < maxDepth && next() < splitChance) {
        const share = next() < emptyChance ? Math.round(next()) : 0.05 + 0.9 * next();
        left[node] = grow(weight * share, depth + 1);
        right[node] = grow(weight * (1 - share), depth + 1);
      }
      return node;
    };
    grow(1000, 0);
    trees.push({ feature, threshold, left, right, value, cover, missingLeft });
  }
  return readForeignTrees(trees, { nFeatures, nOutputs, leftWhen: '<=' });
}

/** A row for such trees: values in (-1.2, 1.2), about one in eight missing. */
export function randomRow(seed: number, nFeatures: number): Float32Array {
  const next = seededUniform(seed);
  return Float32Array.from({ length: nFeatures }, () => (next() < 0.125 ? NaN : next() * 2.4 - 1.2));
}

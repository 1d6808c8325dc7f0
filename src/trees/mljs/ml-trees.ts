import { type ForeignTree, readForeignTrees } from '../forest/foreign-trees.ts';
import type { Forest } from '../forest/forest.ts';

/** A node as ml-cart writes it: a split has both children, a leaf a distribution (classes) or a mean. */
interface MlNode {
  readonly left?: MlNode;
  readonly right?: MlNode;
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly distribution?: number | { to1DArray(): number[] };
}

/** A fitted tree of ml-cart. */
export interface MlTree {
  readonly root: unknown;
  /** Column of the data behind each column the tree was trained on. @default the same */
  readonly columns?: ArrayLike<number>;
}

export interface MlTreesOptions {
  readonly nFeatures: number;
  readonly nOutputs: number;
  /** (n x nFeatures) training rows; how many of them reach a node becomes its cover. */
  readonly rows: readonly (readonly number[])[];
  /** Writes the outputs of a leaf, which are 0 before, given the library's own: class shares, or one mean. */
  readonly leaf: (distribution: readonly number[], out: Float64Array) => void;
}

/**
 * Reads trees of ml-cart into a `Forest`. They split on `x < value` in doubles; missing values, which the library
 * has seen below every other, go left.
 */
export function readMlTrees(trees: readonly MlTree[], options: MlTreesOptions): Forest {
  const read = trees.map((tree) => readMlTree(tree, options));
  return readForeignTrees(read, { nFeatures: options.nFeatures, nOutputs: options.nOutputs, leftWhen: '<' });
}

function readMlTree({ root, columns }: MlTree, { nOutputs, rows, leaf }: MlTreesOptions): ForeignTree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const value: number[] = [];
  const cover: number[] = [];
  // A stack instead of recursion: these trees grow as deep as they have rows.
  const pending = [{ node: root as MlNode, reached: rows, setIndex: (_index: number): void => {} }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, reached, setIndex } = next;
    const index = feature.length;
    setIndex(index);
    cover.push(reached.length);
    left.push(-1);
    right.push(-1);
    const outputs = new Float64Array(nOutputs);
    if (node.left === undefined || node.right === undefined) {
      const { distribution } = node;
      leaf(typeof distribution === 'object' ? distribution.to1DArray() : [distribution ?? NaN], outputs);
      feature.push(0);
      threshold.push(0);
    } else {
      const column = columns === undefined ? node.splitColumn! : columns[node.splitColumn!];
      const splitValue = node.splitValue!;
      feature.push(column);
      threshold.push(splitValue);
      pending.push(
        {
          node: node.left,
          reached: reached.filter((row) => row[column] < splitValue),
          setIndex: (child) => {
            left[index] = child;
          },
        },
        {
          node: node.right,
          reached: reached.filter((row) => !(row[column] < splitValue)),
          setIndex: (child) => {
            right[index] = child;
          },
        },
      );
    }
    value.push(...outputs);
  }
  const missingLeft = new Uint8Array(feature.length).fill(1);
  return { feature, threshold, left, right, value, cover, missingLeft };
}

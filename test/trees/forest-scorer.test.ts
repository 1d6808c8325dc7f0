import { describe, expect, it } from 'vitest';
import type { Forest } from '../../src/trees/forest/forest.ts';
import { ForestBuilder } from '../../src/trees/forest/forest-builder.ts';
import { ForestScorer } from '../../src/trees/forest/forest-scorer.ts';
import { validateForest } from '../../src/trees/forest/forest-sections.ts';
import { writeLeaves } from '../../src/trees/forest/leaves.ts';
import { fitsPacked } from '../../src/trees/forest/packed-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom, type Random } from '../../src/trees/random.ts';
import { fc } from '../support/fast-check.ts';

const ODD_VALUES = [0, -0, 1e-45, -1e-45, 1, -1, 3.4e38, -3.4e38, Infinity, -Infinity, NaN];

function oddValue(random: Random): number {
  return random.next() < 0.3 ? ODD_VALUES[random.int(ODD_VALUES.length)]! : Math.fround(2 * random.normal());
}

/** A threshold is never NaN nor above every number. */
function oddThreshold(random: Random): number {
  const value = oddValue(random);
  return Number.isNaN(value) || value === Infinity ? -Infinity : value;
}

/** Trees of any shape: now and then a single leaf or a chain. */
function randomForest(
  nTrees: number,
  nFeatures: number,
  nOutputs: number,
  nSplits: number,
  seed: number,
): Forest {
  const random = createRandom(seed);
  const builder = new ForestBuilder(nFeatures, nOutputs);
  const writeLeaf = (node: number) => {
    for (let o = 0; o < nOutputs; o++) builder.value[node * nOutputs + o] = random.normal();
    builder.setCover(node, random.int(3));
  };
  for (let t = 0; t < nTrees; t++) {
    const leaves = [builder.addRoot()];
    writeLeaf(leaves[0]!);
    const isChain = random.int(4) === 0;
    for (let k = random.int(nSplits + 1); k > 0; k--) {
      const at = isChain ? leaves.length - 1 : random.int(leaves.length);
      const node = leaves.splice(at, 1)[0]!;
      const left = builder.split(node, random.int(nFeatures), oddThreshold(random), random.int(2) === 1);
      writeLeaf(left);
      writeLeaf(left + 1);
      leaves.push(left, left + 1);
    }
  }
  const forest = builder.build();
  validateForest(forest);
  return forest;
}

function randomRows(nSamples: number, nFeatures: number, withMissing: boolean, seed: number): Matrix {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: nSamples * nFeatures }, () => {
    const value = oddValue(random);
    return Number.isNaN(value) && !withMissing ? 7 : value;
  });
  return Matrix.from(data, nSamples, nFeatures);
}

/** Node after node, row after row, the leaves of a row summed in order of trees. */
function plainSums(forest: Forest, X: Matrix, start: Float64Array): Float64Array {
  const { roots, value, nOutputs } = forest;
  const sums = start.slice();
  const leaves = new Int32Array(roots.length);
  for (let i = 0; i < X.nSamples; i++) {
    writeLeaves(forest, roots.length, X.data, i * X.nFeatures, leaves, 0);
    for (const [t, leaf] of leaves.entries()) {
      for (let o = 0; o < nOutputs; o++) {
        sums[i * nOutputs + o]! += value[(roots[t]! + leaf) * nOutputs + o]!;
      }
    }
  }
  return sums;
}

function expectPlainSums(forest: Forest, X: Matrix): void {
  const { nOutputs } = forest;
  const start = Float64Array.from({ length: X.nSamples * nOutputs }, (_, at) => at / 7);
  const expected = plainSums(forest, X, start);
  const scorer = new ForestScorer(forest);
  const together = start.slice();
  scorer.addRows(X, together);
  expect(together).toEqual(expected);
  const alone = start.slice();
  for (let i = 0; i < X.nSamples; i++) scorer.addRow(X.data, i * X.nFeatures, alone, i * nOutputs);
  expect(alone).toEqual(expected);
}

describe('ForestScorer', () => {
  it('gives the sums of a plain walk bit for bit, together and alone', () => {
    fc.assert(
      fc.property(
        fc.record({
          nTrees: fc.integer({ min: 1, max: 19 }),
          nFeatures: fc.integer({ min: 1, max: 40 }),
          nOutputs: fc.integer({ min: 1, max: 6 }),
          nSplits: fc.integer({ min: 0, max: 40 }),
          nSamples: fc.integer({ min: 1, max: 150 }),
          withMissing: fc.boolean(),
          seed: fc.integer(),
        }),
        ({ nTrees, nFeatures, nOutputs, nSplits, nSamples, withMissing, seed }) => {
          const forest = randomForest(nTrees, nFeatures, nOutputs, nSplits, seed);
          expectPlainSums(forest, randomRows(nSamples, nFeatures, withMissing, seed + 1));
        },
      ),
    );
  });

  it.each([4095, 4096, 4097, 5000])('gives them over several blocks: %i rows', (nSamples) => {
    const forest = randomForest(5, 3, 2, 30, nSamples);
    expectPlainSums(forest, randomRows(nSamples, 3, false, 1));
  });

  it('gives them when a larger batch follows a smaller, and missing values follow none', () => {
    const forest = randomForest(9, 4, 4, 60, 5);
    const scorer = new ForestScorer(forest);
    for (const [nSamples, withMissing] of [
      [20, false],
      [700, true],
      [3, true],
      [20, false],
      [1500, false],
    ] as const) {
      const X = randomRows(nSamples, 4, withMissing, nSamples);
      const sums = new Float64Array(nSamples * 4);
      scorer.addRows(X, sums);
      expect(sums).toEqual(plainSums(forest, X, new Float64Array(nSamples * 4)));
      const first = new Float64Array(4);
      scorer.addRow(X.data, 0, first, 0);
      expect(first).toEqual(sums.slice(0, 4));
    }
  });

  it('gives them in any sequence of batches: nothing that an earlier one left leads a walk astray', () => {
    const batch = fc.record({ nSamples: fc.integer({ min: 1, max: 40 }), withMissing: fc.boolean() });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2, 3, 4),
        fc.nat(1e6),
        fc.array(batch, { minLength: 2, maxLength: 5 }),
        (nFeatures, nOutputs, seed, batches) => {
          const forest = randomForest(2, nFeatures, nOutputs, 12, seed);
          const scorer = new ForestScorer(forest);
          for (const [k, { nSamples, withMissing }] of batches.entries()) {
            const X = randomRows(nSamples, nFeatures, withMissing, seed + k);
            const sums = new Float64Array(nSamples * nOutputs);
            scorer.addRows(X, sums);
            expect(sums).toEqual(plainSums(forest, X, new Float64Array(nSamples * nOutputs)));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives them for forests too wide to be packed', () => {
    const forest = randomForest(4, 32_767, 3, 6000, 6);
    expect(fitsPacked(forest)).toBe(false);
    expectPlainSums(forest, randomRows(10, 32_767, true, 7));
  });

  it('scores no rows', () => {
    const sums = new Float64Array(0);
    new ForestScorer(randomForest(2, 2, 1, 5, 8)).addRows(Matrix.from(new Float32Array(0), 0, 2), sums);
    expect(sums).toEqual(new Float64Array(0));
  });

  it('scores each tree out of its bag as a plain walk does', () => {
    const forest = randomForest(3, 5, 2, 50, 9);
    const X = randomRows(60, 5, true, 10);
    const random = createRandom(11);
    const sums = new Float64Array(120);
    const nVotes = new Int32Array(60);
    const expected = new Float64Array(120);
    const expectedVotes = new Int32Array(60);
    const leaves = new Int32Array(3);
    const scorer = new ForestScorer(forest);
    for (let t = 0; t < 3; t++) {
      const isInBag = Uint8Array.from({ length: 60 }, () => random.int(2));
      scorer.addOutOfBag(X, t, isInBag, sums, nVotes);
      for (let i = 0; i < 60; i++) {
        if (isInBag[i] === 1) continue;
        writeLeaves(forest, 3, X.data, i * 5, leaves, 0);
        const leaf = forest.roots[t]! + leaves[t]!;
        for (let o = 0; o < 2; o++) expected[i * 2 + o]! += forest.value[leaf * 2 + o]!;
        expectedVotes[i]!++;
      }
    }
    expect(sums).toEqual(expected);
    expect(nVotes).toEqual(expectedVotes);
  });
});

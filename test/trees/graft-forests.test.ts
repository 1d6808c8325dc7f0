import { describe, expect, it } from 'vitest';
import { graftForests } from '../../src/trees/graft-forests.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { createRandom } from '../../src/trees/random.ts';
import { RandomForestClassifier } from '../../src/trees/random-forest.ts';
import { validateTrees } from '../support/validate-tree.ts';

function forestOf(seed: number, nEstimators = 5): RandomForestClassifier {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: 200 * 3 }, () => random.next());
  const y = Int32Array.from({ length: 200 }, (_, i) => (data[i * 3 + (seed % 3)]! > 0.4 ? 1 : 0));
  return RandomForestClassifier.fit(Matrix.from(data, 200, 3), y, { nClasses: 2, nEstimators, seed });
}

describe('grafted forests', () => {
  const below = forestOf(1);
  const above = forestOf(2);
  const grafted = RandomForestClassifier.fromForest(graftForests(0, 0.5, below.forest, above.forest), 2);

  it('score every row as the forest on its side of the threshold does', () => {
    const random = createRandom(9);
    const data = Float32Array.from({ length: 300 }, () => random.next());
    data[0] = 0.5;
    data[3] = Number.NaN;
    const X = Matrix.from(data, 100, 3);
    const [all, low, high] = [grafted, below, above].map((forest) => forest.predictProba(X));
    for (let i = 0; i < 100; i++) {
      const expected = data[i * 3]! <= 0.5 ? low! : high!;
      expect([all![2 * i], all![2 * i + 1]]).toEqual([expected[2 * i], expected[2 * i + 1]]);
    }
  });

  it('are well formed and survive being written and read', () => {
    validateTrees(grafted.forest, 'probabilities');
    expect(RandomForestClassifier.from(grafted.toBuffer()).forest.left).toEqual(grafted.forest.left);
  });

  it('refuse forests that do not fit together and a column that does not exist', () => {
    expect(() => graftForests(0, 0.5, below.forest, forestOf(3, 4).forest)).toThrow(
      /5 trees, got one of 3, 2 and 4/,
    );
    expect(() => graftForests(3, 0.5, below.forest, above.forest)).toThrow(
      'Expected `feature` from 0 to 2, got 3.',
    );
  });
});

import { type Forest, LEAF } from '../../src/trees/forest/forest.ts';
import { validateForest } from '../../src/trees/forest/forest-sections.ts';

/**
 * Throws unless every tree is well formed and its numbers agree: children after their parent, leaves = splits + 1,
 * covers of children adding up to their parent's, and class shares summing to 1 where leaves hold probabilities.
 */
export function validateTrees(forest: Forest, leaves: 'probabilities' | 'values'): void {
  validateForest(forest);
  const { feature, left, cover, value, nOutputs } = forest;
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] !== LEAF) {
      const sum = cover[left[node]!]! + cover[left[node]! + 1]!;
      if (Math.abs(sum - cover[node]!) > 1e-5 * cover[node]!) {
        throw new Error(`Expected covers below node ${node} to sum to ${cover[node]}, got ${sum}.`);
      }
    } else if (leaves === 'probabilities') {
      const shares = value.subarray(node * nOutputs, (node + 1) * nOutputs);
      const sum = shares.reduce((total, share) => total + share, 0);
      if (Math.abs(sum - 1) > 1e-6)
        throw new Error(`Expected class shares at ${node} to sum to 1, got ${sum}.`);
    }
  }
}

import { seededUniform } from './seeded-uniform.ts';

/**
 * The seed of a test that draws at random: `TEST_SEED` where it is set, else `otherwise`, the same each time: what a new draw finds
 * must not stop a change that has nothing to do with it. It is printed, so that a run that fails can be made again.
 */
export function drawSeed(
  name: string,
  otherwise: number,
): { readonly seed: number; readonly uniform: () => number } {
  const given = process.env['TEST_SEED'];
  const seed = given === undefined ? otherwise : Number(given);
  if (!Number.isInteger(seed)) throw new RangeError(`Expected TEST_SEED to be an integer, got ${given}.`);
  process.stderr.write(`${name}: seed ${seed} (again with TEST_SEED=${seed})\n`);
  return { seed, uniform: seededUniform(seed) };
}

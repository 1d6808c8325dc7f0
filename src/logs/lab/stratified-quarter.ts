import { createRandom } from '../../trees/random.ts';

/** A quarter of each class, drawn by the seed, is held out; positions ascend. */
export function stratifiedQuarter(
  labels: Int32Array,
  seed: number,
): { readonly fit: number[]; readonly test: number[] } {
  const random = createRandom(seed);
  const held = new Uint8Array(labels.length);
  for (const label of new Set(labels)) {
    const positions = Array.from(labels, (_, i) => i).filter((i) => labels[i] === label);
    for (let i = positions.length - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [positions[i], positions[j]] = [positions[j] as number, positions[i] as number];
    }
    for (const i of positions.slice(0, Math.round(positions.length / 4))) held[i] = 1;
  }
  const fit: number[] = [];
  const test: number[] = [];
  for (let i = 0; i < labels.length; i++) (held[i] === 1 ? test : fit).push(i);
  return { fit, test };
}

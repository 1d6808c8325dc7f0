import { JudgedNeighbours } from '../../models/judged-neighbours.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { neighboursPath } from '../../store/names.ts';
import { LatestByKey } from '../latest-by-key.ts';

/**
 * The judged alerts behind the classifier asked about last, read once however many ask; none for one made at the first
 * start, or by a build that did not keep them. By the path of its artefact, beside which they lie.
 *
 * @throws AlertforestError MODEL_CORRUPT, STORE_UNAVAILABLE
 */
export type KeptNeighbours = (modelPath: string) => Promise<JudgedNeighbours>;

export function createKeptNeighbours(models: ModelStore): KeptNeighbours {
  const latest = new LatestByKey<JudgedNeighbours>();
  return (modelPath) =>
    latest.get(modelPath, async () => {
      const stored = await models.read(neighboursPath('classifier', modelPath.split('/').at(-2) ?? ''));
      return stored === undefined ? JudgedNeighbours.NONE : JudgedNeighbours.from(stored.bytes);
    });
}

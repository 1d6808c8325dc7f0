import type { ModelStore } from '../../store/model-store.ts';
import { unseenPath } from '../../store/names.ts';
import { decodeUnseen, type UnseenPredictions } from '../fit/unseen-predictions.ts';
import { LatestByKey } from '../latest-by-key.ts';

/**
 * What the folds of a classifier said of judged alerts they had not seen; empty for one made at the first start, or by a
 * build that did not keep it.
 *
 * @param modelPath of its artefact, beside which it lies
 * @throws AlertforestError STORE_CORRUPT, STORE_UNAVAILABLE
 */
export async function readUnseen(models: ModelStore, modelPath: string): Promise<UnseenPredictions> {
  const stored = await models.read(unseenPath('classifier', modelPath.split('/').at(-2) ?? ''));
  if (stored !== undefined) return decodeUnseen(stored.bytes);
  return {
    attack: new Float64Array(0),
    labels: new Int32Array(0),
    groups: new Int32Array(0),
    weights: new Float64Array(0),
    hits: [],
  };
}

/** {@link readUnseen} of the classifier asked about last, read once however many ask. */
export type KeptUnseen = (modelPath: string) => Promise<UnseenPredictions>;

export function createKeptUnseen(models: ModelStore): KeptUnseen {
  const latest = new LatestByKey<UnseenPredictions>();
  return (modelPath) => latest.get(modelPath, () => readUnseen(models, modelPath));
}

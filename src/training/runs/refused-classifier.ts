import { AlertClassifier } from '../../models/alert-classifier.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { readOrNothing } from '../fit/read-model.ts';
import type { Lineage } from '../releases/lineage.ts';
import { readWhole } from '../releases/stored-blob.ts';
import { listVersions } from '../releases/versions.ts';

/** The newest classifier that the gate refused, with its version. */
export interface RefusedClassifier {
  readonly version: string;
  readonly model: AlertClassifier;
}

/**
 * The newest version of the classifier, where the gate refused it; undefined where the newest was promoted, has been
 * collected or damaged, or has columns that this build does not know.
 *
 * @throws AlertforestError STORE_UNAVAILABLE, MODEL_NOT_READY
 */
export async function refusedClassifier(
  models: ModelStore,
  lineage: Lineage,
): Promise<RefusedClassifier | undefined> {
  const { versions } = await listVersions(lineage, { model: 'classifier', limit: 1 });
  const [newest] = versions;
  if (newest?.decision !== 'refused') return undefined;
  const { bytes } = await readWhole(models, newest);
  const model = bytes && readOrNothing(() => AlertClassifier.from(bytes));
  return model && { version: newest.version, model };
}

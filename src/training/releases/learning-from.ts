import type { ModelStore } from '../../store/model-store.ts';
import type { Lineage } from './lineage.ts';
import { readWhole } from './stored-blob.ts';

/**
 * What the next retrain has to do without, a sentence each: what it learns from, and what it needs to compare a
 * challenger with the version of `model` that serves. Empty where all of it is stored.
 *
 * Reads the training sets, of 40 MB each for 50,000 judged alerts.
 *
 * @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT
 */
export async function learningFrom(models: ModelStore, lineage: Lineage, model: string): Promise<string[]> {
  const { head } = await lineage.requireHead();
  const { record: tip } = await lineage.tip(head.release);
  const says: string[] = [];
  const newest = await readWhole(models, tip.dataset);
  if (newest.bytes === undefined)
    says.push(
      `The newest training set is lost; the next retrain has it made again of the judged alerts that are kept: ${newest.says}`,
    );
  const version = head.serving[model]?.version;
  if (version === undefined) return says;
  const { dataset } = (await lineage.makerOf(head.release, model, version)).record;
  if (dataset.path === tip.dataset.path) return says;
  const own = await readWhole(models, dataset);
  if (own.bytes === undefined)
    says.push(
      `The training set of ${model} ${version} is lost; the next retrain compares with it on held-out alerts alone: ${own.says}`,
    );
  return says;
}

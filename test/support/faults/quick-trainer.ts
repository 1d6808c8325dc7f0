import { createHash } from 'node:crypto';
import { emptyDataset, overlay } from '../../../src/training/dataset/dataset.ts';
import { decodeDataset, encodeDataset, sha256Of } from '../../../src/training/dataset/dataset-format.ts';
import { inProcessTrainer } from '../../../src/training/runs/in-process-trainer.ts';
import type {
  GateReport,
  OnProgress,
  Trainer,
  TrainingJob,
  TrainingResult,
} from '../../../src/training/trainer.ts';

const GOOD: GateReport = { passes: true, provisional: true, reasons: ['test'], rank: 0.5, measures: {} };
const kept = new Map<string, Promise<TrainingResult>>();

/**
 * Training sets are made of the job as always; the models are those of the first job of their kind, trained once a
 * process: what they have learned is not what is asked where storage breaks.
 */
export const quickTrainer: Trainer = {
  async train(job, onProgress) {
    const isFirst = job.previousDataset === undefined;
    const trained = await trainedOnce(isFirst ? 'first' : 'judged', job, onProgress);
    if (isFirst) return trained;
    const { previousDataset, samples, settings, catalogs, gone = [], merges = [] } = job;
    const previous = previousDataset ? decodeDataset(previousDataset) : emptyDataset(settings.maxSamples);
    const { dataset } = overlay(previous, samples, settings.maxSamples, catalogs, { gone, merges });
    const bytes = encodeDataset(dataset);
    const sha256 = sha256Of(bytes);
    const hash12 = createHash('sha256').update(sha256).update(JSON.stringify(job.exclusions)).digest('hex');
    return {
      ...trained,
      quarantined: {},
      dataset: { bytes, sha256, samples: dataset.rows.length },
      hash12: hash12.slice(0, 12),
    };
  },
  compare: async ({ challengers }) =>
    Object.fromEntries(Object.keys(challengers).map((name) => [name, GOOD])),
};

function trainedOnce(kind: string, job: TrainingJob, onProgress: OnProgress): Promise<TrainingResult> {
  const trained = kept.get(kind) ?? inProcessTrainer.train(job, onProgress);
  kept.set(kind, trained);
  return trained;
}

import type { FeedbackSample } from '../../store/feedback-store.ts';
import type { ReleaseRecord } from '../../store/release.ts';
import { type CatalogNames, emptyDataset, knownCatalog } from '../dataset/dataset.ts';
import { encodeDataset } from '../dataset/dataset-format.ts';
import { drawTraffic } from '../dataset/traffic.ts';
import { readWhole } from '../releases/stored-blob.ts';
import type { TrainingJob } from '../trainer.ts';
import { type Gathered, readCatalogs } from './gather.ts';
import type { RetrainDeps } from './retrain-command.ts';

/** What the trainer needs, read from storage. */
export interface JobInputs {
  readonly job: Omit<TrainingJob, 'exclusions'>;
  /** Sentences for the run log: what was lost, and what took its place. */
  readonly notes: readonly string[];
}

/** Reads what a run learns from. What was lost of it costs what it was, and no more: the judgements lie elsewhere. */
export async function readJobInputs(
  deps: RetrainDeps,
  tip: ReleaseRecord,
  gathered: Gathered,
): Promise<JobInputs> {
  const nowMs = deps.now();
  const { settings } = deps;
  const draw = { nowMs, days: settings.trafficDays, size: settings.trafficRows };
  const known = await readKnown(deps, tip, gathered);
  const previousTraffic = tip.traffic && (await readWhole(deps.models, tip.traffic));
  return {
    job: {
      settings,
      policy: await deps.policy(),
      codeVersion: deps.codeVersion,
      previousDataset: known.previousDataset,
      samples: known.samples,
      catalogs: known.catalogs,
      gone: gathered.gone,
      merges: gathered.merges,
      previousTraffic: previousTraffic?.bytes,
      traffic: deps.predictions ? await drawTraffic(deps.predictions, draw) : [],
      ...(deps.rules === undefined ? {} : { rules: deps.rules() }),
      nowMs,
    },
    notes: [
      ...known.notes,
      ...(previousTraffic === undefined || previousTraffic.bytes !== undefined
        ? []
        : [`the traffic of the release before is lost and was drawn anew: ${previousTraffic.says}`]),
    ],
  };
}

interface Known extends Pick<TrainingJob, 'previousDataset' | 'samples' | 'catalogs'> {
  readonly notes: readonly string[];
}

/**
 * The newest training set and what was judged since. Where the set is lost, every judged alert that is kept: a set holds
 * nothing that their rows do not hold as well.
 */
async function readKnown(deps: RetrainDeps, tip: ReleaseRecord, gathered: Gathered): Promise<Known> {
  const { models, feedback, settings } = deps;
  const previous = await readWhole(models, tip.dataset);
  if (previous.bytes !== undefined) {
    const { samples, catalogs } = gathered;
    return { previousDataset: previous.bytes, samples, catalogs, notes: [] };
  }
  const kept: FeedbackSample[] = [];
  for await (const sample of feedback.samples()) kept.push(sample);
  const catalogs: Readonly<Record<string, CatalogNames>> = await readCatalogs(models, kept);
  const samples = kept.filter(
    ({ snapshot }) => (knownCatalog(snapshot.catalogId) ?? catalogs[snapshot.catalogId]) !== undefined,
  );
  const others = kept.length - samples.length;
  const notes = [
    `the newest training set is lost and was made again of the ${samples.length} judged alerts that are kept: ${previous.says}`,
    ...(others === 0
      ? []
      : [`${others} judged alerts are not in it: this build does not know their columns`]),
  ];
  deps.onEvent?.('training_set_made_again', { alerts: samples.length, reason: previous.says });
  return { previousDataset: encodeDataset(emptyDataset(settings.maxSamples)), samples, catalogs, notes };
}

import { z } from 'zod';
import { wholeOf } from '../../alert/judgement.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { CATALOG_ID } from '../../features/feature-catalog.ts';
import { createExact } from '../../store/create-exact.ts';
import type { FeedbackSample, FeedbackStore, PendingMarker } from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { catalogPath } from '../../store/names.ts';
import type { PredictionLog } from '../../store/prediction-log.ts';
import type { ReleaseRecord } from '../../store/release.ts';
import { type CatalogNames, knownCatalog, OWN_CATALOG } from '../dataset/dataset.ts';
import { spreadUnfinished } from '../feedback/incident-spread.ts';
import { encodeJson } from '../releases/lineage.ts';

/** Beyond this many pending alerts one scan is cheaper than a read each. */
const SCAN_FROM = 256;
const CONCURRENT_READS = 16;

/** What is new since the last release that consumed feedback. */
export interface Gathered {
  /** Newly judged: alerts with a marker, those that cannot be read included, and of a judged incident one. */
  readonly pending: number;
  /** The same of `samples` alone. */
  readonly newlyJudged: number;
  /** Their current state. */
  readonly samples: readonly FeedbackSample[];
  /** What a release made of `samples` consumes: the revision that was read, or that of a marker without a sample. */
  readonly markers: readonly PendingMarker[];
  readonly catalogs: Readonly<Record<string, CatalogNames>>;
  /** Alerts on which nothing stands any more: withdrawn since. */
  readonly gone: readonly string[];
  /** Names of groups that closings have joined into one incident each. */
  readonly merges: readonly (readonly string[])[];
  /** Sentences for the run log. */
  readonly notes: readonly string[];
}

interface GatherDeps {
  readonly models: ModelStore;
  readonly feedback: FeedbackStore;
  /** Where the log is off there is nothing to look up members in. */
  readonly predictions?: PredictionLog | undefined;
}

/**
 * Clears markers that `tip` has consumed already (a crash may have come between its commit and its cleanup), then
 * reads the current state of every alert that is still pending. Incidents whose members do not all follow them yet,
 * since an instance ended in between, are finished first.
 */
export async function gatherPending(deps: GatherDeps, tip: ReleaseRecord): Promise<Gathered> {
  if (deps.predictions !== undefined) {
    await spreadUnfinished({ feedback: deps.feedback, predictions: deps.predictions });
  }
  const marked = await deps.feedback.listPending();
  const isConsumed = ({ alertKey, rev }: PendingMarker): boolean => rev <= (tip.consumed[alertKey] ?? 0);
  const stale = marked.filter(isConsumed);
  if (stale.length > 0) await deps.feedback.consume(stale);
  const pending = marked.filter((marker) => !isConsumed(marker));

  const damaged = new Map<string, string>();
  const read = await readSamples(deps.feedback, pending, damaged);
  const catalogs = await readCatalogs(deps.models, [...read.values()]);
  const samples: FeedbackSample[] = [];
  const markers: PendingMarker[] = [];
  const gone: string[] = [];
  const unknown = new Set<string>();
  for (const marker of pending) {
    const sample = read.get(marker.alertKey);
    if (damaged.has(marker.alertKey)) continue;
    if (sample === undefined) {
      // nothing stands on it any more: nothing can be learned from it, and its marker must not count permanently
      markers.push(marker);
      gone.push(marker.alertKey);
    } else if (knownCatalog(sample.snapshot.catalogId) ?? catalogs[sample.snapshot.catalogId]) {
      samples.push(sample);
      markers.push({ alertKey: marker.alertKey, rev: Math.max(marker.rev, sample.rev) });
    } else {
      unknown.add(sample.snapshot.catalogId);
    }
  }
  const newlyJudged = new Set(samples.map(({ snapshot, votes }) => wholeOf(votes) ?? snapshot.alertKey)).size;
  return {
    pending: newlyJudged + pending.length - samples.length,
    newlyJudged,
    samples,
    markers,
    catalogs,
    gone,
    merges: await mergesOf(deps.feedback),
    notes: [
      ...[...unknown].map(
        (id) => `alerts of the feature catalogue ${id} wait: this build does not know its columns`,
      ),
      ...notesOf(damaged),
    ],
  };
}

/** Incidents as the names of the groups they are made of: their own, those merged into them, and their members'. */
async function mergesOf(feedback: FeedbackStore): Promise<(readonly string[])[]> {
  const merges: (readonly string[])[] = [];
  for await (const { group, absorbed, members } of feedback.incidents()) {
    if (absorbed.length + members.length > 0) merges.push([group, ...absorbed, ...members]);
  }
  return merges;
}

/** Alerts named in the notes of a run; the others are counted. */
const MAX_NAMED = 5;

function notesOf(damaged: ReadonlyMap<string, string>): string[] {
  if (damaged.size === 0) return [];
  const named = [...damaged].slice(0, MAX_NAMED).map(([alertKey, says]) => `${alertKey} (${says})`);
  return [`${damaged.size} judged alerts cannot be read and wait: ${named.join(', ')}`];
}

/** One that cannot be read waits, with its marker, until it was repaired: the others are learned meanwhile. */
async function readOne(
  feedback: FeedbackStore,
  { alertKey, rev }: PendingMarker,
  damaged: Map<string, string>,
): Promise<FeedbackSample | undefined> {
  try {
    const sample = await feedback.get(alertKey);
    // a marker is written with its sample: one that is older was put back from outside
    if ((sample?.rev ?? rev) >= rev || !(await feedback.catchUp(alertKey))) return sample;
    return await feedback.get(alertKey);
  } catch (error) {
    if (!hasCode(error, 'STORE_CORRUPT')) throw error;
    damaged.set(alertKey, error.message);
    return undefined;
  }
}

async function readSamples(
  feedback: FeedbackStore,
  pending: readonly PendingMarker[],
  damaged: Map<string, string>,
): Promise<Map<string, FeedbackSample>> {
  const samples = new Map<string, FeedbackSample>();
  if (pending.length > SCAN_FROM) {
    const wanted = new Set(pending.map(({ alertKey }) => alertKey));
    for await (const sample of feedback.samples()) {
      if (wanted.has(sample.snapshot.alertKey)) samples.set(sample.snapshot.alertKey, sample);
    }
    // a scan promises no order and no snapshot: what it passed over is read by itself
    pending = pending.filter(({ alertKey, rev }) => (samples.get(alertKey)?.rev ?? 0) < rev);
  }
  for (let from = 0; from < pending.length; from += CONCURRENT_READS) {
    const batch = pending.slice(from, from + CONCURRENT_READS);
    const read = await Promise.all(batch.map((marker) => readOne(feedback, marker, damaged)));
    for (const sample of read) if (sample !== undefined) samples.set(sample.snapshot.alertKey, sample);
  }
  return samples;
}

const catalogSchema = z.object({ columns: z.array(z.string()), families: z.array(z.string()) });

/** Catalogues that other builds published and this one does not know. Absent ones are left out. */
export async function readCatalogs(
  models: ModelStore,
  samples: readonly FeedbackSample[],
): Promise<Record<string, CatalogNames>> {
  const catalogs: Record<string, CatalogNames> = {};
  for (const id of new Set(samples.map(({ snapshot }) => snapshot.catalogId))) {
    if (knownCatalog(id) !== undefined) continue;
    const blob = await models.read(catalogPath(id));
    if (blob === undefined) continue;
    try {
      catalogs[id] = catalogSchema.parse(JSON.parse(new TextDecoder().decode(blob.bytes)));
    } catch (cause) {
      throw new AlertforestError('STORE_CORRUPT', `Cannot read ${catalogPath(id)}.`, { cause });
    }
  }
  return catalogs;
}

/** Publishes the names of this build's columns, so that older and newer builds can read its rows. Once is enough. */
export async function publishCatalog(models: ModelStore): Promise<void> {
  await createExact(models, catalogPath(CATALOG_ID), encodeJson(OWN_CATALOG));
}

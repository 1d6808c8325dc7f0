import { z } from 'zod';

const moment = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A model version as `head.json` serves it. */
export const servedModelSchema = z.object({
  version: z.string(),
  path: z.string(),
  sha256,
  /** Promoted on too little data to be sure; absent in heads written before it was kept. */
  provisional: z.boolean().optional(),
});
export type ServedModel = z.infer<typeof servedModelSchema>;

/** `head.json`, the one mutable pointer; moved only with If-Match. */
export const headSchema = z.object({
  seq: z.int().min(1),
  /** Id of the newest release record: `<seq>-<hash12>`. */
  release: z.string(),
  serving: z.record(z.string(), servedModelSchema),
  /** Model name -> version it is held at until unpinned. */
  pinned: z.record(z.string(), z.string()),
  run_id: z.string(),
  updated_at: moment,
});
export type Head = z.infer<typeof headSchema>;

export const releaseModelSchema = z.object({
  /** Semver, next after the highest of this name in the lineage, also for refused challengers. */
  version: z.string(),
  path: z.string(),
  sha256,
  metrics: z.record(z.string(), z.unknown()),
  decision: z.enum(['promoted', 'refused', 'carried']),
  provisional: z.boolean().optional(),
  reasons: z.array(z.string()),
});
export type ReleaseModel = z.infer<typeof releaseModelSchema>;

export const exclusionSchema = z.object({
  analyst: z.string(),
  since: moment.optional(),
  by: z.string(),
  why: z.string().optional(),
  at: moment,
});
export type Exclusion = z.infer<typeof exclusionSchema>;

/** How `head.json` names a released model. */
export function servedModelOf(made: ReleaseModel): ServedModel {
  const { version, path, sha256: hash, provisional } = made;
  return { version, path, sha256: hash, ...(provisional === undefined ? {} : { provisional }) };
}

/** One commit on the lineage: the audit log is the walk along `parent` from head.json. */
export const releaseRecordSchema = z.object({
  seq: z.int().min(1),
  parent: z.string().nullable(),
  /** The releases before this one, nearest first: a walk reads them side by side. Absent in records of earlier builds. */
  ancestors: z.array(z.string()).optional(),
  /** Model name -> the release that made what serves of it, where it was not this one. Absent in records of earlier builds. */
  makers: z.record(z.string(), z.string()).optional(),
  kind: z.enum(['bootstrap', 'retrain', 'activate', 'unpin', 'force', 'replay']),
  by: z.string(),
  why: z.string(),
  run_id: z.string(),
  created_at: moment,
  /** The training set this release knows of, carried on by activations. */
  dataset: z.object({ path: z.string(), sha256, samples: z.int(), synthetic: z.boolean() }),
  /** The unlabelled traffic the detector of this release was fitted on; absent before there was enough. */
  traffic: z.object({ path: z.string(), sha256, rows: z.int() }).optional(),
  /** What went into the fit, by count: judged, taught, quarantined, excluded, held out, per disposition. */
  counts: z.record(z.string(), z.number()).optional(),
  /** Markers this release consumed: alert key -> rev. Empty for activations. */
  consumed: z.record(z.string(), z.int()),
  exclusions: z.array(exclusionSchema),
  /** Alert keys held back by the guards, with the reason; they are consumed but not in the fit. */
  quarantined: z.record(z.string(), z.string()),
  models: z.record(z.string(), releaseModelSchema),
  serving_before: z.record(z.string(), servedModelSchema).nullable(),
  serving_after: z.record(z.string(), servedModelSchema),
  pinned_after: z.record(z.string(), z.string()),
});
export type ReleaseRecord = z.infer<typeof releaseRecordSchema>;

/** The pointer as stored. @throws ZodError, SyntaxError where the bytes are no head */
export function parseHead(bytes: Uint8Array): Head {
  return headSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

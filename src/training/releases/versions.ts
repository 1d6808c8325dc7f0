import { AlertforestError } from '../../errors.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { modelCardPath } from '../../store/names.ts';
import type { ReleaseRecord } from '../../store/release.ts';
import { sha256Of } from '../dataset/dataset-format.ts';
import type { FeatureImportance } from '../measures/feature-importance.ts';
import type { Lineage, LineageStep, OnDamage } from './lineage.ts';

/** One version of one model, as the lineage tells it. */
export interface VersionEntry {
  readonly model: string;
  readonly version: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** Release that made it. */
  readonly release: string;
  readonly kind: ReleaseRecord['kind'];
  /** Judged alerts in its training set. */
  readonly samples: number;
  /** Trained on synthetic alerts alone. */
  readonly synthetic: boolean;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** 'rolled_back': it served, until an operator activated another one over it. */
  readonly decision: 'promoted' | 'refused' | 'rolled_back';
  readonly provisional: boolean;
  readonly reasons: readonly string[];
  readonly serving: boolean;
  readonly pinned: boolean;
  readonly path: string;
  readonly sha256: string;
}

export interface VersionList {
  readonly release: string;
  /** Model -> version. */
  readonly serving: Readonly<Record<string, string>>;
  readonly pinned: Readonly<Record<string, string>>;
  readonly versions: readonly VersionEntry[];
  /** Sentences: releases that cannot be read, classes known from synthetic alerts only, analysts that are excluded, judgements held back. */
  readonly notes: readonly string[];
}

export interface VersionQuery {
  /** All models when left out. */
  readonly model?: string | undefined;
  /** Versions at most, newest first. @default 100 */
  readonly limit?: number | undefined;
}

/**
 * Every version that the lineage reaches from `head.json`, newest first, refused ones included.
 *
 * @throws AlertforestError MODEL_NOT_READY before the first release
 */
export async function listVersions(lineage: Lineage, query: VersionQuery = {}): Promise<VersionList> {
  const { head } = await lineage.requireHead();
  const limit = query.limit ?? 100;
  const versions: VersionEntry[] = [];
  const rolledBack = new Set<string>();
  let newest: LineageStep | undefined;
  let tip: LineageStep | undefined;
  const damaged: string[] = [];
  const onDamage: OnDamage = (id, says) => {
    damaged.push(`the versions of release ${id} are missing here: ${says}`);
  };
  for await (const step of lineage.walk(head.release, onDamage)) {
    const { record } = step;
    newest ??= step;
    if (tip === undefined && record.kind !== 'activate' && record.kind !== 'unpin') tip = step;
    if (versions.length >= limit && tip !== undefined) break;
    noteRollBacks(record, rolledBack);
    for (const [model, made] of Object.entries(record.models)) {
      if (made.decision === 'carried' || (query.model !== undefined && model !== query.model)) continue;
      if (versions.length >= limit) continue;
      const serving = head.serving[model]?.version === made.version;
      const isRolledBack =
        made.decision === 'promoted' && !serving && rolledBack.has(`${model}@${made.version}`);
      versions.push({
        model,
        version: made.version,
        createdAt: record.created_at,
        release: step.id,
        kind: record.kind,
        samples: record.dataset.samples,
        synthetic: record.dataset.synthetic,
        metrics: made.metrics,
        decision: isRolledBack ? 'rolled_back' : made.decision,
        provisional: made.provisional ?? false,
        reasons: made.reasons,
        serving,
        pinned: head.pinned[model] === made.version,
        path: made.path,
        sha256: made.sha256,
      });
    }
  }
  return {
    release: head.release,
    serving: Object.fromEntries(Object.entries(head.serving).map(([model, { version }]) => [model, version])),
    pinned: head.pinned,
    versions,
    notes: [...damaged, ...(tip ? notesOf(tip.record, newest?.record ?? tip.record) : [])],
  };
}

/** What an activation took out of service. */
function noteRollBacks(record: ReleaseRecord, rolledBack: Set<string>): void {
  if (record.kind !== 'activate') return;
  for (const [model, before] of Object.entries(record.serving_before ?? {})) {
    if (record.serving_after[model]?.version !== before.version) rolledBack.add(`${model}@${before.version}`);
  }
}

const PER_CLASS = /^judged_(true_positive|false_positive|suspicious|benign)$/;

function notesOf(tip: ReleaseRecord, newest: ReleaseRecord): string[] {
  const notes: string[] = [];
  const minPerClass = tip.counts?.['min_per_class'] ?? 0;
  for (const [name, n] of Object.entries(tip.counts ?? {})) {
    const disposition = PER_CLASS.exec(name)?.[1];
    if (disposition !== undefined && n < minPerClass) {
      notes.push(`${disposition}: known from synthetic alerts only (${n} of ${minPerClass} judged)`);
    }
  }
  for (const { analyst, since, by } of newest.exclusions) {
    notes.push(`votes of ${analyst}${since ? ` since ${since}` : ''} are left out (by ${by})`);
  }
  const held = Object.keys(newest.quarantined).length;
  if (held > 0) notes.push(`${held} judgements wait in quarantine`);
  return notes;
}

/** One move of the lineage, for the audit. */
export interface AuditEntry {
  readonly release: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: ReleaseRecord['kind'];
  readonly by: string;
  readonly why: string;
  readonly runId: string;
  /** Model -> version, before and after; null before the first release. */
  readonly before: Readonly<Record<string, string>> | null;
  readonly after: Readonly<Record<string, string>>;
  readonly pinned: Readonly<Record<string, string>>;
  readonly samples: number;
  readonly consumed: number;
  readonly quarantined: number;
  /** What went into the fit: judged, taught, held_out, rejected, excluded and so on; empty where nothing was trained. */
  readonly counts: Readonly<Record<string, number>>;
  readonly exclusions: ReleaseRecord['exclusions'];
  readonly decisions: Readonly<
    Record<string, { version: string; decision: string; reasons: readonly string[] }>
  >;
}

export interface AuditList {
  readonly entries: readonly AuditEntry[];
  /** Sentences: releases that cannot be read, and are missing among the entries. */
  readonly notes: readonly string[];
}

/** Who changed what and why, newest first: the walk along the lineage. */
export async function listAudit(lineage: Lineage, limit: number, before?: string): Promise<AuditList> {
  if (before !== undefined && !(await lineage.holds(before)))
    throw new AlertforestError('NOT_FOUND', `No release has the id ${before}.`);
  const from = before ?? (await lineage.requireHead()).head.release;
  const entries: AuditEntry[] = [];
  const notes: string[] = [];
  const onDamage: OnDamage = (id, says) => {
    notes.push(`release ${id} is missing here: ${says}`);
  };
  for await (const { id, record } of lineage.walk(from, onDamage)) {
    if (id !== before) entries.push(auditEntry(id, record));
    if (entries.length >= limit) break;
  }
  return { entries, notes };
}

function auditEntry(id: string, record: ReleaseRecord): AuditEntry {
  const versionsOf = (serving: ReleaseRecord['serving_after']): Record<string, string> =>
    Object.fromEntries(Object.entries(serving).map(([model, { version }]) => [model, version]));
  return {
    release: id,
    seq: record.seq,
    at: record.created_at,
    kind: record.kind,
    by: record.by,
    why: record.why,
    runId: record.run_id,
    before: record.serving_before && versionsOf(record.serving_before),
    after: versionsOf(record.serving_after),
    pinned: record.pinned_after,
    samples: record.dataset.samples,
    consumed: Object.keys(record.consumed).length,
    quarantined: Object.keys(record.quarantined).length,
    counts: record.counts ?? {},
    exclusions: record.exclusions,
    decisions: Object.fromEntries(
      Object.entries(record.models).map(([model, { version, decision, reasons }]) => [
        model,
        { version, decision, reasons },
      ]),
    ),
  };
}

/** Release that made `version` of `model`. @throws AlertforestError MODEL_NOT_FOUND */
export async function releaseOf(lineage: Lineage, model: string, version: string): Promise<LineageStep> {
  return lineage.makerOf((await lineage.requireHead()).head.release, model, version);
}

/** The model card of a version, with what became of the version: the card is written before the gate decides. */
export interface VersionCard {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  readonly decision: 'promoted' | 'refused';
  readonly provisional: boolean;
  readonly reasons: readonly string[];
  /** Markdown. */
  readonly card: string;
}

/**
 * @throws AlertforestError MODEL_NOT_FOUND where the lineage has no such version, or where it was made so long ago
 * that its artefacts were collected
 */
export async function readCard(
  models: ModelStore,
  lineage: Lineage,
  model: string,
  version: string,
): Promise<VersionCard> {
  const made = (await releaseOf(lineage, model, version)).record.models[model]!;
  const folder = made.path.split('/').at(-2) ?? '';
  const blob = await models.read(modelCardPath(model, folder));
  if (blob === undefined) {
    throw new AlertforestError(
      'MODEL_NOT_FOUND',
      `${model} ${version} is known but its card is no longer stored.`,
    );
  }
  return {
    model,
    version,
    sha256: made.sha256,
    decision: made.decision === 'promoted' ? 'promoted' : 'refused',
    provisional: made.provisional ?? false,
    reasons: made.reasons,
    card: new TextDecoder().decode(blob.bytes),
  };
}

export interface VersionArtefact {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * The bytes of a version, held against the digest in its release record.
 *
 * @throws AlertforestError MODEL_NOT_FOUND where the lineage has no such version or its artefact was collected,
 * MODEL_CORRUPT where the bytes are not those that were published
 */
export async function readArtefact(
  models: ModelStore,
  lineage: Lineage,
  model: string,
  version: string,
): Promise<VersionArtefact> {
  const { path, sha256 } = (await releaseOf(lineage, model, version)).record.models[model]!;
  const bytes = (await models.read(path))?.bytes;
  if (bytes === undefined)
    throw new AlertforestError('MODEL_NOT_FOUND', `${model} ${version} is known but no longer stored.`);
  if (sha256Of(bytes) !== sha256)
    throw new AlertforestError('MODEL_CORRUPT', `The bytes of ${model} ${version} are not those published.`);
  return { model, version, sha256, bytes };
}

/** Importances of each serving model, as its release recorded them, largest first. */
export async function servingImportances(
  lineage: Lineage,
): Promise<Record<string, { readonly version: string; readonly importances: readonly FeatureImportance[] }>> {
  const { head } = await lineage.requireHead();
  const serving = Object.entries(head.serving);
  // read once: it names them all
  await lineage.release(head.release);
  const makers = await Promise.all(
    serving.map(([model, { version }]) => lineage.makerOf(head.release, model, version)),
  );
  return Object.fromEntries(
    serving.map(([model, { version }], i) => {
      const recorded = makers[i]!.record.models[model]?.metrics['importances'];
      return [model, { version, importances: Array.isArray(recorded) ? recorded : [] }];
    }),
  );
}

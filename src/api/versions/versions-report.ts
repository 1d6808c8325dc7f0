import type { z } from 'zod';
import type { ReleaseRecord } from '../../store/release.ts';
import type { RunRecord } from '../../store/run-log.ts';
import type { AuditList, VersionEntry, VersionList } from '../../training/releases/versions.ts';
import type { auditSchema } from './audit.ts';
import type { WireRun } from './retrain.ts';
import type { versionsSchema, WireModelVersion } from './versions.ts';

export function wireVersions(list: VersionList): z.infer<typeof versionsSchema> {
  return {
    release: list.release,
    serving: { ...list.serving },
    pinned: { ...list.pinned },
    notes: [...list.notes],
    versions: list.versions.map(wireVersion),
  };
}

function wireVersion(entry: VersionEntry): WireModelVersion {
  return {
    model: entry.model,
    version: entry.version,
    created_at: entry.createdAt,
    release: entry.release,
    kind: entry.kind,
    samples: entry.samples,
    synthetic: entry.synthetic,
    metrics: { ...entry.metrics },
    decision: entry.decision,
    provisional: entry.provisional,
    reasons: [...entry.reasons],
    serving: entry.serving,
    pinned: entry.pinned,
    sha256: entry.sha256,
  };
}

/** @param release the record it made; left out: none yet, or none that is kept */
export function wireRun(run: RunRecord, release?: Pick<ReleaseRecord, 'models'>): WireRun {
  return {
    run_id: run.runId,
    trigger: run.trigger,
    state: run.state,
    stage: run.stage,
    progress: run.progress,
    started_at: run.startedAt,
    finished_at: run.finishedAt ?? null,
    pending: run.pending ?? null,
    release: run.release ?? null,
    reasons: [...run.reasons],
    models:
      release === undefined
        ? null
        : Object.fromEntries(
            Object.entries(release.models).map(([model, { version, decision, reasons }]) => [
              model,
              { version, decision, reasons: [...reasons] },
            ]),
          ),
    error: run.error ?? null,
  };
}

export function wireAudit({ entries, notes }: AuditList): z.infer<typeof auditSchema> {
  return {
    entries: entries.map((entry) => ({
      release: entry.release,
      seq: entry.seq,
      at: entry.at,
      kind: entry.kind,
      by: entry.by,
      why: entry.why,
      run_id: entry.runId,
      before: entry.before === null ? null : { ...entry.before },
      after: { ...entry.after },
      pinned: { ...entry.pinned },
      samples: entry.samples,
      consumed: entry.consumed,
      quarantined: entry.quarantined,
      counts: { ...entry.counts },
      exclusions: entry.exclusions.map((exclusion) => ({ ...exclusion })),
      decisions: Object.fromEntries(
        Object.entries(entry.decisions).map(([model, decision]) => [
          model,
          { ...decision, reasons: [...decision.reasons] },
        ]),
      ),
    })),
    notes: [...notes],
  };
}

import type { z } from 'zod';
import type { auditSchema } from '../../api/versions/audit.ts';
import type { WireRun } from '../../api/versions/retrain.ts';
import type { versionsSchema, WireActivation } from '../../api/versions/versions.ts';
import { count, type Shown, shortTime, stateTable } from './show.ts';

export function shownVersions({ versions, release, notes }: z.infer<typeof versionsSchema>): Shown {
  const rows = versions.map(({ model, version, serving, pinned, decision, created_at, samples, kind }) => [
    model,
    version,
    serving ? 'serving' : decision,
    pinned ? 'pinned' : '',
    shortTime(created_at),
    String(samples),
    kind,
  ]);
  const table = stateTable(['model', 'version', 'state', 'pin', 'made', 'judged', 'by'], rows);
  return {
    text: [table, ...notes.map((note) => `note: ${note}`)].join('\n'),
    summary: `${count(versions.length, 'version')}; ${release} serves`,
  };
}

export function shownAudit({ entries, notes }: z.infer<typeof auditSchema>): Shown {
  const rows = entries.map(({ at, kind, by, why, before, after }) => [
    shortTime(at),
    kind,
    by,
    Object.entries(after)
      .filter(([model, version]) => before?.[model] !== version)
      .map(([model, version]) => `${model} ${before?.[model] ?? '-'} -> ${version}`)
      .join(', '),
    why,
  ]);
  return {
    // a service of an earlier build has none
    text: [
      stateTable(['when', 'what', 'who', 'changed', 'why'], rows),
      ...(notes ?? []).map((note) => `note: ${note}`),
    ].join('\n'),
    summary: `${count(entries.length, 'entry', 'entries')}, newest first`,
  };
}

/** A run; one that made nothing, for want of judgements say, tells why in its reasons alone. */
export function shownRun({ run_id, state, release, models, reasons, error }: WireRun): Shown {
  const rows = Object.entries(models ?? {}).map(([model, { version, decision, reasons }]) => [
    model,
    version,
    decision,
    reasons.join('; '),
  ]);
  const outcome =
    error === null ? `${state}${release === null ? '' : `, release ${release}`}` : `failed: ${error}`;
  return {
    text: stateTable(['model', 'version', 'state', 'reasons'], rows) || reasons.join('\n'),
    summary: `retrain ${run_id} ${outcome}`,
  };
}

export function shownActivation({ model, before, after, pinned, note, learning }: WireActivation): Shown {
  return {
    // a service of an earlier build says neither
    text: [...(note === undefined ? [] : [note]), ...(learning ?? [])].join('\n'),
    summary: `${model} ${before} -> ${after}, ${pinned ? 'pinned' : 'not pinned'}`,
  };
}

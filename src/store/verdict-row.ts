import { createHash } from 'node:crypto';
import type { PredictionEntry } from './prediction-log.ts';

/** Beyond any time of a log: its distance falls as time goes on, so that later verdicts sort first. */
const LAST_MS = 2 ** 48 - 1;

/**
 * Name of a verdict among those of its alert, later ones first. One that was given none gets one from what it says, so
 * that writing it again writes the same row.
 */
export function verdictIdOf(entry: PredictionEntry): string {
  if (entry.verdictId !== undefined) return entry.verdictId;
  const { scoredAt, snapshot, finalScore, versions } = entry;
  const said = JSON.stringify([snapshot.alertKey, finalScore, entry.payloadAt ?? '', versions]);
  const reversed = (LAST_MS - Date.parse(scoredAt)).toString(16).padStart(12, '0');
  return reversed + createHash('sha256').update(said).digest('hex').slice(0, 16);
}

/** Verdicts by when they were given, newest first. */
export function newestFirst(entries: readonly PredictionEntry[]): readonly PredictionEntry[] {
  if (entries.length < 2) return entries;
  const keyed = entries.map((entry) => ({ entry, atMs: Date.parse(entry.scoredAt) }));
  return keyed.sort((a, b) => b.atMs - a.atMs).map(({ entry }) => entry);
}

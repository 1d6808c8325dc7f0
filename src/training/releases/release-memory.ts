import type { GateSettings } from '../training-settings.ts';
import type { LineageStep } from './lineage.ts';

const DAY_MS = 86_400_000;

/** A released version that a challenger has to match. */
export interface MemoryCandidate {
  readonly model: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
  /** Where the training set lies that it was made from. */
  readonly dataset: string;
}

/**
 * Versions promoted within the memory, per model those with the best recorded number first, at most
 * `memoryReleases` each. A version that was recorded without a number comes last. Newest first among equals.
 */
export function memoryCandidates(
  steps: readonly LineageStep[],
  gate: GateSettings,
  nowMs: number,
): MemoryCandidate[] {
  const fromMs = nowMs - gate.memoryDays * DAY_MS;
  const byModel = new Map<string, (MemoryCandidate & { rank: number })[]>();
  for (const { record } of steps) {
    if (Date.parse(record.created_at) < fromMs) break;
    for (const [model, made] of Object.entries(record.models)) {
      if (made.decision !== 'promoted') continue;
      const rank = made.metrics['rank'];
      const candidates = byModel.get(model) ?? [];
      byModel.set(model, candidates);
      candidates.push({
        model,
        version: made.version,
        path: made.path,
        sha256: made.sha256,
        dataset: record.dataset.path,
        rank: typeof rank === 'number' ? rank : Number.POSITIVE_INFINITY,
      });
    }
  }
  return [...byModel.values()].flatMap((candidates) =>
    candidates
      // sort is stable, and the walk runs from the newest back
      .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
      .slice(0, gate.memoryReleases)
      .map(({ rank: _, ...candidate }) => candidate),
  );
}

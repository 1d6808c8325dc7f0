import type { RunRecord } from '../../store/run-log.ts';

/** So many in a row are no accident: nothing is learned any more. */
const TOO_MANY = 3;

/**
 * Why nothing is learned by itself any more; undefined unless the last three runs that were not asked for by hand
 * failed. `runs` newest first; those under way, and those that found another at work, say nothing.
 */
export function failedChecks(runs: readonly RunRecord[]): string | undefined {
  const done = runs.filter(
    ({ trigger, state }) => trigger !== 'manual' && state !== 'running' && state !== 'busy',
  );
  const last = done.slice(0, TOO_MANY);
  if (last.length < TOO_MANY || last.some(({ state }) => state !== 'failed')) return undefined;
  return `the last ${TOO_MANY} retrains failed; nothing is learned: ${last[0]?.error ?? 'no reason was kept'}`;
}

import type { Liveness } from '../../store/owner.ts';
import type { RunRecord } from '../../store/run-log.ts';

/** Whether a run says that it goes on while its process is known to be dead. */
export async function isCutOff(
  { state, owner }: RunRecord,
  liveness: Liveness | undefined,
): Promise<boolean> {
  if (state !== 'running' || owner === undefined || liveness === undefined) return false;
  return (await liveness.lifeOf(owner)) === 'dead';
}

/** The record of a run that was asked for and whose message is nowhere. */
export function lostMessage(run: RunRecord, nowMs: number): RunRecord {
  return {
    ...run,
    state: 'failed',
    finishedAt: new Date(nowMs).toISOString(),
    error: 'The request has gone from the queue. What it would have learned still waits; ask again.',
  };
}

/** The record of a run whose process died. */
export function cutOff(run: RunRecord, nowMs: number): RunRecord {
  return {
    ...run,
    state: 'failed',
    finishedAt: new Date(nowMs).toISOString(),
    error: `The process stopped during '${run.stage}'. What it published stands; the rest is done again.`,
  };
}

import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import type { Exclusion } from '../../store/release.ts';
import type { RunRecord } from '../../store/run-log.ts';
import { retrain } from './retrain.ts';
import type { RetrainDeps } from './retrain-command.ts';

export interface ReplayRequest {
  /** Analyst whose votes are left out of every later training set, or let in again. */
  readonly analyst: string;
  readonly action: 'exclude' | 'lift';
  /** ISO 8601: only votes from then on are left out; all of them when absent. */
  readonly since?: string | undefined;
  readonly by: string;
  readonly why?: string | undefined;
  readonly runId?: string | undefined;
  /** When it was asked for, where it had to wait. */
  readonly askedAtMs?: number;
}

/** Dates and times of four-digit years alone: `Date` would read 20260301 as a year. */
const sinceSchema = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true, local: true }),
  z.iso.datetime({ offset: true, local: true, precision: -1 }),
]);

/**
 * Learns again without an analyst's votes (or with them again): the exclusion becomes its own release and holds
 * for every later training set until it is lifted. The gate decides as always whether the result serves.
 *
 * @throws AlertforestError REQUEST_INVALID where `since` is no time, or where there is nothing to lift
 */
export async function replay(deps: RetrainDeps, request: ReplayRequest): Promise<RunRecord> {
  const { analyst, action, by, why, askedAtMs } = request;
  checkSince(request);
  return retrain(deps, {
    trigger: 'manual',
    runId: request.runId,
    by,
    why: why ?? `${action === 'exclude' ? 'learn without' : 'learn again with'} ${analyst}`,
    exclusions: (current) => withExclusion(current, request, deps.now()),
    ...(askedAtMs === undefined ? {} : { askedAtMs }),
  });
}

/** @throws AlertforestError REQUEST_INVALID where nobody is named, or `since` is no time */
export function checkSince({ analyst, since }: ReplayRequest): void {
  if (analyst === '') throw invalid('without', 'Expected the name of an analyst.');
  if (since !== undefined && !sinceSchema.safeParse(since).success)
    throw invalid('since', `Expected an ISO 8601 date or time such as 2026-03-01, got ${since}.`);
}

/**
 * The exclusions with what is asked for. @throws AlertforestError REQUEST_INVALID where there is nothing to lift
 */
export function withExclusion(
  current: readonly Exclusion[],
  { analyst, action, since, by, why }: ReplayRequest,
  nowMs: number,
): readonly Exclusion[] {
  const others = current.filter((one) => one.analyst !== analyst);
  if (action === 'lift') {
    if (others.length === current.length) throw invalid('without', `${analyst} is not excluded.`);
    return others;
  }
  const exclusion: Exclusion = {
    analyst,
    by,
    at: new Date(nowMs).toISOString(),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(why === undefined ? {} : { why }),
  };
  return [...others, exclusion];
}

function invalid(path: string, message: string): AlertforestError {
  return new AlertforestError('REQUEST_INVALID', message, { issues: [{ path, message }] });
}

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
  const { analyst, action, since, by, why } = request;
  if (analyst === '') throw invalid('analyst', 'Expected the name of an analyst.');
  if (since !== undefined && !sinceSchema.safeParse(since).success) {
    throw invalid('since', `Expected an ISO 8601 date or time such as 2026-03-01, got ${since}.`);
  }
  const exclusion: Exclusion = {
    analyst,
    by,
    at: new Date(deps.now()).toISOString(),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(why === undefined ? {} : { why }),
  };
  return retrain(deps, {
    trigger: 'manual',
    runId: request.runId,
    by,
    why: why ?? `${action === 'exclude' ? 'learn without' : 'learn again with'} ${analyst}`,
    exclusions: (current) => {
      const others = current.filter((one) => one.analyst !== analyst);
      if (action === 'exclude') return [...others, exclusion];
      if (others.length === current.length) throw invalid('analyst', `${analyst} is not excluded.`);
      return others;
    },
  });
}

function invalid(path: string, message: string): AlertforestError {
  return new AlertforestError('REQUEST_INVALID', message, { issues: [{ path, message }] });
}

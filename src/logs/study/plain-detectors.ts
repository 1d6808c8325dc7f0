import type { LogEvents } from '../windows/log-events.ts';
import type { DerivedFeatures } from '../windows/put-history.ts';

/** Regular as no person is. */
const MAX_GAP_CV = 0.2;
const LEAST_BEFORE = 6;
/** Standard deviations above a source's own past. */
const LEAST_UPLOAD_Z = 3;
/** So many times more up than down. */
const LEAST_UPLOAD_RATIO = 5;

export const PLAIN_DETECTORS = {
  regular_gaps: 'regular gaps to a place that nobody else visits',
  spray: 'a failed login with an account that is new to the source, as of five other sources in the hour',
  many_sources: 'a failed login on an account on which five other sources failed in the hour',
  large_upload: 'an upload far above the own past, to a place that nobody else visits',
} as const;
export type PlainDetector = keyof typeof PLAIN_DETECTORS;

/** Other sources that failed in the hour. */
const LEAST_FAILING = 5;

/**
 * Rules that need no learning, for what a model has never been shown: a beacon, data going out, passwords tried on
 * account after account or on one, each time from another address. Nobody else at a place is half of the first two: update checks are
 * as regular, backups as large.
 *
 * @returns the rule that row i meets; undefined where none
 */
export function plainDetector(
  { gapCv, nBefore, otherSources, uploadZ, newlyFailing, onAccount }: DerivedFeatures['detectors'],
  { bytesOut, bytesIn }: Pick<LogEvents, 'bytesOut' | 'bytesIn'>,
  i: number,
): PlainDetector | undefined {
  if ((newlyFailing[i] as number) >= LEAST_FAILING) return 'spray';
  if ((onAccount[i] as number) >= LEAST_FAILING) return 'many_sources';
  if ((otherSources[i] as number) > 0) return undefined;
  if ((gapCv[i] as number) < MAX_GAP_CV && (nBefore[i] as number) >= LEAST_BEFORE) return 'regular_gaps';
  const isLarge =
    (uploadZ[i] as number) > LEAST_UPLOAD_Z &&
    (bytesOut[i] as number) > LEAST_UPLOAD_RATIO * ((bytesIn[i] as number) || 0);
  return isLarge ? 'large_upload' : undefined;
}

/** Share of calm rows that rank above a row which meets a detector and nothing else. */
const CALM_ABOVE = 0.005;

/**
 * The score that a row which meets a detector has at least: by it the rows of a day stand in one order, whoever found
 * them.
 *
 * @param unseen (nFit,) attack probability by trees that had not seen the row
 */
export function detectorScore(unseen: Float64Array, y: Int32Array): number {
  const calm = unseen.filter((score, i) => y[i] === 0 && !Number.isNaN(score)).sort();
  return calm[Math.floor((1 - CALM_ABOVE) * (calm.length - 1))] ?? 0;
}

/** A score with what the detectors say. */
export const withDetector = (score: number, detector: PlainDetector | undefined, least: number): number =>
  detector === undefined ? score : Math.max(score, least);

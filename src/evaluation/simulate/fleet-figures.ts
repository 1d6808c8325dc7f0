import { partitionFigures } from './partition-figures.ts';
import type { Played } from './play.ts';

export interface FleetFigures {
  /** Adjusted Rand index of the incidents against those of one instance, over alerts that are in one in both. */
  readonly ari_against_one: number;
  /** Notable in both against notable in either. */
  readonly notable_jaccard: number;
}

/**
 * How far several instances find what one alone finds. Both were played from the same stream.
 *
 * @param alone (n,) incident of each alert by one instance
 */
export function fleetFigures(fleet: Played, alone: readonly (string | undefined)[]): FleetFigures {
  const truth: string[] = [];
  const found: string[] = [];
  let nEither = 0;
  for (const [at, { incident }] of fleet.alerts.entries()) {
    const other = alone[at];
    if (incident === undefined && other === undefined) continue;
    nEither++;
    if (incident === undefined || other === undefined) continue;
    truth.push(other);
    found.push(incident.id);
  }
  return {
    ari_against_one: partitionFigures(truth, found).ari,
    notable_jaccard: nEither === 0 ? 1 : truth.length / nEither,
  };
}

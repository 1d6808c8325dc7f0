import { hash64, lastHash } from '../../features/hash64.ts';

/** A customer of the synthetic estate. */
export interface SyntheticTenant {
  readonly tenant: string;
  /** Share of the alerts. */
  readonly share: number;
  readonly nHosts: number;
  readonly nUsers: number;
  /** Office hours in UTC: first and last hour. */
  readonly officeHours: readonly [number, number];
}

export const TENANTS: readonly SyntheticTenant[] = [
  { tenant: 'harbour-logistics', share: 0.3, nHosts: 60, nUsers: 80, officeHours: [7, 17] },
  { tenant: 'northwind-clinic', share: 0.22, nHosts: 40, nUsers: 60, officeHours: [6, 16] },
  { tenant: 'aurora-bank', share: 0.2, nHosts: 80, nUsers: 120, officeHours: [8, 18] },
  { tenant: 'cedar-university', share: 0.15, nHosts: 90, nUsers: 150, officeHours: [9, 20] },
  { tenant: 'delta-foundry', share: 0.08, nHosts: 25, nUsers: 30, officeHours: [14, 23] },
  { tenant: 'ember-studio', share: 0.05, nHosts: 10, nUsers: 15, officeHours: [10, 19] },
];

const TRAIT_SEED = 0x51ab7;

/**
 * A fixed trait of a name in the estate, uniform in [0, 1): the same under every seed, so that what an analyst
 * teaches about one alert holds for the next.
 */
export function uniformTrait(...names: readonly string[]): number {
  hash64(names, TRAIT_SEED);
  return lastHash[0]! / 2 ** 32;
}

/** A fixed trait, standard normal (Box-Muller over both halves of the hash). */
export function normalTrait(...names: readonly string[]): number {
  hash64(names, TRAIT_SEED);
  const radius = Math.sqrt(-2 * Math.log((lastHash[0]! + 1) / (2 ** 32 + 1)));
  return radius * Math.cos((2 * Math.PI * lastHash[1]!) / 2 ** 32);
}

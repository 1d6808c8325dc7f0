import { StagedCapture } from '../staged-capture.ts';
import type { BehaviorFacts } from './behavior-facts.ts';
import {
  type CountedAlert,
  type Lateness,
  TenantBehavior,
  type TenantBehaviorState,
  type TenantQuota,
  WARM_UP_S,
} from './tenant-behavior.ts';
import type { ProfiledAlert, ProfileFacts } from './tenant-profile.ts';

export interface BehaviorLimits extends TenantQuota {
  readonly tenants: number;
  /** Pairs over all tenants. */
  readonly totalPairs: number;
}

/** About 90 MB at the most: see docs/behavior.md. */
export const DEFAULT_LIMITS: BehaviorLimits = {
  pairs: 100_000,
  rules: 20_000,
  entities: 100_000,
  tenants: 10_000,
  totalPairs: 1_000_000,
};

/** What one alert brings to its tenant's history. */
export interface ObservedAlert extends CountedAlert {
  readonly profiled: ProfiledAlert;
}

/** What the history says about it. */
export interface BehaviorSight {
  readonly behavior: BehaviorFacts;
  readonly profile: ProfileFacts;
}

/** Later than receipt by more than this counts at receipt, seconds. */
const MAX_AHEAD_S = 600;
/** Tenants weighed against each other, of those unseen for longest, before one of them goes. */
const CANDIDATES = 64;

/**
 * The history of all tenants. Bounded in every direction: within a tenant by its quota, over all tenants by the total,
 * where the tenant that holds the most gives way; of too many tenants the one that was watched for the shortest time
 * among those unseen for longest.
 */
export class Behavior {
  readonly #limits: BehaviorLimits;
  /** From the longest unseen to the newest. */
  readonly #tenants = new Map<number, TenantBehavior>();
  readonly #captured = new StagedCapture<TenantBehaviorState>();
  #nPairs = 0;
  #nOthers = 0;
  #firstAtS = Number.POSITIVE_INFINITY;
  #newestAtS = Number.NEGATIVE_INFINITY;

  constructor(limits: BehaviorLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  get nTenants(): number {
    return this.#tenants.size;
  }

  get nPairs(): number {
    return this.#nPairs;
  }

  /**
   * Counts one alert.
   *
   * @param atS its own time, seconds
   * @param receivedAtS when it came in, seconds
   * @param n alerts that are all alike
   * @param told as in {@link TenantBehavior.observe}
   */
  observe(
    tenant: number,
    alert: ObservedAlert,
    atS: number,
    receivedAtS: number,
    n = 1,
    told?: Lateness,
  ): BehaviorSight {
    this.#captured.before(tenant);
    const history = this.#take(tenant);
    const before = history.pairs.size;
    const boundedS = boundedTime(atS, receivedAtS);
    this.#firstAtS = Math.min(this.#firstAtS, boundedS);
    this.#newestAtS = Math.max(this.#newestAtS, boundedS);
    const behavior = this.#masked(history.observe(alert, boundedS, true, n, told));
    const profile = history.profile.look(alert.profiled, behavior.countedAtS);
    history.profile.count(alert.profiled, behavior.countedAtS, n);
    this.#nPairs += history.pairs.size - before;
    while (this.#nPairs > this.#limits.totalPairs) this.#evictFromLargest();
    return { behavior, profile };
  }

  /** As {@link observe} for a trial: nothing is counted. */
  look(tenant: number, alert: ObservedAlert, atS: number, receivedAtS: number): BehaviorSight {
    const history = this.#tenants.get(tenant) ?? new TenantBehavior({ pairs: 1, rules: 1, entities: 1 });
    const behavior = this.#masked(history.observe(alert, boundedTime(atS, receivedAtS), false));
    return { behavior, profile: history.profile.look(alert.profiled, behavior.countedAtS) };
  }

  /** Begins to take down what is known now; {@link finishCapture} gives it. */
  beginCapture(): void {
    this.#captured.begin(Array.from(this.#tenants, ([key, tenant]) => [key, tenant.statePieces()] as const));
  }

  /** Tenants from the longest unseen to the newest, as they were when the capture began. */
  finishCapture(): Promise<readonly (readonly [number, TenantBehaviorState])[]> {
    return this.#captured.finish();
  }

  /** Restores one tenant that {@link finishCapture} gave and that is not known here, in steps to pause between. */
  *addState(key: number, state: TenantBehaviorState): Generator<void> {
    const history = this.#take(key);
    yield* history.addState(state);
    this.#nPairs += history.pairs.size;
    this.#firstAtS = Math.min(this.#firstAtS, state.firstAtS);
    this.#newestAtS = Math.max(this.#newestAtS, state.newestAtS);
  }

  /** Forgets everything. */
  clear(): void {
    this.#tenants.clear();
    this.#nPairs = 0;
    this.#firstAtS = Number.POSITIVE_INFINITY;
    this.#newestAtS = Number.NEGATIVE_INFINITY;
    this.#newest = undefined;
  }

  /**
   * Until `untilS` the alerts of a rule, a sensor or a whole tenant are counted without surprise.
   *
   * @param what 53-bit hash of the rule or sensor; undefined: the tenant
   */
  quiet(tenant: number, what: number | undefined, untilS: number): number {
    return this.#take(tenant).quiet(what, untilS);
  }

  /** What the others counted is known up to now. @param nOthers instances that count beside this one */
  heard(nOthers: number): void {
    this.#nOthers = nOthers;
    for (const tenant of this.#tenants.values()) tenant.unheard.heard(nOthers);
  }

  tenant(key: number): TenantBehavior | undefined {
    return this.#tenants.get(key);
  }

  /** A quiet tenant is told from an unknown one once the whole stream was watched for a day. */
  #masked(facts: BehaviorFacts): BehaviorFacts {
    const isWatched = this.#newestAtS - this.#firstAtS >= WARM_UP_S;
    return isWatched ? facts : { ...facts, tenantAlerts: Number.NaN };
  }

  #take(key: number): TenantBehavior {
    let tenant = this.#tenants.get(key);
    if (tenant === undefined) {
      if (this.#tenants.size >= this.#limits.tenants) this.#forgetOne();
      tenant = new TenantBehavior(this.#limits);
      tenant.unheard.heard(this.#nOthers);
      this.#tenants.set(key, tenant);
      return tenant;
    }
    if (this.#newest !== key) {
      this.#tenants.delete(key);
      this.#tenants.set(key, tenant);
    }
    this.#newest = key;
    return tenant;
  }

  #newest: number | undefined;

  #forgetOne(): void {
    let goes: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    let n = 0;
    for (const [key, tenant] of this.#tenants) {
      if (tenant.watchedS < least) {
        least = tenant.watchedS;
        goes = key;
      }
      if (++n === CANDIDATES) break;
    }
    if (goes === undefined) return;
    this.#nPairs -= this.#tenants.get(goes)!.pairs.size;
    this.#tenants.delete(goes);
  }

  #evictFromLargest(): void {
    let largest: TenantBehavior | undefined;
    for (const tenant of this.#tenants.values()) {
      if (largest === undefined || tenant.pairs.size > largest.pairs.size) largest = tenant;
    }
    if (largest === undefined) return;
    // a hundredth at once: finding the largest costs a walk over all tenants
    const n = Math.max(1, Math.floor(largest.pairs.size / 100));
    for (let i = 0; i < n; i++) largest.pairs.evict(largest.newestAtS);
    this.#nPairs -= n;
  }
}

/** An alert's own time; of a later one than its receipt by more than ten minutes, the receipt. */
export function boundedTime(atS: number, receivedAtS: number): number {
  return atS > receivedAtS + MAX_AHEAD_S ? receivedAtS : atS;
}

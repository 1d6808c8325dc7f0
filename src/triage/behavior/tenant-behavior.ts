import type { Pieces } from '../staged-capture.ts';
import type { BehaviorFacts } from './behavior-facts.ts';
import { FadingCounts, type FadingCountsState } from './fading-counts.ts';
import { CELL_S, PairCounts, type PairCountsState, WEEK_S } from './pair-counts.ts';
import { RuleStarts, type RuleStartsState } from './rule-starts.ts';
import { TenantProfile, type TenantProfileState } from './tenant-profile.ts';
import { UnheardMasses } from './unheard-masses.ts';

/** A tenant's numbers mean nothing before it was watched for this long, seconds. */
export const WARM_UP_S = 86_400;
/** Novelty around an entity or a tenant fades with this time constant, seconds. */
const MASS_TAU_S = 1_800;
/** Alerts of "about a day" fade with this time constant, seconds. */
const DAY_TAU_S = 86_400;
/** What lies further behind the newest alert of the tenant counts at the newest, and in volumes alone. */
const MAX_LATE_S = 3_600;

/** A cell in which the rule was seen on another entity takes this share of a cell of the pair itself off the novelty. */
const PEER_SHARE = 0.03;
/** The same of a rule that is being introduced: where it was on four hosts, the fifth is no surprise. */
const INTRODUCED_SHARE = 0.3;
const NOVELTY_EXPONENT = -1.5;
/** Below this many cells there is no record to break. */
const MIN_CELLS_OF_RECORD = 1.5;
const ENTITY_SHARE = 0.3;
const TENANT_SHARE = 0.05;
/** Announcements remembered of one tenant. */
const MAX_QUIET = 1_000;
/** The key of the tenant itself among masses and totals. */
const WHOLE_TENANT = 0;

/** Entries a tenant may hold at most, by kind. */
export interface TenantQuota {
  readonly pairs: number;
  readonly rules: number;
  readonly entities: number;
}

/** What behaviour counts of an alert: hashes only. */
export interface CountedAlert {
  /** 53-bit hash of the rule. */
  readonly rule: number;
  /** 53-bit hashes of the entities and the kind of each; at most MAX_ENTITIES of them count. */
  readonly entities: readonly { readonly key: number; readonly kind: number }[];
  /** 53-bit hashes by which its rule and its sensor may have been announced as new. */
  readonly announced?: (() => readonly number[]) | undefined;
}

/** Whether an alert lay more than an hour behind the newest of its tenant where it came in. */
export type Lateness = 'late' | 'on time';

export interface TenantBehaviorState {
  readonly firstAtS: number;
  readonly newestAtS: number;
  readonly pairs: PairCountsState;
  readonly rules: FadingCountsState;
  /** Absent in what a build wrote that did not look: no rule is taken for a new one then. */
  readonly starts?: RuleStartsState;
  readonly masses: FadingCountsState;
  readonly perEntity: FadingCountsState;
  readonly alerts: FadingCountsState;
  readonly profile: TenantProfileState;
  readonly quiet: readonly (readonly [number, number])[];
}

const NO_ENTITY = [{ key: 1, kind: 15 }] as const;

/** How one tenant's rules and entities have behaved, in event time. Everything fades; nothing grows beyond its quota. */
export class TenantBehavior {
  readonly pairs: PairCounts;
  /** Cells of a rule summed over all entities of one kind. */
  readonly #rules: FadingCounts;
  readonly #starts: RuleStarts;
  readonly #masses: FadingCounts;
  /** Alerts of an entity in about a day. */
  readonly #perEntity: FadingCounts;
  readonly profile: TenantProfile;
  /** What was announced as new, until when. */
  readonly #quiet = new Map<number, number>();
  readonly #alerts = new FadingCounts(DAY_TAU_S, 1);
  readonly unheard = new UnheardMasses();
  #firstAtS = Number.POSITIVE_INFINITY;
  #newestAtS = Number.NEGATIVE_INFINITY;

  constructor(quota: TenantQuota) {
    this.pairs = new PairCounts(quota.pairs);
    this.#rules = new FadingCounts(WEEK_S, quota.rules);
    this.#starts = new RuleStarts(quota.rules);
    this.#masses = new FadingCounts(MASS_TAU_S, quota.entities + 1);
    this.#perEntity = new FadingCounts(DAY_TAU_S, quota.entities);
    this.profile = new TenantProfile(quota.rules);
  }

  /**
   * @param what 53-bit hash of a rule or sensor; undefined: everything
   * @returns until when it was announced before, seconds; 0 where it was not
   */
  quiet(what: number | undefined, untilS: number): number {
    const beforeS = this.#quiet.get(what ?? WHOLE_TENANT) ?? 0;
    if (this.#quiet.size >= MAX_QUIET) this.#quiet.delete(this.#quiet.keys().next().value!);
    this.#quiet.set(what ?? WHOLE_TENANT, Math.max(untilS, beforeS));
    return beforeS;
  }

  #isQuiet({ announced }: CountedAlert, atS: number): boolean {
    if (this.#quiet.size === 0) return false;
    const until = (what: number): number => this.#quiet.get(what) ?? Number.NEGATIVE_INFINITY;
    return atS < until(WHOLE_TENANT) || (announced?.().some((what) => atS < until(what)) ?? false);
  }

  /** Seconds from the first to the newest alert. */
  get watchedS(): number {
    return Math.max(0, this.#newestAtS - this.#firstAtS);
  }

  /** Alerts of about a day before `atS`. */
  alertsAt(atS: number): number {
    return this.#alerts.valueOf(WHOLE_TENANT, atS);
  }

  get newestAtS(): number {
    return this.#newestAtS;
  }

  /** Moment at which an alert of `atS` counts: late ones beyond an hour count now, or a flood of them would hide. */
  countedAt(atS: number): number {
    return atS < this.#newestAtS - MAX_LATE_S ? this.#newestAtS : atS;
  }

  /**
   * Says how one alert stands out against what was counted before.
   *
   * @param isReal whether the alert is counted; a trial changes nothing
   * @param n alerts that are all alike
   * @param told whether it was late where it came in, and then `atS` is the moment at which it counted there; undefined:
   *   it comes in here
   */
  observe(alert: CountedAlert, atS: number, isReal: boolean, n = 1, told?: Lateness): BehaviorFacts {
    const countedAtS = told === undefined ? this.countedAt(atS) : atS;
    const isLate = told === undefined ? countedAtS !== atS : told === 'late';
    // what comes too late counts in volumes and teaches no cell and no record: back-dated alerts could make an attack
    // look routine
    const teaches = isReal && !isLate;
    const firstAtS = Math.min(this.#firstAtS, countedAtS);
    const newestAtS = Math.max(this.#newestAtS, countedAtS);
    const watchedS = newestAtS - firstAtS;
    const isWatched = watchedS >= WARM_UP_S;
    const tenantAlerts = this.#alerts.valueOf(WHOLE_TENANT, countedAtS);
    if (isReal) this.#alerts.add(WHOLE_TENANT, n, countedAtS);
    if (teaches) {
      this.#firstAtS = firstAtS;
      this.#newestAtS = newestAtS;
    }
    const sight = this.#look(alert, countedAtS, teaches, n, told === undefined);
    if (isReal) for (const { key } of entitiesOf(alert)) this.#perEntity.add(key, n, countedAtS);
    const surprise = sight.own + ENTITY_SHARE * sight.entityMass + TENANT_SHARE * sight.tenantMass;
    return {
      ...sight,
      surprise,
      score: isWatched ? 1 - 2 ** -surprise : Number.NaN,
      tenantAlerts,
      alertsSoFar: tenantAlerts,
      watchedS,
      countedAtS,
      isLate,
    };
  }

  /** The whole state in pieces of some milliseconds of work each, which must be taken before anything changes. */
  *statePieces(): Pieces<TenantBehaviorState> {
    yield { firstAtS: this.#firstAtS, newestAtS: this.#newestAtS, pairs: this.pairs.toState() };
    yield { masses: this.#masses.toState() };
    yield { perEntity: this.#perEntity.toState(), alerts: this.#alerts.toState() };
    yield { rules: this.#rules.toState(), starts: this.#starts.toState() };
    yield { profile: this.profile.toState(), quiet: [...this.#quiet] };
  }

  /** Restores what {@link statePieces} gave, into an empty history, in steps that a caller may pause between. */
  *addState(state: TenantBehaviorState): Generator<void> {
    this.#firstAtS = state.firstAtS;
    this.#newestAtS = state.newestAtS;
    yield* this.pairs.addState(state.pairs);
    yield* this.#rules.addState(state.rules);
    if (state.starts !== undefined) yield* this.#starts.addState(state.starts);
    yield* this.#masses.addState(state.masses);
    yield* this.#perEntity.addState(state.perEntity);
    yield* this.#alerts.addState(state.alerts);
    yield* this.profile.addState(state.profile);
    for (const [what, untilS] of state.quiet) this.#quiet.set(what, untilS);
  }

  #look(alert: CountedAlert, atS: number, teaches: boolean, n: number, isHere: boolean): Sight {
    const masses = this.#masses;
    const { unheard } = this;
    const entities = entitiesOf(alert);
    const isQuiet = this.#isQuiet(alert, atS);
    const isNewRule = this.#starts.isYoung(
      joinKeys(alert.rule, entities[0]!.kind),
      atS,
      this.#firstAtS + WARM_UP_S,
    );
    let own = 0;
    let novelty = 0;
    let newest = -1;
    let burst = Number.NEGATIVE_INFINITY;
    let entityMass = 0;
    let newMass = 0;
    let related = 0;
    for (const [at, { key, kind }] of entities.entries()) {
      const seen = this.#lookAtPair(joinKeys(alert.rule, key), joinKeys(alert.rule, kind), atS, teaches, n);
      const pair = isQuiet ? NOTHING_NEW : seen;
      own = Math.max(own, pair.own);
      if (pair.novelty > novelty) {
        novelty = pair.novelty;
        newest = at;
      }
      burst = Math.max(burst, pair.burst);
      newMass = Math.max(newMass, pair.entered);
      const mass =
        teaches && pair.entered > 0
          ? masses.add(key, pair.entered, atS)
          : masses.valueOf(key, atS) + (teaches ? 0 : pair.entered);
      entityMass = Math.max(entityMass, mass + unheard.at(key));
      if (teaches && isHere && pair.entered > 0) unheard.add(key, pair.entered);
      related = Math.max(related, this.#perEntity.valueOf(key, atS));
    }
    const tenantMass =
      teaches && newMass > 0
        ? masses.add(WHOLE_TENANT, newMass, atS)
        : masses.valueOf(WHOLE_TENANT, atS) + (teaches ? 0 : newMass);
    const unheardMass = unheard.at(WHOLE_TENANT);
    if (teaches && isHere && newMass > 0) unheard.add(WHOLE_TENANT, newMass);
    const mass = tenantMass + unheardMass;
    return { own, novelty, newest, burst, isNewRule, entityMass, tenantMass: mass, related };
  }

  #lookAtPair(key: number, ruleKey: number, atS: number, teaches: boolean, n: number): PairSight {
    const { pairs } = this;
    const cell = Math.floor(atS / CELL_S);
    let pair = pairs.find(key);
    const isNewCell = pair < 0 || pairs.isNewCell(pair, cell);
    let entered = 0;
    if (isNewCell) {
      const seen = pair < 0 ? 0 : pairs.seenAt(pair, cell);
      const elsewhere = Math.max(0, this.#rules.valueOf(ruleKey, atS) - seen);
      const isIntroduced = this.#starts.isIntroduced(ruleKey, atS, this.#firstAtS + WARM_UP_S);
      const share = isIntroduced ? INTRODUCED_SHARE : PEER_SHARE;
      entered = (1 + seen + share * elsewhere) ** NOVELTY_EXPONENT;
    }
    if (teaches) {
      if (isNewCell) this.#starts.see(ruleKey, atS, pair < 0);
      pair = pairs.take(key, atS);
      if (isNewCell) {
        pairs.enter(pair, cell, entered);
        this.#rules.add(ruleKey, 1, atS);
      }
    }
    const isAbsent = pair < 0;
    const busy = teaches ? pairs.count(pair, n, atS) : 1 + (isAbsent ? 0 : pairs.busyAt(pair, atS));
    const novelty = isNewCell ? entered : pairs.noveltyOf(pair);
    const record = isAbsent ? 0 : pairs.recordAt(pair, cell);
    const seenCells = teaches
      ? pairs.seenOf(pair)
      : (isAbsent ? 0 : pairs.seenAt(pair, cell)) + (isNewCell ? 1 : 0);
    const burst = Math.log2((1 + busy) / (1 + 2 * record));
    const own = Math.max(novelty * Math.log2(1 + busy), seenCells > MIN_CELLS_OF_RECORD ? burst : 0);
    return { own, novelty, burst, entered };
  }
}

function entitiesOf({ entities }: CountedAlert): CountedAlert['entities'] {
  return entities.length === 0 ? NO_ENTITY : entities;
}

const NOTHING_NEW: PairSight = { own: 0, novelty: 0, burst: Number.NEGATIVE_INFINITY, entered: 0 };

interface PairSight {
  readonly own: number;
  readonly novelty: number;
  readonly burst: number;
  /** Novelty with which the pair enters the running cell; 0 where it is in it already. */
  readonly entered: number;
}

type Sight = Pick<
  BehaviorFacts,
  'own' | 'novelty' | 'newest' | 'burst' | 'isNewRule' | 'entityMass' | 'tenantMass' | 'related'
>;

/** 53-bit hash of two of them; the order matters. */
export function joinKeys(a: number, b: number): number {
  const high = mix(
    Math.imul(a / 0x100000000, 0x9e3779b1) ^ Math.imul(b >>> 0, 0xbb67ae85) ^ (b / 0x100000000),
  );
  const low = mix(
    Math.imul(a >>> 0, 0xbb67ae85) ^ Math.imul(high, 0x9e3779b1) ^ (b >>> 0) ^ (a / 0x100000000),
  );
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0);
}

function mix(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x846ca68b);
  return bits ^ (bits >>> 16);
}

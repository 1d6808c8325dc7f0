import { TACTICS } from '../../alert/attack-tactics.ts';
import { FadingCounts, type FadingCountsState } from './fading-counts.ts';
import { WEEK_S } from './pair-counts.ts';

/** Incidents of a tenant followed at once; the one unseen for longest goes first. */
const MAX_INCIDENTS = 2_000;
const MAX_RULES_OF_INCIDENT = 64;
const HOUR_S = 3_600;
const DAY_S = 86_400;
/** Alerts that the prior counts for. */
const PRIOR_ALERTS = 5;
/** What is expected of an unknown tenant. */
const PRIOR = { night: 0.3, weekend: 0.2, entities: 1.1, tactic: 1 / TACTICS.length } as const;

const TACTIC_POSITIONS: ReadonlyMap<string, number> = new Map(TACTICS.map(({ id }, at) => [id, at]));

/** What the alerts of an incident so far say when one more comes. NaN: it names no incident, or is its first. */
export interface IncidentSoFar {
  /** Earlier alerts of the incident. */
  readonly alerts: number;
  /** Seconds since its first alert; 0 for the first. */
  readonly ageS: number;
  /** Seconds since its latest alert; NaN for the first. */
  readonly gapS: number;
  /** Distinct rules among its earlier alerts. */
  readonly rules: number;
}

/** What kind of tenant it is, from its alerts before this one; fading over a week. */
export interface ProfileFacts {
  readonly incident: IncidentSoFar;
  /** Distinct rules seen. */
  readonly rules: number;
  readonly alertsPerIncident: number;
  /** Share of this alert's rule among its alerts, 0-1. */
  readonly ruleShare: number;
  readonly nightShare: number;
  readonly weekendShare: number;
  /** Entities an alert. */
  readonly entities: number;
  /** (14,) share of the alerts that name each tactic, in the order of TACTICS. */
  readonly tactics: Float64Array;
}

export interface ProfiledAlert {
  readonly rule: number;
  /** The vendor's incident, or the product's own; undefined where there is none. */
  readonly incident: number | undefined;
  readonly nEntities: number;
  readonly tactics: readonly string[];
}

export interface TenantProfileState {
  readonly sums: FadingCountsState;
  readonly rules: FadingCountsState;
  readonly incidents: readonly {
    readonly key: number;
    readonly nAlerts: number;
    readonly firstAtS: number;
    readonly lastAtS: number;
    readonly rules: readonly number[];
  }[];
}

interface OpenIncident {
  nAlerts: number;
  firstAtS: number;
  lastAtS: number;
  readonly rules: Set<number>;
}

const NO_INCIDENT: IncidentSoFar = {
  alerts: Number.NaN,
  ageS: Number.NaN,
  gapS: Number.NaN,
  rules: Number.NaN,
};
const FIRST_OF_INCIDENT: IncidentSoFar = { alerts: 0, ageS: 0, gapS: Number.NaN, rules: 0 };

// Keys of the sums; tactics follow.
const ALERTS = 0;
const INCIDENTS = 1;
const NIGHT = 2;
const WEEKEND = 3;
const ENTITIES = 4;
const FIRST_TACTIC = 8;

/** Running numbers of one tenant and of its open incidents. Bounded: some sums, and 2,000 incidents at most. */
export class TenantProfile {
  readonly #sums = new FadingCounts(WEEK_S, 32);
  readonly #rules: FadingCounts;
  readonly #incidents = new Map<number, OpenIncident>();

  constructor(maxRules: number) {
    this.#rules = new FadingCounts(WEEK_S, maxRules);
  }

  /** What is known before this alert. Changes nothing. */
  look(alert: ProfiledAlert, atS: number): ProfileFacts {
    const n = this.#sums.valueOf(ALERTS, atS);
    const mean = (key: number, prior: number): number =>
      (this.#sums.valueOf(key, atS) + PRIOR_ALERTS * prior) / (n + PRIOR_ALERTS);
    const tactics = new Float64Array(TACTICS.length);
    for (let t = 0; t < tactics.length; t++) tactics[t] = mean(FIRST_TACTIC + t, PRIOR.tactic);
    return {
      incident: this.#incidentSoFar(alert.incident, atS),
      rules: this.#rules.size,
      alertsPerIncident: (n + 1) / (this.#sums.valueOf(INCIDENTS, atS) + 1),
      ruleShare: (this.#rules.valueOf(alert.rule, atS) + 0.5) / (n + 1),
      nightShare: mean(NIGHT, PRIOR.night),
      weekendShare: mean(WEEKEND, PRIOR.weekend),
      entities: mean(ENTITIES, PRIOR.entities),
      tactics,
    };
  }

  /** @param n alerts that are all alike */
  count(alert: ProfiledAlert, atS: number, n = 1): void {
    const sums = this.#sums;
    sums.add(ALERTS, n, atS);
    const hour = Math.floor(atS / HOUR_S) % 24;
    if (hour < 6 || hour >= 22) sums.add(NIGHT, n, atS);
    // 1 January 1970 was a Thursday
    if ((Math.floor(atS / DAY_S) + 3) % 7 >= 5) sums.add(WEEKEND, n, atS);
    sums.add(ENTITIES, n * alert.nEntities, atS);
    for (const tactic of alert.tactics) {
      const position = TACTIC_POSITIONS.get(tactic);
      if (position !== undefined) sums.add(FIRST_TACTIC + position, n, atS);
    }
    this.#rules.add(alert.rule, n, atS);
    if (alert.incident !== undefined) this.#countIncident(alert.incident, alert.rule, atS, n);
    else sums.add(INCIDENTS, n, atS);
  }

  toState(): TenantProfileState {
    return {
      sums: this.#sums.toState(),
      rules: this.#rules.toState(),
      incidents: [...this.#incidents].map(([key, { nAlerts, firstAtS, lastAtS, rules }]) => ({
        key,
        nAlerts,
        firstAtS,
        lastAtS,
        rules: [...rules],
      })),
    };
  }

  /** Restores what {@link toState} gave, into an empty profile, in steps to pause between. */
  *addState({ sums, rules, incidents }: TenantProfileState): Generator<void> {
    yield* this.#sums.addState(sums);
    yield* this.#rules.addState(rules);
    for (const { key, rules: ofIncident, ...open } of incidents) {
      this.#incidents.set(key, { ...open, rules: new Set(ofIncident) });
    }
  }

  #incidentSoFar(key: number | undefined, atS: number): IncidentSoFar {
    if (key === undefined) return NO_INCIDENT;
    const open = this.#incidents.get(key);
    if (open === undefined) return FIRST_OF_INCIDENT;
    return {
      alerts: open.nAlerts,
      ageS: Math.max(0, atS - open.firstAtS),
      gapS: Math.max(0, atS - open.lastAtS),
      rules: open.rules.size,
    };
  }

  #countIncident(key: number, rule: number, atS: number, n: number): void {
    let open = this.#incidents.get(key);
    if (open === undefined) {
      if (this.#incidents.size >= MAX_INCIDENTS) {
        const [longestUnseen] = this.#incidents.keys();
        this.#incidents.delete(longestUnseen!);
      }
      open = { nAlerts: 0, firstAtS: atS, lastAtS: atS, rules: new Set() };
      this.#sums.add(INCIDENTS, 1, atS);
    } else this.#incidents.delete(key);
    this.#incidents.set(key, open);
    open.nAlerts += n;
    open.firstAtS = Math.min(open.firstAtS, atS);
    open.lastAtS = Math.max(open.lastAtS, atS);
    if (open.rules.size < MAX_RULES_OF_INCIDENT) open.rules.add(rule);
  }
}

/** Places told apart in a roll-up; alerts elsewhere count without their place. */
export const MAX_PLACES = 50;

/** Alike routine alerts of one tenant, counted: one rule at one place on one day. */
export interface RoutineAlerts {
  /** 53-bit hash. */
  readonly rule: number;
  readonly ruleName: string;
  /** Whole days since 1970, UTC. */
  readonly day: number;
  /** 53-bit hash of the main entity; 0 where the alerts name none. */
  readonly place: number;
  /** `kind:value` of it; empty where only hashes are kept. */
  readonly placeName: string;
  readonly nAlerts: number;
  /** Seconds. */
  readonly firstAtS: number;
  readonly lastAtS: number;
}

export interface Place {
  readonly name: string;
  nAlerts: number;
}

/** A roll-up as it is stored. */
export interface RollUpState {
  readonly rule: number;
  readonly ruleName: string;
  readonly day: number;
  readonly nAlerts: number;
  readonly firstAtS: number;
  readonly lastAtS: number;
  readonly places: readonly (readonly [number, Place])[];
}

/**
 * The routine alerts of one rule on one day, as one item to look at instead of all of them. Sums, minima and maxima:
 * adding is commutative; only which places are told apart beyond {@link MAX_PLACES} depends on the order.
 */
export class RollUp {
  readonly rule: number;
  readonly ruleName: string;
  readonly day: number;
  nAlerts = 0;
  firstAtS = Number.POSITIVE_INFINITY;
  lastAtS = Number.NEGATIVE_INFINITY;
  readonly places = new Map<number, Place>();

  constructor(rule: number, ruleName: string, day: number) {
    this.rule = rule;
    this.ruleName = ruleName;
    this.day = day;
  }

  /** Alerts at places that are not told apart, those that name no entity among them. */
  get nElsewhere(): number {
    let nTold = 0;
    for (const { nAlerts } of this.places.values()) nTold += nAlerts;
    return this.nAlerts - nTold;
  }

  add({ place, placeName, nAlerts, firstAtS, lastAtS }: RoutineAlerts): void {
    this.nAlerts += nAlerts;
    this.firstAtS = Math.min(this.firstAtS, firstAtS);
    this.lastAtS = Math.max(this.lastAtS, lastAtS);
    if (place === 0) return;
    const known = this.places.get(place);
    if (known !== undefined) known.nAlerts += nAlerts;
    else if (this.places.size < MAX_PLACES) this.places.set(place, { name: placeName, nAlerts });
  }

  toState(): RollUpState {
    const { rule, ruleName, day, nAlerts, firstAtS, lastAtS, places } = this;
    return { rule, ruleName, day, nAlerts, firstAtS, lastAtS, places: [...places] };
  }

  static from({ rule, ruleName, day, nAlerts, firstAtS, lastAtS, places }: RollUpState): RollUp {
    const rollUp = new RollUp(rule, ruleName, day);
    rollUp.nAlerts = nAlerts;
    rollUp.firstAtS = firstAtS;
    rollUp.lastAtS = lastAtS;
    for (const [key, place] of places) rollUp.places.set(key, { ...place });
    return rollUp;
  }
}

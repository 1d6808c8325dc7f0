import { joinKeys } from '../behavior/tenant-behavior.ts';
import { type Pieces, StagedCapture } from '../staged-capture.ts';
import { RollUp, type RollUpState, type RoutineAlerts } from './roll-up.ts';

export interface RollUpLimits {
  readonly tenants: number;
  /** Rules with a roll-up of their own on one day of a tenant; the others share one. */
  readonly rulesPerDay: number;
  /** Roll-ups over all tenants. */
  readonly total: number;
}

/** About 60 MB at the most: some 300 bytes a roll-up, and 60 for each place. */
export const DEFAULT_ROLL_UP_LIMITS: RollUpLimits = { tenants: 10_000, rulesPerDay: 500, total: 100_000 };

/** Days of event time for which a roll-up is kept, the newest one included. */
export const KEPT_DAYS = 8;
/** Roll-ups that are restored between two pauses. */
const ROLL_UPS_PER_STEP = 256;
/** Stands for the rules beyond the limit of a day. */
const OTHER_RULES = 0;
const OTHER_RULES_NAME = 'other rules';

interface TenantRollUps {
  newestDay: number;
  readonly items: Map<number, RollUp>;
  /** Rules with a roll-up of their own by day. */
  readonly nRules: Map<number, number>;
}

/**
 * What did not stand out: a roll-up for each rule and day of a tenant. Nothing is left out of the counts of a day,
 * whatever is sent; what is bounded is how finely they are told apart, and for how long.
 */
export class RollUps {
  readonly #limits: RollUpLimits;
  /** From the longest unseen to the newest. */
  readonly #tenants = new Map<number, TenantRollUps>();
  readonly #captured = new StagedCapture<{ readonly items: readonly RollUpState[] }>();
  #total = 0;

  constructor(limits: RollUpLimits = DEFAULT_ROLL_UP_LIMITS) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Alerts of a day that is not kept any more are passed over. */
  count(tenantKey: number, alerts: RoutineAlerts): void {
    this.#captured.before(tenantKey);
    const tenant = this.#take(tenantKey);
    const { day } = alerts;
    if (day > tenant.newestDay) {
      tenant.newestDay = day;
      this.#forgetBefore(tenant, day - KEPT_DAYS + 1);
    }
    if (day <= tenant.newestDay - KEPT_DAYS) return;
    this.#itemOf(tenant, alerts).add(alerts);
    while (this.#total > this.#limits.total && this.#tenants.size > 1) this.#forgetLongestUnseen();
  }

  /** Every roll-up of a tenant, or of all. */
  *items(tenantKey: number | undefined): Generator<RollUp> {
    if (tenantKey !== undefined) yield* this.#tenants.get(tenantKey)?.items.values() ?? [];
    else for (const { items } of this.#tenants.values()) yield* items.values();
  }

  /** Begins to take down the roll-ups known now; {@link finishCapture} gives them. */
  beginCapture(): void {
    function* pieces({ items }: TenantRollUps): Pieces<{ readonly items: readonly RollUpState[] }> {
      yield { items: Array.from(items.values(), (item) => item.toState()) };
    }
    this.#captured.begin(Array.from(this.#tenants, ([key, tenant]) => [key, pieces(tenant)] as const));
  }

  /** By tenant, as they were when the capture began. */
  async finishCapture(): Promise<readonly (readonly [number, readonly RollUpState[]])[]> {
    return (await this.#captured.finish()).map(([key, { items }]) => [key, items] as const);
  }

  /** Restores one tenant that {@link toStates} gave and that is not known here, in steps to pause between. */
  *addState(key: number, states: Iterable<RollUpState>): Generator<void> {
    const tenant = this.#take(key);
    for (const state of states) {
      if (tenant.items.size % ROLL_UPS_PER_STEP === ROLL_UPS_PER_STEP - 1) yield;
      tenant.newestDay = Math.max(tenant.newestDay, state.day);
      this.#keep(tenant, RollUp.from(state));
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#tenants.clear();
    this.#total = 0;
  }

  #itemOf(tenant: TenantRollUps, { rule, ruleName, day }: RoutineAlerts): RollUp {
    const known = tenant.items.get(joinKeys(rule, day));
    if (known !== undefined) return known;
    if ((tenant.nRules.get(day) ?? 0) < this.#limits.rulesPerDay)
      return this.#keep(tenant, new RollUp(rule, ruleName, day));
    const others = tenant.items.get(joinKeys(OTHER_RULES, day));
    return others ?? this.#keep(tenant, new RollUp(OTHER_RULES, OTHER_RULES_NAME, day));
  }

  #keep(tenant: TenantRollUps, item: RollUp): RollUp {
    tenant.items.set(joinKeys(item.rule, item.day), item);
    tenant.nRules.set(item.day, (tenant.nRules.get(item.day) ?? 0) + 1);
    this.#total++;
    return item;
  }

  #take(key: number): TenantRollUps {
    let tenant = this.#tenants.get(key);
    if (tenant === undefined) {
      if (this.#tenants.size >= this.#limits.tenants) this.#forgetLongestUnseen();
      tenant = { newestDay: Number.NEGATIVE_INFINITY, items: new Map(), nRules: new Map() };
    } else this.#tenants.delete(key);
    this.#tenants.set(key, tenant);
    return tenant;
  }

  #forgetBefore(tenant: TenantRollUps, day: number): void {
    for (const [key, item] of tenant.items) {
      if (item.day >= day) continue;
      tenant.items.delete(key);
      tenant.nRules.delete(item.day);
      this.#total--;
    }
  }

  #forgetLongestUnseen(): void {
    const [first] = this.#tenants;
    if (first === undefined) return;
    this.#total -= first[1].items.size;
    this.#tenants.delete(first[0]);
  }
}

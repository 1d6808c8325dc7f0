import { type CorrelationHit, Correlator } from './sigma/correlate/correlator.ts';
import type { SigmaEvent } from './sigma/match/event-field.ts';
import type { RuleSet } from './sigma/rule-set.ts';

/** Tenants whose windows are kept; of more, the one unused for longest is forgotten. */
const MAX_TENANTS = 1_000;
/** Groups and events kept of one tenant, over the correlations of a set. */
const TENANT_GROUPS = 10_000;
const TENANT_EVENTS = 100_000;

/** One event of an alert and the rules it matched. */
export interface WindowedEvent {
  readonly tenant: string;
  readonly event: SigmaEvent;
  /** Numbers of the rules in their set, those included that only feed correlations. */
  readonly rules: readonly number[];
  /** Time of the alert. */
  readonly timeMs: number;
}

/**
 * What the correlations of rule sets have seen, tenant by tenant: no tenant's alerts complete another's correlation, nor
 * take the room of its windows. Of this instance alone; a set that was loaded anew starts from nothing.
 */
export class CorrelationWindows {
  readonly #ofSet = new WeakMap<RuleSet, Map<string, Correlator>>();

  /** Correlations that the event completes. */
  observe(set: RuleSet, { tenant, event, rules, timeMs }: WindowedEvent): CorrelationHit[] {
    if (rules.length === 0) return [];
    let tenants = this.#ofSet.get(set);
    if (tenants === undefined) {
      tenants = new Map();
      this.#ofSet.set(set, tenants);
    }
    const known = tenants.get(tenant);
    const correlator =
      known ?? new Correlator(set.correlations, { maxGroups: TENANT_GROUPS, maxEntries: TENANT_EVENTS });
    // the map keeps the order of use
    if (known !== undefined) tenants.delete(tenant);
    tenants.set(tenant, correlator);
    if (tenants.size > MAX_TENANTS) tenants.delete(tenants.keys().next().value!);
    return correlator.observe(event, rules, timeMs);
  }
}

import { type CorrelationHit, Correlator } from './sigma/correlate/correlator.ts';
import type { SigmaEvent } from './sigma/match/event-field.ts';
import type { RuleSet } from './sigma/rule-set.ts';
import { WindowFields } from './window-fields.ts';

/** Tenants whose windows are kept; of more, the one unused for longest is forgotten. */
const MAX_TENANTS = 1_000;
/** Groups and events kept of one tenant, over the correlations of a set. */
const TENANT_GROUPS = 10_000;
const TENANT_EVENTS = 100_000;
/** Events of all tenants that are remembered as counted; twice as many at most. */
const MAX_COUNTED = 100_000;

/** One event of an alert and the rules it matched. */
export interface WindowedEvent {
  readonly tenant: string;
  /** Names the event among all: the alert's key and the event's number in it. */
  readonly id: string;
  readonly event: SigmaEvent;
  /** Numbers of the rules in their set, those included that only feed correlations. */
  readonly rules: readonly number[];
  /** Time of the alert. */
  readonly timeMs: number;
}

/** What other instances are told of an event: the hash of its tenant, and of its fields what correlations go by, hashed. */
export interface ToldEvent {
  /** Name of the set; another one numbers its rules otherwise. */
  readonly set: string;
  readonly tenant: number;
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly rules: readonly number[];
  readonly timeMs: number;
}

/** Where instances tell each other what they counted. */
export interface WindowSharing {
  /** False while what was counted is put together: an event counted in between would be counted twice. */
  isReady(): boolean;
  /** Hash of a text, the same on every instance. */
  hash(text: string): number;
  tell(event: ToldEvent): void;
}

interface SetWindows {
  readonly set: RuleSet;
  /** Undefined: nobody is told. */
  readonly name: string | undefined;
  readonly fields: WindowFields;
  /** By tenant, in the order of use. */
  readonly tenants: Map<string | number, Correlator>;
}

/**
 * What the correlations of rule sets have seen, tenant by tenant: no tenant's alerts complete another's correlation, nor
 * take the room of its windows. Events that other instances tell count as one's own, once each; a correlation is reported
 * by the instance whose alert completes it. A set that was loaded anew starts from nothing.
 */
export class CorrelationWindows {
  readonly #ofSet = new WeakMap<RuleSet, SetWindows>();
  /** Sets that others know by name too. */
  #named: readonly SetWindows[] = [];
  #sharing: WindowSharing | undefined;
  /** Ids of events that were counted, in two generations. */
  #counted = new Set<string>();
  #countedBefore = new Set<string>();

  /** From here on the others are told, and texts are hashed. */
  share(sharing: WindowSharing): void {
    this.#sharing = sharing;
    this.clear();
  }

  /** Sets that are in force, under the names that they have on every instance; what others told of former ones is dropped. */
  name(sets: readonly (readonly [name: string, set: RuleSet])[]): void {
    this.#named = sets.map(([name, set]) => {
      const known = this.#ofSet.get(set);
      const windows: SetWindows = known?.name === name ? known : newWindows(set, name);
      this.#ofSet.set(set, windows);
      return windows;
    });
  }

  /** Forgets every event: all of them are told again, or the key of the hashes is another one. */
  clear(): void {
    this.#counted.clear();
    this.#countedBefore.clear();
    for (const { tenants } of this.#named) tenants.clear();
  }

  /** Correlations that the event completes. */
  observe(set: RuleSet, { tenant, id, event, rules, timeMs }: WindowedEvent): CorrelationHit[] {
    if (rules.length === 0) return [];
    let windows = this.#ofSet.get(set);
    if (windows === undefined) {
      windows = newWindows(set, undefined);
      this.#ofSet.set(set, windows);
    }
    const sharing = windows.name === undefined ? undefined : this.#sharing;
    if (sharing === undefined) return correlatorOf(windows, tenant).observe(event, rules, timeMs);
    const fed = rules.filter((rule) => windows.fields.isFed(rule));
    if (fed.length === 0 || !sharing.isReady() || !this.#countOnce(id)) return [];
    const fields = windows.fields.of(event, (text) => sharing.hash(text));
    const key = sharing.hash(`tenant ${tenant}`);
    sharing.tell({ set: windows.name!, tenant: key, id, fields, rules: fed, timeMs });
    return correlatorOf(windows, key).observe(fields, fed, timeMs);
  }

  /** Takes in what another instance counted, or this one before it forgot. */
  takeIn({ set, tenant, id, fields, rules, timeMs }: ToldEvent): void {
    const windows = this.#named.find(({ name }) => name === set);
    if (windows === undefined || !this.#countOnce(id)) return;
    correlatorOf(windows, tenant).observe(fields, rules, timeMs, true);
  }

  /** @returns whether the event was not counted before */
  #countOnce(id: string): boolean {
    if (this.#counted.has(id) || this.#countedBefore.has(id)) return false;
    if (this.#counted.size >= MAX_COUNTED) {
      this.#countedBefore = this.#counted;
      this.#counted = new Set();
    }
    this.#counted.add(id);
    return true;
  }
}

const newWindows = (set: RuleSet, name: string | undefined): SetWindows => ({
  set,
  name,
  fields: new WindowFields(set.correlations),
  tenants: new Map(),
});

function correlatorOf({ set, tenants }: SetWindows, tenant: string | number): Correlator {
  const known = tenants.get(tenant);
  const correlator =
    known ?? new Correlator(set.correlations, { maxGroups: TENANT_GROUPS, maxEntries: TENANT_EVENTS });
  if (known !== undefined) tenants.delete(tenant);
  tenants.set(tenant, correlator);
  if (tenants.size > MAX_TENANTS) tenants.delete(tenants.keys().next().value!);
  return correlator;
}

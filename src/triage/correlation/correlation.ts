import type { NotableAlert } from './notable-alert.ts';
import { type Joined, TenantIncidents, type TenantIncidentsState } from './tenant-incidents.ts';

export interface CorrelationLimits {
  readonly tenants: number;
  /** (key, cell) nodes remembered of one tenant. */
  readonly nodesPerTenant: number;
}

export const DEFAULT_CORRELATION_LIMITS: CorrelationLimits = { tenants: 10_000, nodesPerTenant: 50_000 };

/** The incidents of all tenants; those of a tenant that raised nothing notable for longest are forgotten first. */
export class Correlation {
  readonly #limits: CorrelationLimits;
  readonly #tenants = new Map<number, TenantIncidents>();

  constructor(limits: CorrelationLimits = DEFAULT_CORRELATION_LIMITS) {
    this.#limits = limits;
  }

  /** Joins a notable alert. @param watchedS seconds for which the tenant has been watched */
  join(tenant: number, alert: NotableAlert, watchedS: number): Joined {
    return this.#take(tenant).join(alert, watchedS);
  }

  *toStates(): Generator<readonly [number, TenantIncidentsState]> {
    for (const [key, incidents] of this.#tenants) yield [key, incidents.toState()];
  }

  /** Restores one tenant that {@link toStates} gave and that is not known here. */
  addState(key: number, state: TenantIncidentsState): void {
    this.#take(key).addState(state);
  }

  /** Forgets everything. */
  clear(): void {
    this.#tenants.clear();
  }

  #take(tenant: number): TenantIncidents {
    let incidents = this.#tenants.get(tenant);
    if (incidents === undefined) {
      if (this.#tenants.size >= this.#limits.tenants) {
        const [longestUnseen] = this.#tenants.keys();
        this.#tenants.delete(longestUnseen!);
      }
      incidents = new TenantIncidents(tenant.toString(36), this.#limits.nodesPerTenant);
    } else this.#tenants.delete(tenant);
    this.#tenants.set(tenant, incidents);
    return incidents;
  }

  /** As {@link TenantIncidents.find}. */
  find(tenant: number, alert: NotableAlert): Joined | undefined {
    return this.#tenants.get(tenant)?.find(alert);
  }

  tenant(key: number): TenantIncidents | undefined {
    return this.#tenants.get(key);
  }

  tenants(): IterableIterator<[number, TenantIncidents]> {
    return this.#tenants.entries();
  }
}

import { StagedCapture } from '../staged-capture.ts';
import { type ForgottenAnalyst, ForgottenAnalysts } from './forgotten-analysts.ts';
import type { GroupJudgement } from './group.ts';
import type { NotableAlert } from './notable-alert.ts';
import { RollUps } from './roll-ups.ts';
import {
  type Joined,
  type JoinedAgain,
  TenantIncidents,
  type TenantIncidentsCapture,
  type TenantIncidentsState,
} from './tenant-incidents.ts';

export interface CorrelationLimits {
  readonly tenants: number;
  /** (key, cell) nodes remembered of one tenant. */
  readonly nodesPerTenant: number;
}

export const DEFAULT_CORRELATION_LIMITS: CorrelationLimits = { tenants: 10_000, nodesPerTenant: 50_000 };

/**
 * The incidents of all tenants, and the roll-ups of what did not stand out; those of a tenant that raised nothing for
 * longest are forgotten first.
 */
export class Correlation {
  readonly #limits: CorrelationLimits;
  readonly #tenants = new Map<number, TenantIncidents>();
  readonly #captured = new StagedCapture<TenantIncidentsCapture>();
  readonly rollUps = new RollUps();
  readonly #forgotten = new ForgottenAnalysts();

  constructor(limits: CorrelationLimits = DEFAULT_CORRELATION_LIMITS) {
    this.#limits = limits;
  }

  /** Joins a notable alert. @param watchedS seconds for which the tenant has been watched */
  join(tenant: number, alert: NotableAlert, watchedS: number): Joined {
    this.#captured.before(tenant);
    return this.#take(tenant).join(alert, watchedS);
  }

  /** As {@link TenantIncidents.joinAgain}. */
  joinAgain(tenant: number, alert: NotableAlert, watchedS: number): JoinedAgain | undefined {
    this.#captured.before(tenant);
    return this.#tenants.get(tenant)?.joinAgain(alert, watchedS);
  }

  /** Keeps one analyst's word on an incident, unless the analyst has been forgotten since. */
  judge(tenant: number, id: string, judgement: GroupJudgement): void {
    if (!this.#forgotten.holds(judgement)) this.#tenants.get(tenant)?.byId(id)?.judge(judgement);
  }

  /** Takes an analyst's judgements out of every incident, and out of what is told later. @returns incidents changed */
  forget(who: ForgottenAnalyst): number {
    this.#forgotten.add(who);
    let n = 0;
    for (const incidents of this.#tenants.values())
      for (const group of incidents.incidents()) if (group.forget(this.#forgotten)) n++;
    return n;
  }

  /** Analysts forgotten so far. */
  forgotten(): ForgottenAnalyst[] {
    return this.#forgotten.toStates();
  }

  /** Begins to take down the incidents known now; {@link finishCapture} gives them. */
  beginCapture(): void {
    this.#captured.begin(
      Array.from(this.#tenants, ([key, incidents]) => [key, incidents.statePieces()] as const),
    );
  }

  /** By tenant, as they were when the capture began; judgements and answers given since may be among them. */
  finishCapture(): Promise<readonly (readonly [number, TenantIncidentsCapture])[]> {
    return this.#captured.finish();
  }

  /** Restores one tenant that {@link finishCapture} gave and that is not known here, in steps to pause between. */
  *addState(key: number, state: TenantIncidentsState): Generator<void> {
    yield* this.#take(key).addState(state);
  }

  /** Forgets everything. */
  clear(): void {
    this.#tenants.clear();
    this.#forgotten.clear();
    this.rollUps.clear();
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

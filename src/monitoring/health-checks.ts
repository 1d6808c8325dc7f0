/** How the service was at one moment. */
export interface HealthCheck {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly status: 'ok' | 'degraded' | 'unhealthy';
  /** The first reason of a status other than ok. */
  readonly reason: string | undefined;
}

/** Checks kept. */
export const KEPT_CHECKS = 90;
/** Length of the period that one check stands for. */
const PERIOD_MS = 60_000;
const RANK = { ok: 0, degraded: 1, unhealthy: 2 } as const;

/** The last checks of this instance, one a minute: of several in a minute the worst, of equally bad ones the first. */
export class HealthChecks {
  #checks: { readonly period: number; readonly check: HealthCheck }[] = [];

  note(nowMs: number, status: HealthCheck['status'], reasons: readonly string[]): void {
    const period = Math.floor(nowMs / PERIOD_MS);
    const last = this.#checks.at(-1);
    const check = { at: new Date(nowMs).toISOString(), status, reason: reasons[0] };
    if (last?.period !== period) {
      this.#checks = [...this.#checks.slice(1 - KEPT_CHECKS), { period, check }];
    } else if (RANK[status] > RANK[last.check.status]) {
      this.#checks = [...this.#checks.slice(0, -1), { period, check }];
    }
  }

  /** Oldest first. */
  list(): readonly HealthCheck[] {
    return this.#checks.map(({ check }) => check);
  }
}

import type { FleetStore, HeardInstance, InstanceReport } from '../fleet-store.ts';

/** {@link FleetStore} in memory: for tests and for runs that keep nothing. */
export class MemoryFleetStore implements FleetStore {
  readonly #instances = new Map<string, { readonly report: InstanceReport; readonly storedAtMs: number }>();
  readonly #now: () => number;

  /** @param now clock of this storage, in ms */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async report(instance: InstanceReport): Promise<void> {
    this.#instances.set(instance.instanceId, { report: { ...instance }, storedAtMs: this.#now() });
  }

  async list(maxAgeMs: number): Promise<readonly HeardInstance[]> {
    return [...this.#instances.values()]
      .map(({ report, storedAtMs }) => ({
        ...report,
        ageMs: this.#now() - storedAtMs,
        skewMs: Date.parse(report.seenAt) - storedAtMs,
      }))
      .filter(({ ageMs }) => ageMs <= maxAgeMs);
  }

  async withdraw(instanceId: string): Promise<void> {
    this.#instances.delete(instanceId);
  }

  async dropUnreadable(): Promise<number> {
    return 0;
  }
}

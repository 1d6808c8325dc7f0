import type { FleetStore, InstanceReport } from '../fleet-store.ts';

/** {@link FleetStore} in memory: for tests and for runs that keep nothing. */
export class MemoryFleetStore implements FleetStore {
  readonly #instances = new Map<string, InstanceReport>();

  async report(instance: InstanceReport): Promise<void> {
    this.#instances.set(instance.instanceId, { ...instance });
  }

  async list(sinceMs: number): Promise<readonly InstanceReport[]> {
    return [...this.#instances.values()].filter(({ seenAt }) => Date.parse(seenAt) >= sinceMs);
  }
}

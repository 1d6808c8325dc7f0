/** What one running instance says of itself. */
export interface InstanceReport {
  readonly instanceId: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly seenAt: string;
  /** Release id it serves, undefined before the first load. */
  readonly release: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  /** Opaque sketches (latency, drift) to merge across instances, each <= 30 Ki characters. */
  readonly sketches: Readonly<Record<string, string>>;
}

export interface FleetStore {
  report(instance: InstanceReport): Promise<void>;
  /** Reports seen at or after `sinceMs`. */
  list(sinceMs: number): Promise<readonly InstanceReport[]>;
}

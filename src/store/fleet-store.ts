/** What one running instance says of itself. */
export interface InstanceReport {
  readonly instanceId: string;
  /** ISO 8601 UTC, by the instance's own clock. */
  readonly startedAt: string;
  readonly seenAt: string;
  /** Release id it serves, undefined before the first load. */
  readonly release: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  /** Opaque sketches (latency, drift) to merge across instances, each <= 30 Ki characters. */
  readonly sketches: Readonly<Record<string, string>>;
}

/** A report as storage keeps it. */
export interface HeardInstance extends InstanceReport {
  /** Time since the report was stored, in ms, by the clock of storage: the instances' own clocks may differ. */
  readonly ageMs: number;
  /** How far the clock of the instance was ahead of that of storage when it reported, in ms; below 0 behind. */
  readonly skewMs: number;
}

export interface FleetStore {
  report(instance: InstanceReport): Promise<void>;
  /** Reports stored within the last `maxAgeMs`, by the clock of storage. */
  list(maxAgeMs: number): Promise<readonly HeardInstance[]>;
  /** Forgets an instance that stops; a missing one is fine. */
  withdraw(instanceId: string): Promise<void>;
  /** Removes the rows that cannot be read: an instance that lives writes its own anew. Returns how many went. */
  dropUnreadable(): Promise<number>;
}

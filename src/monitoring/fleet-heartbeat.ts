import type { FleetStore, InstanceReport } from '../store/fleet-store.ts';

/** What this instance serves now. */
export interface InstanceState {
  readonly release: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
}

export interface FleetAgreement {
  readonly instances: readonly InstanceReport[];
  /** Whether every instance seen lately serves the same versions; true for none or one. */
  readonly agree: boolean;
}

export interface FleetHeartbeatOptions {
  readonly fleet: FleetStore;
  readonly instanceId: string;
  readonly startedAt: string;
  readonly now: () => number;
  readonly everyMs: number;
  /** What else the others are to know, by name, each at most 30,000 characters. @default nothing */
  readonly sketches?: () => Readonly<Record<string, string>>;
}

/** An instance that has not been heard of for this many beats counts as gone. */
const MISSED_BEATS = 4;

/**
 * Tells the fleet what this instance serves and says whether all agree. A timer reaches one instance only, so each
 * tells of itself; a beat that fails is dropped, the next one says the same.
 */
export class FleetHeartbeat {
  readonly #options: FleetHeartbeatOptions;
  #lastBeatMs = Number.NEGATIVE_INFINITY;
  #lastVersions = '';

  constructor(options: FleetHeartbeatOptions) {
    this.#options = options;
  }

  /** Reports when a beat is due or the versions have changed. Resolves whatever happens to the report. */
  async beat(state: InstanceState): Promise<void> {
    const { fleet, instanceId, startedAt, now, everyMs, sketches = () => ({}) } = this.#options;
    const versions = JSON.stringify([state.release, state.versions]);
    if (now() - this.#lastBeatMs < everyMs && versions === this.#lastVersions) return;
    this.#lastBeatMs = now();
    this.#lastVersions = versions;
    try {
      await fleet.report({
        instanceId,
        startedAt,
        seenAt: new Date(now()).toISOString(),
        release: state.release,
        versions: state.versions,
        sketches: sketches(),
      });
    } catch {
      this.#lastVersions = '';
    }
  }

  /** @throws AlertforestError STORE_UNAVAILABLE where the fleet cannot be asked */
  async agreement(): Promise<FleetAgreement> {
    const { fleet, now, everyMs } = this.#options;
    const instances = await fleet.list(now() - MISSED_BEATS * everyMs);
    const serving = new Set(instances.map(({ versions }) => JSON.stringify(versions)));
    return { instances, agree: serving.size <= 1 };
  }
}

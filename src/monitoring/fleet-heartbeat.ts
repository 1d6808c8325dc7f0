import type { FleetStore, HeardInstance } from '../store/fleet-store.ts';

/** What this instance serves now. */
export interface InstanceState {
  readonly release: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
}

export interface FleetAgreement {
  readonly instances: readonly HeardInstance[];
  /** Whether every instance seen lately serves the same versions; true for none or one. */
  readonly agree: boolean;
}

const COMMAND = 'command-';
/** Name of a process of the command line: others see that it holds a lease, and do not count it. */
export const commandId = (id: string): string => `${COMMAND}${id}`;
const isCommandId = (id: string): boolean => id.startsWith(COMMAND);

export interface FleetHeartbeatOptions {
  readonly fleet: FleetStore;
  readonly instanceId: string;
  readonly startedAt: string;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: beats go on whatever becomes of `now`. */
  readonly elapsed: () => number;
  readonly everyMs: number;
  /** What else the others are to know, by name, each at most 30,000 characters. @default nothing */
  readonly sketches?: () => Readonly<Record<string, string>>;
}

/** An instance that has not been heard of for this many beats, by the clock of storage, is dead. */
const MISSED_BEATS = 3;
/** A beat is due a little before its time: a timer that fires a moment early must not skip one. */
const DUE = 0.9;

/**
 * Tells the fleet what this instance serves and says whether all agree. A timer reaches one instance only, so each
 * tells of itself; a beat that fails is dropped, the next one says the same.
 */
export class FleetHeartbeat {
  readonly #options: FleetHeartbeatOptions;
  #lastBeatMs = Number.NEGATIVE_INFINITY;
  #lastVersions = '';
  #state: InstanceState = { release: undefined, versions: {} };
  /** Reports follow each other: none may arrive after the withdrawal. */
  #reporting: Promise<void> = Promise.resolve();
  #isWithdrawn = false;

  constructor(options: FleetHeartbeatOptions) {
    this.#options = options;
  }

  /** Reports when a beat is due or the versions have changed. Resolves whatever happens to the report. */
  async beat(state: InstanceState): Promise<void> {
    const { elapsed, everyMs, instanceId } = this.#options;
    if (isCommandId(instanceId)) return;
    const versions = JSON.stringify([state.release, state.versions]);
    this.#state = state;
    if (elapsed() - this.#lastBeatMs < DUE * everyMs && versions === this.#lastVersions) return;
    this.#lastBeatMs = elapsed();
    this.#lastVersions = versions;
    await this.announce().catch(() => {
      this.#lastVersions = '';
    });
  }

  /**
   * Reports now what the last beat said.
   *
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  announce(): Promise<void> {
    const told = this.#reporting.then(() => this.#report());
    this.#reporting = told.catch(() => {});
    return told;
  }

  /** Instances that live: heard of within three beats. @throws AlertforestError STORE_UNAVAILABLE */
  living(): Promise<readonly HeardInstance[]> {
    return this.#options.fleet.list(MISSED_BEATS * this.#options.everyMs);
  }

  /** Those of {@link living} that serve; commands hold the lease of a retrain, and are no instances. */
  async serving(): Promise<readonly HeardInstance[]> {
    return (await this.living()).filter(({ instanceId }) => !isCommandId(instanceId));
  }

  /** @throws AlertforestError STORE_UNAVAILABLE where the fleet cannot be asked */
  async agreement(): Promise<FleetAgreement> {
    const instances = await this.serving();
    // what has loaded nothing yet, or only trains, disagrees with no other
    const loaded = instances.filter(({ release }) => release !== undefined);
    const serving = new Set(loaded.map(({ versions }) => JSON.stringify(versions)));
    return { instances, agree: serving.size <= 1 };
  }

  /** Says goodbye: the others know at once that this instance is gone. Resolves whatever happens to the message. */
  async withdraw(): Promise<void> {
    this.#isWithdrawn = true;
    await this.#reporting;
    // Storage that is away forgets the instance by itself, three beats later.
    await this.#options.fleet.withdraw(this.#options.instanceId).catch(() => {});
  }

  async #report(): Promise<void> {
    if (this.#isWithdrawn) return;
    const { fleet, instanceId, startedAt, now, sketches = () => ({}) } = this.#options;
    await fleet.report({
      instanceId,
      startedAt,
      seenAt: new Date(now()).toISOString(),
      release: this.#state.release,
      versions: this.#state.versions,
      sketches: sketches(),
    });
  }
}

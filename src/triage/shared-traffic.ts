import type { FleetStore } from '../store/fleet-store.ts';
import type { TenantTraffic } from './tenant-traffic.ts';

/** Name of the sketch in an instance's report. */
export const TRAFFIC_SKETCH = 'tenant_traffic';

/** Four time constants: what an instance counted before that has faded below 2 %. */
const READ_BACK_MS = 4 * 86_400_000;

export interface SharedTrafficOptions {
  readonly traffic: TenantTraffic;
  readonly fleet: FleetStore;
  readonly instanceId: string;
  readonly now: () => number;
  /** How often the others are read. @default 10 minutes */
  readonly everyMs?: number;
  /** Told of a report that could not be read. */
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Counts of the other instances, and of those before a restart: a tenant's alerts are spread over all of them. What
 * this instance counted goes out with its heartbeat as {@link TRAFFIC_SKETCH}.
 */
export class SharedTraffic {
  readonly #options: SharedTrafficOptions;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #hasRead = false;
  #reading: Promise<void> | undefined;

  constructor(options: SharedTrafficOptions) {
    this.#options = options;
  }

  /** Whether the others were read since the start; until then a report of one's own would wipe out the last one. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /**
   * Reads the others where it is due; joins a look that is under way. Never fails: on an outage the counts read
   * before go on fading.
   */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { traffic, fleet, instanceId, now, everyMs = 600_000, onEvent } = this.#options;
    if (now() - this.#readAtMs < everyMs) return;
    const lastReadAtMs = this.#readAtMs;
    this.#readAtMs = now();
    try {
      const reports = await fleet.list(now() - READ_BACK_MS);
      const sketchesOf = (isOwn: boolean): string[] =>
        reports
          .filter((report) => (report.instanceId === instanceId) === isOwn)
          .flatMap((report) => report.sketches[TRAFFIC_SKETCH] ?? []);
      const others = sketchesOf(false);
      // what stands under this instance's name at the first look is of the process before this one
      const before = this.hasRead ? [] : sketchesOf(true);
      const unreadable =
        traffic.takeOthers(others) + before.filter((sketch) => !traffic.goOnFrom(sketch)).length;
      this.#hasRead = true;
      if (unreadable > 0) {
        onEvent('tenant_traffic_unreadable', { unreadable, of: others.length + before.length });
      }
    } catch {
      // asked again at the next refresh
      this.#readAtMs = lastReadAtMs;
    }
  }
}

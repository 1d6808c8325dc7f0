import type { Life, Liveness, Owner } from '../store/owner.ts';
import type { FleetHeartbeat } from './fleet-heartbeat.ts';
import { isRunning, machineId, processMark } from './process-identity.ts';

export interface FleetLivenessOptions {
  readonly heartbeat: Pick<FleetHeartbeat, 'announce' | 'living'>;
  readonly instanceId: string;
  /** As the heartbeat says it, ISO 8601 UTC. */
  readonly startedAt: string;
  /** @default this process */
  readonly process?: Pick<Owner, 'machine' | 'pid' | 'processMark'>;
  /** Whether a process of this machine runs. @default asks the system */
  readonly isRunning?: (pid: number, mark: string | undefined) => boolean;
}

/**
 * The one answer to "does it still live?". A process of this machine is asked for from the system, at once; another
 * is dead when the fleet has not heard of it for three beats, by the clock of storage, when it has withdrawn, or
 * when the instance of its name has started anew.
 */
export class FleetLiveness implements Liveness {
  readonly self: Owner;
  readonly #heartbeat: FleetLivenessOptions['heartbeat'];
  readonly #isRunning: (pid: number, mark: string | undefined) => boolean;

  constructor(options: FleetLivenessOptions) {
    const { heartbeat, instanceId, startedAt } = options;
    const own = options.process ?? {
      machine: machineId(),
      pid: process.pid,
      processMark: processMark(process.pid),
    };
    this.self = { instanceId, startedAt, ...own };
    this.#heartbeat = heartbeat;
    this.#isRunning = options.isRunning ?? isRunning;
  }

  announce(): Promise<void> {
    return this.#heartbeat.announce();
  }

  async lifeOf(owner: Owner): Promise<Life> {
    if (owner.machine === this.self.machine) {
      return this.#isRunning(owner.pid, owner.processMark) ? 'alive' : 'dead';
    }
    try {
      const living = await this.#heartbeat.living();
      const isHeard = living.some(
        ({ instanceId, startedAt }) => instanceId === owner.instanceId && startedAt === owner.startedAt,
      );
      return isHeard ? 'alive' : 'dead';
    } catch {
      return 'unknown';
    }
  }
}

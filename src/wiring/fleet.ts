import { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import { FleetLiveness } from '../monitoring/liveness.ts';
import type { ModelServer } from '../serving/model-server.ts';
import type { Liveness } from '../store/owner.ts';
import type { Base } from './base.ts';

/** Tells of this instance from the start on, whatever it has loaded. */
export function createHeartbeat({
  settings,
  stores,
  instanceId,
  now,
  elapsed,
  startedAtMs,
}: Base): FleetHeartbeat {
  return new FleetHeartbeat({
    fleet: stores.fleet,
    instanceId,
    startedAt: new Date(startedAtMs).toISOString(),
    now,
    elapsed,
    everyMs: Math.max(settings.HEAD_POLL_SECONDS, settings.HEARTBEAT_SECONDS) * 1000,
  });
}

export function createLiveness(
  { instanceId, startedAtMs, identity }: Base,
  heartbeat: FleetHeartbeat,
): Liveness {
  const startedAt = new Date(startedAtMs).toISOString();
  return new FleetLiveness({ heartbeat, instanceId, startedAt, ...identity });
}

/** What this instance and the others tell each other. */
export interface Fleet {
  readonly heartbeat: FleetHeartbeat;
  /** Says what this instance serves, where it is due; never fails. */
  readonly beat: () => Promise<void>;
}

export function createFleet(server: ModelServer, heartbeat: FleetHeartbeat): Fleet {
  return {
    heartbeat,
    beat: () => heartbeat.beat({ release: server.loaded?.release, versions: { ...server.loaded?.versions } }),
  };
}

import { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import type { ModelServer } from '../serving/model-server.ts';
import type { Base } from './base.ts';

/** What this instance and the others tell each other. */
export interface Fleet {
  readonly heartbeat: FleetHeartbeat;
  /** Says what this instance serves, where it is due; never fails. */
  readonly beat: () => Promise<void>;
}

export function createFleet(base: Base, server: ModelServer): Fleet {
  const { settings, stores, instanceId, now, startedAtMs } = base;
  const heartbeat = new FleetHeartbeat({
    fleet: stores.fleet,
    instanceId,
    startedAt: new Date(startedAtMs).toISOString(),
    now,
    everyMs: Math.max(settings.HEAD_POLL_SECONDS * 1000, 15_000),
  });
  return {
    heartbeat,
    beat: () => heartbeat.beat({ release: server.loaded?.release, versions: { ...server.loaded?.versions } }),
  };
}

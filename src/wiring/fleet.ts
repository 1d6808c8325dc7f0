import { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import type { ModelServer } from '../serving/model-server.ts';
import { SharedTraffic, TRAFFIC_SKETCH } from '../triage/shared-traffic.ts';
import { TenantTraffic } from '../triage/tenant-traffic.ts';
import type { Base } from './base.ts';

/** What this instance and the others tell each other. */
export interface Fleet {
  readonly traffic: TenantTraffic;
  readonly heartbeat: FleetHeartbeat;
  /** Reads what the others have counted, where it is due; never fails. */
  readonly readOthers: () => Promise<void>;
  /** Says what this instance serves, where it is due; never fails. */
  readonly beat: () => Promise<void>;
}

export function createFleet(base: Base, server: ModelServer): Fleet {
  const { settings, stores, instanceId, now, startedAtMs, logEvent } = base;
  const traffic = new TenantTraffic(startedAtMs);
  const shared = new SharedTraffic({ traffic, fleet: stores.fleet, instanceId, now, onEvent: logEvent });
  const heartbeat = new FleetHeartbeat({
    fleet: stores.fleet,
    instanceId,
    startedAt: new Date(startedAtMs).toISOString(),
    now,
    everyMs: Math.max(settings.HEAD_POLL_SECONDS * 1000, 15_000),
    sketches: (): Record<string, string> =>
      shared.hasRead ? { [TRAFFIC_SKETCH]: traffic.sketch(now()) } : {},
  });
  return {
    traffic,
    heartbeat,
    readOthers: () => shared.refresh(),
    beat: () => heartbeat.beat({ release: server.loaded?.release, versions: { ...server.loaded?.versions } }),
  };
}

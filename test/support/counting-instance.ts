import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import type { StorageCallSettings } from '../../src/store/azure/storage-call.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableBehaviorLog } from '../../src/store/azure/table-behavior-log.ts';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { SharedState } from '../../src/triage/state/shared-state.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';

export interface CountingOptions {
  readonly connectionString: string;
  /** Names that no other test uses. */
  readonly table: string;
  readonly container: string;
  readonly instanceId: string;
  readonly now: () => number;
  readonly calls?: StorageCallSettings;
}

/** Where the state lies in the container. */
export const SNAPSHOT = 'behavior/snapshot.bin';

/**
 * The stages of an instance with what they share over real storage, without the service around them. Its alerts are of a
 * tenant's first day: of low severity they become roll-ups, of high severity incidents, and each counts once.
 */
export function countingInstance({ connectionString, table, container, ...options }: CountingOptions) {
  const { instanceId, now, calls } = options;
  const clients = createStorageClients({ connectionString });
  const triage = createTriage({ key: new Uint8Array(32).fill(1), isReady: () => shared.isReady });
  triage.pending.isKept = true;
  const { behavior, correlation, hostNames, pending } = triage;
  const events: string[] = [];
  const shared: SharedState = new SharedState({
    ...{ behavior, correlation, hostNames, pending, instanceId, now },
    recent: new RecentKeys(),
    log: new TableBehaviorLog(clients.table(table), calls),
    blobs: new BlobModelStore(clients.container(container), calls),
    snapshotPaths: { snapshot: SNAPSHOT, before: 'behavior/snapshot-before.bin' },
    lockPath: 'behavior/lock',
    useKey: async () => false,
    useOwnKey: () => {},
    onEvent: (event, details) => events.push(`${event} ${JSON.stringify(details)}`),
  });
  let nSeen = 0;
  return {
    shared,
    events,
    /** Scores so many alerts, every tenth of high severity. */
    see(n: number): void {
      for (let i = 0; i < n; i++) {
        const nth = nSeen++;
        const alert = anAlert({
          id: `${instanceId} ${nth}`,
          tenant: 'acme',
          rule_id: `rule-${nth % 3}`,
          severity: nth % 10 === 0 ? 'high' : 'low',
          entities: [{ kind: 'host', value: `host-${nth % 7}` }],
          occurred_at: new Date(now()).toISOString(),
        });
        triage.pipeline.run({ alert, payload: undefined, alertKey: alert.id, nowMs: now(), observe: true });
      }
    },
    /** Judges every incident. */
    judge(analyst: string): void {
      const judgement = { disposition: 'benign' as const, analyst, at: new Date(now()).toISOString() };
      for (const [tenant, incidents] of correlation.tenants())
        for (const { id } of incidents.incidents()) {
          correlation.judge(tenant, id, judgement);
          pending.judge(tenant, id, judgement);
        }
    },
    /** Analysts whose judgements stand on incidents. */
    judges(): readonly string[] {
      const names = new Set<string>();
      for (const [, incidents] of correlation.tenants())
        for (const group of incidents.incidents())
          for (const { analyst } of group.capture()().judgements ?? []) names.add(analyst);
      return [...names].sort();
    },
    /** Alerts in roll-ups, and in incidents. */
    counts(): { readonly routine: number; readonly joined: number } {
      let routine = 0;
      for (const { nAlerts } of correlation.rollUps.items(undefined)) routine += nAlerts;
      let joined = 0;
      for (const [, incidents] of correlation.tenants()) {
        for (const { nAlerts } of incidents.incidents()) joined += nAlerts;
      }
      return { routine, joined };
    },
  };
}

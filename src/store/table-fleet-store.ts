import type { TableClient } from '@azure/data-tables';
import type { FleetStore, InstanceReport } from './fleet-store.ts';
import { OnDemandTable } from './on-demand-table.ts';
import { StorageCaller, type StorageCallSettings } from './storage-call.ts';

const PARTITION = 'instance';
/** Flex Consumption runs at most 1,000 instances; those gone for days are still listed by their row. */
const MAX_ROWS = 5_000;

interface InstanceRow {
  readonly startedAt: string;
  readonly seenAt: string;
  readonly release: string;
  readonly versions: string;
  readonly sketches: string;
}

/** {@link FleetStore} in one table, a row an instance. */
export class TableFleetStore implements FleetStore {
  readonly #table: OnDemandTable;

  constructor(client: TableClient, settings: StorageCallSettings = {}) {
    this.#table = new OnDemandTable(client, new StorageCaller(settings));
  }

  async report(instance: InstanceReport): Promise<void> {
    await this.#table.put<InstanceRow>(`report instance ${instance.instanceId}`, {
      partitionKey: PARTITION,
      rowKey: instance.instanceId,
      startedAt: instance.startedAt,
      seenAt: instance.seenAt,
      release: instance.release ?? '',
      versions: JSON.stringify(instance.versions),
      sketches: JSON.stringify(instance.sketches),
    });
  }

  async list(sinceMs: number): Promise<readonly InstanceReport[]> {
    const since = new Date(sinceMs).toISOString();
    const rows = await this.#table.query<InstanceRow>(
      'list the instances',
      `PartitionKey eq '${PARTITION}' and seenAt ge '${since}'`,
      MAX_ROWS,
    );
    return rows.map((row) => ({
      instanceId: row.rowKey ?? '',
      startedAt: row.startedAt,
      seenAt: row.seenAt,
      release: row.release || undefined,
      versions: JSON.parse(row.versions) as Record<string, string>,
      sketches: JSON.parse(row.sketches) as Record<string, string>,
    }));
  }
}

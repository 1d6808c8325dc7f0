import type { TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { recordStateSchema } from '../../alert/record-state.ts';
import { AlertforestError } from '../../errors.ts';
import type { IncidentChange, IncidentState, SubmitStatus } from '../feedback-store.ts';
import { applyIncident } from '../incident-change.ts';
import { longTextOf, longTextProperties } from './long-text.ts';
import { checkAlertKey, parseRow } from './snapshot-row.ts';
import { checkRow, prefixRange, type StoredRow, type TableAccess, type TableRow } from './table-access.ts';

const incidentKey = (id: string): string => `r|${id}`;
const noteKey = (id: string, version: number): string => `u|${id}|${String(version).padStart(6, '0')}`;
const MAX_ROUNDS = 64;

const incidentRowSchema = z.object({
  incident: z.string(),
  group: z.string(),
  version: z.int().min(1),
  wasLabelled: z.boolean(),
});
const listSchema = z.array(z.string());

/**
 * What is kept of incidents, in the partition of the incident's own key:
 *
 *     r|<key>            newest state of the record, its members, groups merged into it
 *     u|<key>|<version>  note, immutable: this version has not reached all members
 *
 * The row and its note are written in one transaction before any member is, and the note goes when all members follow:
 * a process that ends in between leaves a note, and whoever gathers the next training set finishes its work.
 */
export class TableIncidents {
  readonly #table: TableAccess;
  readonly #shards: readonly string[];
  readonly #shardOf: (key: string) => string;
  readonly #newId: () => string;

  constructor(
    table: TableAccess,
    shards: readonly string[],
    shardOf: (key: string) => string,
    newId: () => string,
  ) {
    this.#table = table;
    this.#shards = shards;
    this.#shardOf = shardOf;
    this.#newId = newId;
  }

  async note(
    change: IncidentChange,
  ): Promise<{ status: SubmitStatus; incident: IncidentState; isChanged: boolean }> {
    const partitionKey = this.#shardOf(checkAlertKey(change.id));
    const writer = this.#newId();
    let tried: SubmitStatus | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const row = await this.#table.get(partitionKey, incidentKey(change.id));
      const before = row && toIncident(row);
      // The answer to a first try was lost: the row is ours already.
      if (tried !== undefined && row?.['writer'] === writer) {
        return { status: tried, incident: before as IncidentState, isChanged: true };
      }
      const { status, next } = applyIncident(before, change);
      if (next === undefined) return { status, incident: before as IncidentState, isChanged: false };
      const refused = await this.#table.transact(transactionOf(next, partitionKey, writer, row?.etag));
      if (refused === undefined) return { status, incident: next, isChanged: true };
      tried = status;
    }
    throw new AlertforestError(
      'STORE_CONFLICT',
      `Incident ${change.id} is changed by too many callers at once.`,
      {
        retryAfterSeconds: 1,
      },
    );
  }

  async get(id: string): Promise<IncidentState | undefined> {
    const row = await this.#table.get(this.#shardOf(checkAlertKey(id)), incidentKey(id));
    return row && toIncident(row);
  }

  /** The note of this version goes; others are of whoever wrote them. */
  async spread(id: string, version: number): Promise<void> {
    await this.#table.delete(this.#shardOf(checkAlertKey(id)), noteKey(id, version));
  }

  async unspread(): Promise<readonly { incident: IncidentState; versions: readonly number[] }[]> {
    const shards = await Promise.all(this.#shards.map((partition) => this.#notesOf(partition)));
    const versions = new Map<string, number[]>();
    for (const { id, version } of shards.flat()) versions.set(id, [...(versions.get(id) ?? []), version]);
    const found = await Promise.all(
      [...versions].map(async ([id, noted]) => ({ incident: await this.get(id), versions: noted })),
    );
    return found.flatMap(({ incident, versions: noted }) =>
      incident === undefined ? [] : [{ incident, versions: noted }],
    );
  }

  async *all(): AsyncIterable<IncidentState> {
    for (const partition of this.#shards) {
      for await (const page of this.#table.pages({ partition, ...prefixRange('r|') })) {
        for (const row of page) yield toIncident(row);
      }
    }
  }

  async #notesOf(partition: string): Promise<{ id: string; version: number }[]> {
    const select = ['PartitionKey', 'RowKey'];
    const rows = await this.#table.all({ partition, ...prefixRange('u|'), select });
    return rows.map(({ rowKey }) => {
      const [, id = '', version = ''] = rowKey.split('|');
      return { id, version: Number(version) };
    });
  }
}

function transactionOf(
  { id, group, state, members, absorbed, owners, wasLabelled, version }: IncidentState,
  partitionKey: string,
  writer: string,
  etag: string | undefined,
): TransactionAction[] {
  const row: TableRow = {
    partitionKey,
    rowKey: incidentKey(id),
    incident: id,
    group,
    version,
    wasLabelled,
    writer,
    ...longTextProperties('state', state === undefined ? '' : JSON.stringify(state)),
    ...longTextProperties('members', JSON.stringify(members)),
    ...longTextProperties('absorbed', JSON.stringify(absorbed)),
    ...longTextProperties('owners', JSON.stringify(owners)),
  };
  checkRow(row, 'FEEDBACK_INVALID');
  return [
    etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }],
    ['create', { partitionKey, rowKey: noteKey(id, version) }],
  ];
}

function toIncident(row: StoredRow): IncidentState {
  const { incident: id, group, version, wasLabelled } = parseRow(incidentRowSchema, row, 'incidents');
  const state = longTextOf('state', row);
  return {
    id,
    group,
    version,
    wasLabelled,
    state: state === '' ? undefined : parseRow(recordStateSchema, parsed(state), 'incidents'),
    members: parseRow(listSchema, parsed(longTextOf('members', row)), 'incidents'),
    absorbed: parseRow(listSchema, parsed(longTextOf('absorbed', row)), 'incidents'),
    owners: parseRow(listSchema, parsed(longTextOf('owners', row)), 'incidents'),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read a row of incidents: it holds no JSON.', {
      cause,
    });
  }
}

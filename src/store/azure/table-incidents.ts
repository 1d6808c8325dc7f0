import type { TransactionAction } from '@azure/data-tables';
import { z } from 'zod';
import { recordStateSchema } from '../../alert/record-state.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { IncidentChange, IncidentState, SubmitStatus } from '../feedback-store.ts';
import { applyIncident, forgottenIncident } from '../incident-change.ts';
import type { SetAside } from '../set-aside.ts';
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
  readonly #setAside: SetAside;

  constructor(
    table: TableAccess,
    shards: readonly string[],
    shardOf: (key: string) => string,
    newId: () => string,
    setAside: SetAside,
  ) {
    this.#setAside = setAside;
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

  /** One that cannot be read keeps its notes: its members follow once it was repaired. */
  async #getIfWhole(id: string): Promise<IncidentState | undefined> {
    const row = await this.#table.get(this.#shardOf(id), incidentKey(id));
    return row && this.#setAside.read('the incidents', nameOf(row), () => toIncident(row));
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
      [...versions].map(async ([id, noted]) => ({ incident: await this.#getIfWhole(id), versions: noted })),
    );
    return found.flatMap(({ incident, versions: noted }) =>
      incident === undefined ? [] : [{ incident, versions: noted }],
    );
  }

  /** Takes what `analyst` said out of every incident. Members are not told: their own rows are changed beside. */
  async forget(analyst: string, pseudonym: string): Promise<void> {
    for await (const { id } of this.all()) {
      const partitionKey = this.#shardOf(id);
      for (let round = 0; ; round++) {
        const row = await this.#table.get(partitionKey, incidentKey(id));
        const next = row && forgottenIncident(toIncident(row), analyst, pseudonym);
        if (row === undefined || next === undefined) break;
        const [write] = transactionOf(next, partitionKey, this.#newId(), row.etag);
        if ((await this.#table.transact([write as TransactionAction])) === undefined) break;
        if (round >= MAX_ROUNDS) {
          const message = `Incident ${id} is changed by too many callers at once.`;
          throw new AlertforestError('STORE_CONFLICT', message, { retryAfterSeconds: 1 });
        }
      }
    }
  }

  async *all(): AsyncIterable<IncidentState> {
    for (const partition of this.#shards) {
      for await (const page of this.#table.pages({ partition, ...prefixRange('r|') })) {
        for (const row of page) {
          const incident = this.#setAside.read('the incidents', nameOf(row), () => toIncident(row));
          if (incident !== undefined) yield incident;
        }
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

const nameOf = ({ rowKey }: StoredRow): string => `incident ${rowKey.split('|')[1] ?? rowKey}`;

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
  checkReadBack(row);
  return [
    etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }],
    ['create', { partitionKey, rowKey: noteKey(id, version) }],
  ];
}

/** What nothing could read again is never written. @throws AlertforestError FEEDBACK_INVALID that names the field */
function checkReadBack(row: TableRow): void {
  try {
    toIncident({ ...row, etag: '' });
  } catch (cause) {
    if (!hasCode(cause, 'STORE_CORRUPT')) throw cause;
    const message = `The incident was not stored, since it could not be read again: ${cause.message}`;
    throw new AlertforestError('FEEDBACK_INVALID', message, { cause });
  }
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

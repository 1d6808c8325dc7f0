import type { TableClient, TableEntity, TableEntityResult } from '@azure/data-tables';
import { Refused, type StorageCaller } from './storage-call.ts';

/** Entities of one table that is made when the first write misses it. Absence of the table reads as absence of rows. */
export class OnDemandTable {
  readonly client: TableClient;
  readonly #caller: StorageCaller;

  constructor(client: TableClient, caller: StorageCaller) {
    this.client = client;
    this.#caller = caller;
  }

  /** Creates or overwrites one entity. @throws AlertforestError STORE_UNAVAILABLE */
  async put<T extends object>(what: string, entity: TableEntity<T>): Promise<void> {
    const write = () =>
      this.#caller.call(
        what,
        ({ abortSignal }) => this.client.upsertEntity(entity, 'Replace', { abortSignal }),
        [404],
      );
    if (!((await write()) instanceof Refused)) return;
    await this.#caller.call(what, ({ abortSignal }) => this.client.createTable({ abortSignal }));
    const again = await write();
    if (again instanceof Refused)
      throw new Error(`${this.client.tableName} was removed while it was written.`);
  }

  async get<T extends object>(
    what: string,
    partitionKey: string,
    rowKey: string,
  ): Promise<TableEntityResult<T> | undefined> {
    const found = await this.#caller.call(
      what,
      ({ abortSignal }) => this.client.getEntity<T>(partitionKey, rowKey, { abortSignal }),
      [404],
    );
    return found instanceof Refused ? undefined : found;
  }

  /** Entities that match `filter`, in key order, at most `limit`. A page may be empty and still not be the last. */
  async query<T extends object>(
    what: string,
    filter: string,
    limit: number,
  ): Promise<TableEntityResult<T>[]> {
    const rows: TableEntityResult<T>[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await this.#caller.call(
        what,
        async ({ abortSignal }) => {
          const pages = this.client.listEntities<T>({ queryOptions: { filter }, abortSignal }).byPage({
            maxPageSize: Math.min(1_000, limit),
            ...(continuationToken ? { continuationToken } : {}),
          });
          const { value, done } = await pages.next();
          return done ? undefined : value;
        },
        [404],
      );
      if (page === undefined || page instanceof Refused) break;
      rows.push(...page);
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined && rows.length < limit);
    return rows.slice(0, limit);
  }
}

import type { TableClient, TransactionAction } from '@azure/data-tables';
import { AlertforestError, type ErrorCode } from '../../errors.ts';
import { RowBatch } from './row-batch.ts';
import { Refused, StorageCaller, type StorageCallSettings, type StorageTry } from './storage-call.ts';
import { StorageClock } from './storage-clock.ts';

/** Rows one transaction can hold. */
export const MAX_TRANSACTION_ROWS = 100;

/** UTF-16 characters one string property can hold. */
export const MAX_PROPERTY_CHARS = 32_768;

/** A page is parsed in one turn: a thousand whole rows held everything else up for 120 to 210 ms, these for 30. */
const WHOLE_ROWS_OF_PAGE = 256;

const MAX_PROPERTIES = 252;
const MAX_ENTITY_BYTES = 1_048_576;

/** A row to write. Every value is a scalar that Table Storage knows; `undefined` is left out. */
export interface TableRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: string | number | boolean | undefined;
}

/** A row as read; its properties are not checked yet. */
export interface StoredRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag: string;
  readonly [property: string]: unknown;
}

export interface RowQuery {
  readonly partition: string;
  /** Row keys from this one on. */
  readonly from: string;
  /** Row keys below this one. */
  readonly below: string;
  /** Further OData condition, already escaped. */
  readonly where?: string;
  /** Properties to read; absent reads all. */
  readonly select?: readonly string[];
  /** Rows of a page. @default 256 of whole rows, 1_000 of some properties */
  readonly pageSize?: number;
}

/** Row keys that start with `prefix`, as a range; `prefix` ends in `|`, and `}` is the next character. */
export const prefixRange = (prefix: string): { from: string; below: string } => ({
  from: prefix,
  below: `${prefix.slice(0, -1)}}`,
});

/** An OData string literal. */
export const odataText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Checks the limits of Table Storage that emulators do not enforce: 252 properties of one's own, 32,768 characters
 * in a property, 1 MiB in a row.
 *
 * @throws AlertforestError `code` that names the property
 */
export function checkRow(row: TableRow, code: ErrorCode): void {
  let nProperties = 0;
  let nBytes = 4;
  // Every row of the prediction log comes here: nothing is allocated.
  for (const name in row) {
    const value = row[name];
    if (value === undefined) continue;
    nProperties++;
    const nChars = typeof value === 'string' ? value.length : 0;
    if (nChars > MAX_PROPERTY_CHARS) {
      throw new AlertforestError(
        code,
        `Expected at most ${MAX_PROPERTY_CHARS} characters in \`${name}\`, got ${nChars}.`,
      );
    }
    nBytes += 8 + 2 * name.length + (typeof value === 'string' ? 4 + 2 * nChars : 8);
  }
  if (nProperties - 2 > MAX_PROPERTIES || nBytes > MAX_ENTITY_BYTES) {
    throw new AlertforestError(
      code,
      `Expected a row of at most ${MAX_PROPERTIES} properties and ${MAX_ENTITY_BYTES} bytes, got ${nProperties - 2} and ${nBytes}.`,
    );
  }
}

/**
 * One table as the stores use it. A table that does not exist reads as empty and is made by the first write; every
 * failure that is not an expected refusal throws `STORE_UNAVAILABLE`.
 */
export class TableAccess {
  /** What the answers to queries and single writes say of the time. */
  readonly clock = new StorageClock();
  readonly #table: TableClient;
  readonly #caller: StorageCaller;

  constructor(table: TableClient, settings: StorageCallSettings = {}) {
    this.#table = table;
    this.#caller = new StorageCaller(settings);
  }

  readonly #onResponse = ({ headers }: { headers: { get(name: string): string | undefined } }): void =>
    this.clock.hear(headers);

  async get(partition: string, rowKey: string, select?: readonly string[]): Promise<StoredRow | undefined> {
    const queryOptions = select === undefined ? undefined : { select: [...select] };
    const row = await this.#caller.call(
      `read ${this.#table.tableName}`,
      ({ abortSignal }) => this.#table.getEntity(partition, rowKey, { abortSignal, queryOptions }),
      [404],
    );
    return row instanceof Refused ? undefined : { ...row, partitionKey: partition, rowKey, etag: row.etag };
  }

  /** Rows of a range, page by page; a page may be empty. */
  async *pages({ partition, from, below, where, select, pageSize }: RowQuery): AsyncIterable<StoredRow[]> {
    const filter = [
      `PartitionKey eq ${odataText(partition)}`,
      `RowKey ge ${odataText(from)}`,
      `RowKey lt ${odataText(below)}`,
      ...(where === undefined ? [] : [where]),
    ].join(' and ');
    const queryOptions = select === undefined ? { filter } : { filter, select: [...select] };
    const maxPageSize = pageSize ?? (select === undefined ? WHOLE_ROWS_OF_PAGE : undefined);
    let continuationToken: string | undefined;
    do {
      const token = continuationToken;
      const page = await this.#caller.call(
        `query ${this.#table.tableName}`,
        async ({ abortSignal }) => {
          const pages = this.#table.listEntities({ queryOptions, abortSignal, onResponse: this.#onResponse });
          const { value, done } = await pages.byPage({ continuationToken: token, maxPageSize }).next();
          return done ? undefined : value;
        },
        [404],
      );
      if (page === undefined || page instanceof Refused) return;
      yield page as unknown as StoredRow[];
      continuationToken = page.continuationToken || undefined;
    } while (continuationToken !== undefined);
  }

  async all(query: RowQuery): Promise<StoredRow[]> {
    const rows: StoredRow[] = [];
    for await (const page of this.pages(query)) rows.push(...page);
    return rows;
  }

  /**
   * Writes up to 100 rows of one partition, all or none.
   *
   * @returns Refused for a row that exists (409), was changed (412) or is missing (404)
   */
  async transact(actions: TransactionAction[]): Promise<Refused | undefined> {
    return this.#creating(() =>
      this.#caller.call(
        `write ${this.#table.tableName}`,
        ({ abortSignal }) => this.#table.submitTransaction(actions, { abortSignal }),
        [404, 409, 412],
      ),
    );
  }

  /**
   * An empty batch for {@link upsertAll}.
   *
   * @param nRows expected; more than a transaction holds counts as so many
   */
  newBatch(nRows: number): RowBatch {
    return new RowBatch(this.#table, Math.min(nRows, MAX_TRANSACTION_ROWS));
  }

  /** Writes up to 100 rows of one partition over whatever is there, all or none, and closes the batch. */
  async upsertAll(batch: RowBatch): Promise<void> {
    await this.#writing(({ abortSignal }) => batch.send(abortSignal));
    batch.close();
  }

  /** Writes one row over whatever is there. */
  async upsert(row: TableRow): Promise<void> {
    await this.#writing(({ abortSignal }) =>
      this.#table.upsertEntity(row, 'Replace', { abortSignal, onResponse: this.#onResponse }),
    );
  }

  /** Deletes one row; a missing one is fine. */
  async delete(partition: string, rowKey: string): Promise<void> {
    await this.#caller.call(
      `write ${this.#table.tableName}`,
      ({ abortSignal }) => this.#table.deleteEntity(partition, rowKey, { abortSignal }),
      [404],
    );
  }

  /**
   * Deletes rows that change no more, 100 per transaction; missing ones are fine. A transaction with a
   * missing row fails as a whole, so its rows are then deleted one by one.
   */
  async deleteAll(partition: string, rowKeys: readonly string[]): Promise<void> {
    for (let start = 0; start < rowKeys.length; start += MAX_TRANSACTION_ROWS) {
      const chunk = rowKeys.slice(start, start + MAX_TRANSACTION_ROWS);
      const refused = await this.#caller.call(
        `write ${this.#table.tableName}`,
        ({ abortSignal }) =>
          this.#table.submitTransaction(
            chunk.map((rowKey) => ['delete', { partitionKey: partition, rowKey }]),
            { abortSignal },
          ),
        [404],
      );
      if (refused instanceof Refused) {
        for (const rowKey of chunk) await this.delete(partition, rowKey);
      }
    }
  }

  /** A write that nothing but a table that is not there may refuse. */
  async #writing(write: (attempt: StorageTry) => Promise<unknown>): Promise<void> {
    const what = `write ${this.#table.tableName}`;
    const refused = await this.#creating(() => this.#caller.call(what, write, [404]));
    if (refused === undefined) return;
    throw new AlertforestError(
      'STORE_UNAVAILABLE',
      `Cannot ${what}: it answered ${refused.status}${refused.code === '' ? '' : `: ${refused.code}`}.`,
      { retryAfterSeconds: 5 },
    );
  }

  async #creating(write: () => Promise<unknown>): Promise<Refused | undefined> {
    let written = await write();
    if (written instanceof Refused && written.code === 'TableNotFound') {
      await this.#caller.call(`create table ${this.#table.tableName}`, ({ abortSignal }) =>
        this.#table.createTable({ abortSignal }),
      );
      written = await write();
      if (written instanceof Refused && written.code === 'TableNotFound') {
        throw new AlertforestError(
          'STORE_UNAVAILABLE',
          `Cannot write ${this.#table.tableName}: it was just created and is not there.`,
          { retryAfterSeconds: 5 },
        );
      }
    }
    return written instanceof Refused ? written : undefined;
  }
}

import { PREDICTION_TABLE_PREFIX } from '../../names.ts';
import type { PredictionEntry } from '../../prediction-log.ts';
import type { BatchOutcome } from '../../write-behind-queue.ts';
import { isoWeek, WEEK_MS } from '../iso-week.ts';
import type { RowBatch, RowText } from '../row-batch.ts';
import { isLastingRefusal, Refused, StorageCaller, type StorageCallSettings } from '../storage-call.ts';
import type { StorageClients } from '../storage-clients.ts';
import { MAX_TRANSACTION_ROWS, odataText, TableAccess } from '../table-access.ts';
import { aliasTexts, predictionTexts } from './prediction-text.ts';

/** Transactions on their way at once. */
const MAX_PARALLEL = 8;
/** Far below the 4 MiB of a transaction, however the characters are encoded. */
const MAX_TRANSACTION_CHARS = 1_000_000;
/** What a row has around its properties. */
const PART_CHARS = 400;
/** How long the list of tables is believed. The current and the last week are always looked at. */
const TABLE_LIST_MS = 60_000;

/** One transaction: rows of whole entries in one partition of one week. */
interface Transaction {
  readonly table: TableAccess;
  readonly entries: PredictionEntry[];
  readonly rows: RowBatch;
  nChars: number;
}

/** The weekly tables of the prediction log: which there are, and how entries become transactions. */
export class PredictionTables {
  readonly #clients: StorageClients;
  readonly #settings: StorageCallSettings;
  readonly #caller: StorageCaller;
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #tables = new Map<string, TableAccess>();
  #listedAtMs = Number.NEGATIVE_INFINITY;
  #weeks: Promise<string[]> = Promise.resolve([]);

  constructor(
    clients: StorageClients,
    now: () => number,
    settings: StorageCallSettings,
    prefix = PREDICTION_TABLE_PREFIX,
  ) {
    this.#clients = clients;
    this.#settings = settings;
    this.#caller = new StorageCaller(settings);
    this.#prefix = prefix;
    this.#now = now;
  }

  table(week: string): TableAccess {
    const known = this.#tables.get(week);
    if (known !== undefined) return known;
    const table = new TableAccess(this.#clients.table(this.#prefix + week), this.#settings);
    this.#tables.set(week, table);
    return table;
  }

  /** Weeks that may hold entries, newest first. */
  async weeks(): Promise<string[]> {
    const nowMs = this.#now();
    if (nowMs - this.#listedAtMs > TABLE_LIST_MS) {
      this.#listedAtMs = nowMs;
      this.#weeks = this.listWeeks();
      this.#weeks.catch(() => {
        this.#listedAtMs = Number.NEGATIVE_INFINITY;
      });
    }
    const weeks = new Set([isoWeek(nowMs), isoWeek(nowMs - WEEK_MS), ...(await this.#weeks)]);
    return [...weeks].sort().reverse();
  }

  /** Weeks that have a table now. */
  async listWeeks(): Promise<string[]> {
    const service = this.#clients.tableService();
    // The emulator ignores the filter, so names are looked at once more.
    const filter = `TableName ge ${odataText(this.#prefix)} and TableName lt ${odataText(`${this.#prefix}a`)}`;
    const weeks: string[] = [];
    let continuationToken: string | undefined;
    do {
      const token = continuationToken;
      const page = await this.#caller.call('list the prediction tables', async ({ abortSignal }) => {
        const tables = service.listTables({ queryOptions: { filter }, abortSignal });
        const { value, done } = await tables.byPage({ continuationToken: token }).next();
        return done ? undefined : value;
      });
      if (page === undefined || page instanceof Refused) break;
      for (const { name = '' } of page) {
        const week = name.slice(this.#prefix.length);
        if (name.startsWith(this.#prefix) && /^\d{6}$/.test(week)) weeks.push(week);
      }
      continuationToken = page.continuationToken || undefined;
    } while (continuationToken !== undefined);
    return weeks;
  }

  /** Removes the table of a week; returns its name. */
  async drop(week: string): Promise<string> {
    const name = this.#prefix + week;
    await this.#caller.call(
      `remove table ${name}`,
      ({ abortSignal }) => this.#clients.table(name).deleteTable({ abortSignal }),
      [404],
    );
    this.#listedAtMs = Number.NEGATIVE_INFINITY;
    return name;
  }

  /** Writes entries over what is there, in as few transactions as their weeks and partitions allow. */
  async write(entries: readonly PredictionEntry[]): Promise<BatchOutcome<PredictionEntry>> {
    const { transactions, nRefused } = this.#transactionsOf(entries);
    let failed = nRefused;
    const retry: PredictionEntry[] = [];
    for (let start = 0; start < transactions.length; start += MAX_PARALLEL) {
      const slice = transactions.slice(start, start + MAX_PARALLEL);
      const outcomes = await Promise.allSettled(slice.map(({ table, rows }) => table.upsertAll(rows)));
      outcomes.forEach((outcome, i) => {
        const transaction = slice[i] as Transaction;
        if (outcome.status === 'fulfilled') return;
        if (isLastingRefusal(outcome.reason)) failed += transaction.entries.length;
        else retry.push(...transaction.entries);
      });
      // Storage is away: the rest would only wait for the same answer.
      if (retry.length > 0) {
        retry.push(...transactions.slice(start + MAX_PARALLEL).flatMap((transaction) => transaction.entries));
        break;
      }
    }
    // The rows of an alert's further ids lie in other transactions than its own.
    return { failed, retry: [...new Set(retry)] };
  }

  #transactionsOf(entries: readonly PredictionEntry[]): {
    transactions: Transaction[];
    nRefused: number;
  } {
    const open = new Map<string, Transaction>();
    const transactions: Transaction[] = [];
    const added = new Set<string>();
    let nRefused = 0;
    let scoredAt = '';
    let week = '';

    /** Rows of one partition, to the open transaction of their place. */
    const add = (entry: PredictionEntry, rows: readonly RowText[], isNew: boolean): void => {
      const [{ partitionKey }] = rows as [RowText];
      const place = `${week}|${partitionKey}`;
      let nChars = 0;
      for (const { json } of rows) nChars += PART_CHARS + json.length;
      let transaction = open.get(place);
      if (
        transaction === undefined ||
        transaction.rows.nRows + rows.length > MAX_TRANSACTION_ROWS ||
        transaction.nChars + nChars > MAX_TRANSACTION_CHARS
      ) {
        const table = this.table(week);
        transaction = { table, entries: [], rows: table.newBatch(2 * entries.length), nChars: 0 };
        open.set(place, transaction);
        transactions.push(transaction);
      }
      if (transaction.entries.at(-1) !== entry) transaction.entries.push(entry);
      transaction.nChars += nChars;
      // An alert scored twice: the later row is what would remain.
      for (const row of rows) transaction.rows.add(row, isNew);
    };

    for (const entry of entries) {
      let own: readonly [RowText, ...RowText[]];
      let others: readonly RowText[];
      try {
        own = predictionTexts(entry);
        others = aliasTexts(entry);
      } catch {
        // Larger than a row can be, or with a time that is none: this one is given up, its neighbours are not.
        nRefused += 1;
        continue;
      }
      if (entry.scoredAt !== scoredAt) {
        scoredAt = entry.scoredAt;
        week = isoWeek(Date.parse(scoredAt));
      }
      // every row key names the alert
      const { alertKey } = entry.snapshot;
      add(entry, own, !added.has(alertKey));
      added.add(alertKey);
      for (const row of others) add(entry, [row], false);
    }
    return { transactions, nRefused };
  }
}

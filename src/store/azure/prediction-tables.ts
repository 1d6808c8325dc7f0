import { PREDICTION_TABLE_PREFIX } from '../names.ts';
import type { PredictionEntry } from '../prediction-log.ts';
import type { BatchOutcome } from '../write-behind-queue.ts';
import { isoWeek, WEEK_MS } from './iso-week.ts';
import { aliasRows, predictionRows } from './prediction-row.ts';
import { isLastingRefusal, Refused, StorageCaller, type StorageCallSettings } from './storage-call.ts';
import type { StorageClients } from './storage-clients.ts';
import { MAX_TRANSACTION_ROWS, odataText, TableAccess, type TableRow } from './table-access.ts';

/** Transactions on their way at once. */
const MAX_PARALLEL = 8;
/** Far below the 4 MiB of a transaction, however the characters are encoded. */
const MAX_TRANSACTION_CHARS = 1_000_000;
/** How long the list of tables is believed. The current and the last week are always looked at. */
const TABLE_LIST_MS = 60_000;

/** One transaction: rows of whole entries in one partition of one week. */
interface Batch {
  readonly week: string;
  readonly entries: PredictionEntry[];
  readonly rows: Map<string, TableRow>;
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
    const { batches, nRefused } = toBatches(entries);
    let failed = nRefused;
    const retry: PredictionEntry[] = [];
    for (let start = 0; start < batches.length; start += MAX_PARALLEL) {
      const slice = batches.slice(start, start + MAX_PARALLEL);
      const outcomes = await Promise.allSettled(slice.map((batch) => this.#writeBatch(batch)));
      outcomes.forEach((outcome, i) => {
        const batch = slice[i] as Batch;
        if (outcome.status === 'fulfilled') return;
        if (isLastingRefusal(outcome.reason)) failed += batch.entries.length;
        else retry.push(...batch.entries);
      });
      // Storage is away: the rest would only wait for the same answer.
      if (retry.length > 0) {
        retry.push(...batches.slice(start + MAX_PARALLEL).flatMap((batch) => batch.entries));
        break;
      }
    }
    // The rows of an alert's further ids lie in other batches than its own.
    return { failed, retry: [...new Set(retry)] };
  }

  async #writeBatch({ week, rows }: Batch): Promise<void> {
    await this.table(week).upsertAll([...rows.values()]);
  }
}

function toBatches(entries: readonly PredictionEntry[]): { batches: Batch[]; nRefused: number } {
  const open = new Map<string, Batch>();
  const batches: Batch[] = [];
  let nRefused = 0;
  for (const entry of entries) {
    let parts: readonly (readonly TableRow[])[];
    try {
      parts = [predictionRows(entry), ...aliasRows(entry).map((row) => [row])];
    } catch {
      // Larger than a row can be, or with a time that is none: this one is given up, its neighbours are not.
      nRefused += 1;
      continue;
    }
    const week = isoWeek(Date.parse(entry.scoredAt));
    for (const rows of parts) add(entry, week, rows);
  }
  return { batches, nRefused };

  /** Rows of one partition, to the open batch of their place. */
  function add(entry: PredictionEntry, week: string, rows: readonly TableRow[]): void {
    const place = `${week}|${rows[0]?.partitionKey}`;
    let nChars = 0;
    for (const row of rows) nChars += charsOf(row);
    let batch = open.get(place);
    if (
      batch === undefined ||
      batch.rows.size + rows.length > MAX_TRANSACTION_ROWS ||
      batch.nChars + nChars > MAX_TRANSACTION_CHARS
    ) {
      batch = { week, entries: [], rows: new Map(), nChars: 0 };
      open.set(place, batch);
      batches.push(batch);
    }
    if (batch.entries.at(-1) !== entry) batch.entries.push(entry);
    batch.nChars += nChars;
    // An alert scored twice: a transaction takes a row once, and the later one is what would remain.
    for (const row of rows) batch.rows.set(row.rowKey, row);
  }
}

/** About; nothing is allocated for it. */
function charsOf(row: TableRow): number {
  let sum = 0;
  for (const name in row) {
    const value = row[name];
    sum += 40 + (typeof value === 'string' ? value.length : 8);
  }
  return sum;
}

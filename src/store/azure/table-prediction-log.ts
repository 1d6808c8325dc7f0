import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyDraw, keyRanges } from '../../alert/key-draw.ts';
import { hasCode } from '../../errors.ts';
import type { AlertIdentity, AlertReference } from '../feedback-store.ts';
import { LatestMap } from '../latest-map.ts';
import { NewestEntries } from '../newest-entries.ts';
import type {
  FindOptions,
  PredictionEntry,
  PredictionLog,
  PredictionLogMode,
  PredictionLogStats,
} from '../prediction-log.ts';
import { newestFirst, verdictIdOf } from '../verdict-row.ts';
import { WriteBehindQueue } from '../write-behind-queue.ts';
import { DrawGrowth } from './draw-growth.ts';
import { isoWeek, isoWeekStartMs, WEEK_MS } from './iso-week.ts';
import {
  entryFromRow,
  groupPrefix,
  idPrefix,
  PREDICTION_SHARDS,
  predictionShard,
  referenceFromRow,
  verdictRange,
} from './predictions/prediction-row.ts';
import { PredictionTables } from './predictions/prediction-tables.ts';
import { predictionTexts } from './predictions/prediction-text.ts';
import type { StorageCallSettings } from './storage-call.ts';
import type { StorageClients } from './storage-clients.ts';
import { odataText, prefixRange, type RowQuery, type StoredRow, type TableAccess } from './table-access.ts';

/** Of twice as many that are kept at most; some 12 MB. */
const KNOWN_ALERTS = 20_000;

export interface PredictionLogSettings extends StorageCallSettings {
  /** @default 'behind' */
  readonly mode?: PredictionLogMode;
  /** Entries that may wait in memory; those beyond are dropped and counted. @default 10_000 */
  readonly maxQueued?: number;
  /** @default 250 */
  readonly flushEveryMs?: number;
  /** Quiet time after a failed write, in which no caller waits for storage. @default 5_000 */
  readonly pauseMs?: number;
  /** Clock in ms; decides which weeks a lookup tries. */
  readonly now?: () => number;
  /** Names of the tables, before `yyyyww`. */
  readonly tablePrefix?: string;
}

/**
 * {@link PredictionLog} in one table a week (ISO week of `scoredAt`). In the partition of an alert, one of four by
 * hash of its vendor's id:
 *
 *     k|<key>|<verdict>        the entry; later verdicts of an alert sort first
 *     i|<hash of id>|<key>     leads from the vendor's id to it
 *     g|<group>|<key>          leads from its incident to it
 *
 * A flush of n entries takes at most one transaction for every 33 to 50 of them and four for the rest.
 */
export class TablePredictionLog implements PredictionLog {
  readonly #mode: PredictionLogMode;
  readonly #now: () => number;
  readonly #tables: PredictionTables;
  readonly #queue: WriteBehindQueue<PredictionEntry>;
  /** Alerts that were scored here last: a key alone does not say where they lie. */
  readonly #scored = new LatestMap<string, AlertIdentity>(KNOWN_ALERTS);

  constructor(clients: StorageClients, settings: PredictionLogSettings = {}) {
    const { mode = 'behind', maxQueued = 10_000, flushEveryMs = 250, pauseMs = 5_000 } = settings;
    this.#mode = mode;
    this.#now = settings.now ?? Date.now;
    this.#tables = new PredictionTables(clients, this.#now, settings, settings.tablePrefix);
    this.#queue = new WriteBehindQueue({
      write: (batch) => this.#tables.write(batch),
      maxQueued,
      flushEveryMs,
      pauseMs,
      now: this.#now,
    });
  }

  async append(entries: readonly PredictionEntry[]): Promise<void> {
    if (this.#mode === 'off') return;
    this.#queue.push(entries);
    for (const { snapshot } of entries) {
      const { alertKey, alertId, tenant, source } = snapshot;
      this.#scored.set(alertKey, { alertKey, alertId, tenant, source });
    }
    if (this.#mode === 'wait') await this.#queue.flush();
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  async find(alertKey: string, { alertId, choose }: FindOptions = {}): Promise<PredictionEntry | undefined> {
    const range = verdictRange(alertKey);
    // before the tables are read, so that what is written meanwhile is in one of the two
    let waiting = this.#waiting(({ snapshot }) => snapshot.alertKey === alertKey);
    const known = alertId ?? this.#scored.get(alertKey)?.alertId;
    const shards = known === undefined ? PREDICTION_SHARDS : [predictionShard(known)];
    const pick = choose ?? (([newest]: readonly PredictionEntry[]) => newest);
    for (const week of await this.#tables.weeks()) {
      const table = this.#tables.table(week);
      const rows = await Promise.all(
        shards.map((partition) =>
          choose === undefined
            ? firstRows(table, { partition, ...range })
            : table.all({ partition, ...range }),
        ),
      );
      const stored = rows.flat().map(entryFromRow);
      const found = pick(merged(waiting, stored));
      if (found !== undefined) return found;
      // they were given no earlier than what is in the newest table that holds any
      if (stored.length > 0) waiting = [];
    }
    return pick(newestFirst(waiting));
  }

  /** As storage would give them back, once written: a look-up waits for no write, which takes longest when most is scored. */
  #waiting(matches: (entry: PredictionEntry) => boolean): PredictionEntry[] {
    return this.#queue.unwritten.filter(matches).flatMap((entry) => {
      try {
        const [{ partitionKey, rowKey, json }] = predictionTexts(entry);
        return [entryFromRow({ ...JSON.parse(json), partitionKey, rowKey, etag: '' })];
      } catch (error) {
        // a row too large to be written
        if (hasCode(error, 'ALERT_INVALID')) return [];
        throw error;
      }
    });
  }

  scoredHere(alertKey: string): AlertIdentity | undefined {
    return this.#scored.get(alertKey);
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    const isNamed = ({ snapshot, aliases = [] }: PredictionEntry): boolean =>
      snapshot.alertId === alertId || aliases.includes(alertId);
    const found = await this.#references([predictionShard(alertId)], idPrefix(alertId), isNamed, alertId);
    return found.filter((reference) => (reference.alias ?? reference.alertId) === alertId);
  }

  async findByGroup(group: string): Promise<readonly AlertReference[]> {
    const isMember = ({ snapshot }: PredictionEntry): boolean =>
      snapshot.group === group && snapshot.alertKey !== group;
    const found = await this.#references(PREDICTION_SHARDS, groupPrefix(group), isMember);
    if (found.length > 0) return found;
    // An alert without an incident is its own group, under its own key.
    const alone = await this.find(group);
    if (alone === undefined || alone.snapshot.group !== group) return [];
    const { alertKey, alertId, tenant, source } = alone.snapshot;
    return [{ alertKey, alertId, tenant, source }];
  }

  async *entriesSince(
    sinceMs: number,
    beforeMs = Number.POSITIVE_INFINITY,
    after?: string,
  ): AsyncIterable<PredictionEntry> {
    await this.#queue.flush();
    const lastWeek = beforeMs === Number.POSITIVE_INFINITY ? undefined : isoWeek(beforeMs);
    const weeks = (await this.#tables.weeks()).filter(
      (week) => week >= isoWeek(sinceMs) && (lastWeek === undefined || week <= lastWeek),
    );
    const moment = (ms: number): string => odataText(new Date(ms).toISOString());
    const where = [
      `scoredAt ge ${moment(sinceMs)}`,
      ...(lastWeek === undefined ? [] : [`scoredAt lt ${moment(beforeMs)}`]),
    ].join(' and ');
    const look = new DrawGrowth(after === undefined ? 0 : keyDraw(after));
    let nFound: number;
    do {
      const found = new NewestEntries();
      const ranges = keyRanges(look.from, look.to).map(({ from, below }) => ({
        from: `k|${from}`,
        below: below === undefined ? 'k}' : `k|${below}`,
      }));
      nFound = 0;
      for (const week of weeks) {
        const queries = PREDICTION_SHARDS.flatMap((partition) =>
          ranges.map((range): RowQuery => ({ partition, ...range, where })),
        );
        const counts = await Promise.all(
          queries.map((query) => readInto(found, this.#tables.table(week).pages(query))),
        );
        nFound += counts.reduce((sum, n) => sum + n, 0);
      }
      yield* found.inOrder(after);
    } while (look.next(nFound));
  }

  stats(): PredictionLogStats {
    return { mode: this.#mode, ...this.#queue.counts };
  }

  async dropTablesOlderThan(weeks: number): Promise<readonly string[]> {
    if (!Number.isInteger(weeks) || weeks < 1) {
      throw new RangeError(`Expected \`weeks\` to be an integer >= 1, got ${weeks}.`);
    }
    const oldest = isoWeek(isoWeekStartMs(this.#now()) - (weeks - 1) * WEEK_MS);
    const dropped: string[] = [];
    for (const week of (await this.#tables.listWeeks()).sort()) {
      if (week < oldest) dropped.push(await this.#tables.drop(week));
    }
    return dropped;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  /** References under a prefix in every week there is, each alert once: an id may mean alerts of different weeks. */
  async #references(
    partitions: readonly string[],
    prefix: string,
    matches: (entry: PredictionEntry) => boolean,
    asked?: string,
  ): Promise<AlertReference[]> {
    const waiting = this.#queue.unwritten.filter(matches).map(({ snapshot }): AlertReference => {
      const { alertKey, alertId, tenant, source } = snapshot;
      const alias = asked === undefined || asked === alertId ? {} : { alias: asked };
      return { alertKey, alertId, tenant, source, ...alias };
    });
    const weeks = await this.#tables.weeks();
    const rows = await Promise.all(
      weeks.flatMap((week) =>
        partitions.map((partition) => this.#tables.table(week).all({ partition, ...prefixRange(prefix) })),
      ),
    );
    const references = [...rows.flat().map(referenceFromRow), ...waiting];
    return [...new Map(references.map((reference) => [reference.alertKey, reference])).values()];
  }
}

/** Newest first, each verdict once. */
const merged = (
  waiting: readonly PredictionEntry[],
  stored: readonly PredictionEntry[],
): readonly PredictionEntry[] =>
  newestFirst([...new Map([...waiting, ...stored].map((entry) => [verdictIdOf(entry), entry])).values()]);

/** The newest verdict, and one of a build whose row sorts before it. */
async function firstRows(table: TableAccess, query: RowQuery): Promise<StoredRow[]> {
  for await (const page of table.pages({ ...query, pageSize: 2 })) if (page.length > 0) return page;
  return [];
}

/** Rows that are made into entries in one go: a few milliseconds. */
const SLICE_ROWS = 64;

/** Puts what pages hold into `found`. How many rows they were. */
async function readInto(found: NewestEntries, pages: AsyncIterable<StoredRow[]>): Promise<number> {
  let nRows = 0;
  for await (const page of pages) {
    for (const row of page) {
      found.add(entryFromRow(row));
      if (++nRows % SLICE_ROWS === 0) await nextTurn();
    }
  }
  return nRows;
}

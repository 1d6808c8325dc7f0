import { isoWeek, isoWeekStartMs, WEEK_MS } from '../../src/store/azure/iso-week.ts';
import { PREDICTION_SHARDS } from '../../src/store/azure/predictions/prediction-row.ts';
import { predictionTexts } from '../../src/store/azure/predictions/prediction-text.ts';
import type { StorageClients } from '../../src/store/azure/storage-clients.ts';
import { PREDICTION_TABLE_PREFIX } from '../../src/store/names.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';

// The weekly tables of a prediction log of any length, without its rows: a row is made when a page asks for it. Pages
// hold what pages of Table Storage hold.

/** Rows of a page that match. */
const PAGE_ROWS = 1_000;
/** Rows that a page looks at: it ends after five seconds, whatever matched. */
const PAGE_SCANNED = 100_000;
const POINTS = 2 ** 48;

/** Counts since the start. */
export interface PagedTables {
  readonly clients: StorageClients;
  readonly counts: { pages: number; rows: number; scanned: number };
}

/**
 * Tables that hold `nAlerts` alerts, scored evenly over the `days` before `nowMs`, with keys drawn evenly.
 *
 * @param template one entry; all rows are like it but for key, id and time
 */
export function pagedTables(
  nAlerts: number,
  days: number,
  nowMs: number,
  template: PredictionEntry,
): PagedTables {
  const fromMs = nowMs - days * 86_400_000;
  const counts = { pages: 0, rows: 0, scanned: 0 };
  const weeks = new Map<string, { startMs: number; endMs: number }>();
  for (let at = isoWeekStartMs(fromMs); at < nowMs; at += WEEK_MS)
    weeks.set(isoWeek(at), { startMs: Math.max(at, fromMs), endMs: Math.min(at + WEEK_MS, nowMs) });
  const [{ json }] = predictionTexts(template);
  const row: Record<string, unknown> = JSON.parse(json);
  const tableOf = (name: string) => {
    const week = weeks.get(name.slice(PREDICTION_TABLE_PREFIX.length));
    const share = week === undefined ? 0 : (week.endMs - week.startMs) / (nowMs - fromMs);
    const n = Math.floor((nAlerts * share) / PREDICTION_SHARDS.length);
    const scoredAt = (seed: number): string =>
      new Date(week!.startMs + jitter(seed + 1e9) * (week!.endMs - week!.startMs)).toISOString();
    const page = (filter: string, token: string | undefined) => {
      const bound = (name: string, sign: string): string | undefined =>
        new RegExp(`${name} ${sign} '([^']*)'`).exec(filter)?.[1];
      const shard = PREDICTION_SHARDS.indexOf(bound('PartitionKey', 'eq') as 's0');
      // Even steps with a jitter by the number of the row: ascending, and nothing to keep.
      const seedOf = (i: number): number => i * 64 + [...weeks.values()].indexOf(week!) * 4 + shard;
      const keyOf = (i: number): number => Math.floor(((i + jitter(seedOf(i))) / n) * POINTS);
      const below = bound('RowKey', 'lt')!;
      const sinceAt = bound('scoredAt', 'ge') ?? '';
      const beforeAt = bound('scoredAt', 'lt') ?? '~';
      let i = token === undefined ? firstAt(bound('RowKey', 'ge')!, n, keyOf) : Number(token);
      const value: unknown[] = [];
      const lastScanned = i + PAGE_SCANNED;
      counts.pages++;
      for (; i < n && value.length < PAGE_ROWS && i < lastScanned; i++) {
        const alertKey = keyOf(i).toString(16).padStart(12, '0').padEnd(32, '0');
        if (`k|${alertKey}` >= below) break;
        counts.scanned++;
        const at = scoredAt(seedOf(i));
        if (at >= sinceAt && at < beforeAt)
          value.push({ ...row, rowKey: `k|${alertKey}`, alertKey, alertId: `a${seedOf(i)}`, scoredAt: at });
      }
      counts.rows += value.length;
      const isCut = i < n && (value.length >= PAGE_ROWS || i >= lastScanned);
      return {
        value: Object.assign(value, isCut ? { continuationToken: `${i}` } : {}),
        done: false as const,
      };
    };
    return {
      tableName: name,
      listEntities: ({ queryOptions: { filter } }: { queryOptions: { filter: string } }) => ({
        byPage: ({ continuationToken }: { continuationToken?: string }) => ({
          next: async () => page(filter, continuationToken),
        }),
      }),
    };
  };
  const clients = {
    table: tableOf,
    tableService: () => ({
      listTables: () => ({
        byPage: () => ({
          next: async () => ({
            value: [...weeks.keys()].map((week) => ({ name: PREDICTION_TABLE_PREFIX + week })),
            done: false,
          }),
        }),
      }),
    }),
  };
  return { clients: clients as unknown as StorageClients, counts };
}

/** 0 to 1 by a number. */
function jitter(i: number): number {
  let hash = Math.imul((i ^ 0x9e3779b9) >>> 0, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** The first row whose key is not below `from`, by bisection. */
function firstAt(from: string, n: number, keyOf: (i: number) => number): number {
  const point = Number.parseInt(from.slice(2).padEnd(12, '0').slice(0, 12) || '0', 16);
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(middle) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { isoWeek, isoWeekStartMs, WEEK_MS } from '../azure/iso-week.ts';
import { checkAlertKey } from '../azure/snapshot-row.ts';
import type { AlertIdentity, AlertReference } from '../feedback-store.ts';
import { NewestEntries } from '../newest-entries.ts';
import type {
  FindOptions,
  PredictionEntry,
  PredictionLog,
  PredictionLogMode,
  PredictionLogStats,
} from '../prediction-log.ts';
import { newestFirst } from '../verdict-row.ts';

/** {@link PredictionLog} in memory: for tests and for runs that keep nothing. */
export class MemoryPredictionLog implements PredictionLog {
  readonly #mode: PredictionLogMode;
  readonly #now: () => number;
  /** Week -> alert key -> its verdicts, newest first. */
  readonly #weeks = new Map<string, Map<string, readonly PredictionEntry[]>>();
  #written = 0;

  constructor({ mode = 'behind', now = Date.now }: { mode?: PredictionLogMode; now?: () => number } = {}) {
    this.#mode = mode;
    this.#now = now;
  }

  async append(entries: readonly PredictionEntry[]): Promise<void> {
    if (this.#mode === 'off') return;
    for (const entry of entries) {
      const week = isoWeek(Date.parse(entry.scoredAt));
      const rows = this.#weeks.get(week) ?? new Map<string, readonly PredictionEntry[]>();
      const { alertKey } = entry.snapshot;
      this.#weeks.set(week, rows.set(alertKey, newestFirst([entry, ...(rows.get(alertKey) ?? [])])));
    }
    this.#written += entries.length;
  }

  async flush(): Promise<void> {}

  async find(
    alertKey: string,
    { choose = ([newest]) => newest }: FindOptions = {},
  ): Promise<PredictionEntry | undefined> {
    checkAlertKey(alertKey);
    for (const rows of this.#newestFirst()) {
      const entries = rows.get(alertKey);
      const entry = entries && choose(entries);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  scoredHere(alertKey: string): AlertIdentity | undefined {
    for (const rows of this.#newestFirst()) {
      const snapshot = rows.get(alertKey)?.[0]?.snapshot;
      if (snapshot === undefined) continue;
      const { alertId, tenant, source } = snapshot;
      return { alertKey, alertId, tenant, source };
    }
    return undefined;
  }

  async findByAlertId(alertId: string): Promise<readonly AlertReference[]> {
    return this.#references(
      ({ snapshot, aliases = [] }) => snapshot.alertId === alertId || aliases.includes(alertId),
      alertId,
    );
  }

  async findByGroup(group: string): Promise<readonly AlertReference[]> {
    checkAlertKey(group);
    return this.#references((entry) => entry.snapshot.group === group);
  }

  async *entriesSince(
    sinceMs: number,
    beforeMs = Number.POSITIVE_INFINITY,
    after?: string,
  ): AsyncIterable<PredictionEntry> {
    const found = new NewestEntries();
    for (const rows of this.#weeks.values()) {
      for (const entry of [...rows.values()].flat()) {
        const scoredAtMs = Date.parse(entry.scoredAt);
        if (scoredAtMs >= sinceMs && scoredAtMs < beforeMs) found.add(entry);
      }
    }
    yield* found.inOrder(after);
  }

  stats(): PredictionLogStats {
    return { mode: this.#mode, queued: 0, written: this.#written, dropped: 0, failed: 0 };
  }

  async dropTablesOlderThan(weeks: number): Promise<readonly string[]> {
    if (!Number.isInteger(weeks) || weeks < 1) {
      throw new RangeError(`Expected \`weeks\` to be an integer >= 1, got ${weeks}.`);
    }
    const oldest = isoWeek(isoWeekStartMs(this.#now()) - (weeks - 1) * WEEK_MS);
    const old = [...this.#weeks.keys()].filter((week) => week < oldest).sort();
    for (const week of old) this.#weeks.delete(week);
    return old;
  }

  async close(): Promise<void> {}

  #newestFirst(): Map<string, readonly PredictionEntry[]>[] {
    return [...this.#weeks.entries()].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, rows]) => rows);
  }

  #references(matches: (entry: PredictionEntry) => boolean, asked?: string): AlertReference[] {
    const found = new Map<string, AlertReference>();
    for (const rows of this.#newestFirst()) {
      for (const [entry] of rows.values()) {
        if (entry === undefined || !matches(entry)) continue;
        const { alertKey, alertId, tenant, source } = entry.snapshot;
        const alias = asked === undefined || asked === alertId ? {} : { alias: asked };
        found.set(alertKey, { alertKey, alertId, tenant, source, ...alias });
      }
    }
    return [...found.values()];
  }
}
